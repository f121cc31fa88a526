import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createWorkspacePaths } from './workspacePaths.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-paths-')));
afterAll(() => rmSync(base, { recursive: true }));
for (const file of ['api/src/main.ts', 'web/src/main.ts', 'other/api/lib.ts', 'secret.txt']) {
  mkdirSync(join(base, file, '..'), { recursive: true });
  writeFileSync(join(base, file), 'text\n');
}
symlinkSync(join(base, 'web'), join(base, 'link'));
symlinkSync(join(base, 'secret.txt'), join(base, 'api', 'out.txt'));

describe('one folder', () => {
  const paths = createWorkspacePaths([join(base, 'api')]);
  test('names its files without a label', () => {
    expect(paths.fileOf('src/main.ts')).toBe(join(base, 'api/src/main.ts'));
    expect(paths.pathOf(join(base, 'api/src/main.ts'))).toBe('src/main.ts');
  });
  test.each(['../secret.txt', 'out.txt', 'missing.ts', '/etc/passwd', '~docs/x/y.md'])('has no %s', (path) => {
    expect(paths.fileOf(path)).toBeUndefined();
  });
  test('knows nothing outside of it', () => {
    expect(paths.pathOf(join(base, 'secret.txt'))).toBeUndefined();
  });
  test('still names a file that is gone', () => {
    expect(paths.pathOf(join(base, 'api/old/gone.ts'))).toBe('old/gone.ts');
  });
});

describe('several folders', () => {
  const paths = createWorkspacePaths([
    join(base, 'api'),
    join(base, 'link'),
    join(base, 'other/api'),
    join(base, 'no'),
  ]);
  test('are told apart by their labels', () => {
    expect(paths.fileOf('api/src/main.ts')).toBe(join(base, 'api/src/main.ts'));
    expect(paths.fileOf('api-2/lib.ts')).toBe(join(base, 'other/api/lib.ts'));
    expect(paths.pathOf(join(base, 'other/api/lib.ts'))).toBe('api-2/lib.ts');
  });
  test('keep the name by which the editor knows them', () => {
    expect(paths.fileOf('web/src/main.ts')).toBe(join(base, 'link/src/main.ts'));
    expect(paths.pathOf(join(base, 'link/src/main.ts'))).toBe('web/src/main.ts');
  });
  test('that are gone are left out', () => {
    expect(paths.folders).toHaveLength(3);
  });
});

test('no folder names nothing', () => {
  const paths = createWorkspacePaths([]);
  expect(paths.fileOf('a.ts')).toBeUndefined();
  expect(paths.pathOf(join(base, 'secret.txt'))).toBeUndefined();
});
