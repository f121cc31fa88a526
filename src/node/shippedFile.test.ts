import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { shippedFile } from '#node/shippedFile.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-shipped-')));
afterAll(() => rmSync(base, { recursive: true, force: true }));

test('a file is found in the models folder nearest to the program', () => {
  const start = join(base, 'package/src/node/symbols');
  mkdirSync(start, { recursive: true });
  for (const folder of ['models', 'package/models']) {
    expect(shippedFile('some.model', start)).toBe(folder === 'models' ? undefined : join(base, 'models/some.model'));
    mkdirSync(join(base, folder));
    writeFileSync(join(base, folder, 'some.model'), '');
  }
  expect(shippedFile('some.model', start)).toBe(join(base, 'package/models/some.model'));
  expect(shippedFile('other.model', start)).toBeUndefined();
});

test('what this repository ships is found without being told where', () => {
  expect(shippedFile('corpus.json')).toMatch(/[/\\]models[/\\]corpus\.json$/);
});
