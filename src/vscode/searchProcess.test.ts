/** The searching process, forked from the sources, as the editor's side has it. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serviceModule, serviceSettings } from '../../test/fakes/serviceSettings.ts';
import { searchProcess, type SearchProcess } from './searchProcess.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-search-process-')));
const grammar = join(base, 'grammar.json');
let search: SearchProcess;
let starts = 0;
beforeAll(() => {
  const patterns = [{ match: '\\bconst\\b', name: 'keyword.ts' }];
  writeFileSync(grammar, JSON.stringify({ scopeName: 'source.ts', patterns }));
  search = searchProcess({
    modulePath: serviceModule,
    settings: serviceSettings({ folders: [base], storage: join(base, 'storage') }),
    log: () => undefined,
    onEvent: () => undefined,
    onStart: () => void starts++,
  });
});
afterAll(async () => {
  await search.stop();
  rmSync(base, { recursive: true });
});

test('after it was stopped another one starts, which colours as the one before', async () => {
  const places = [{ path: 'a.ts', start: 1, end: 1, lines: ['const a = 1;'] }];
  expect(search.isStarted()).toBe(false);
  await search.service.look({ kind: 'dark', grammars: [{ scope: 'source.ts', file: grammar, files: ['.ts'] }] });
  const [colored] = await search.service.color(places);
  expect(colored).toBeDefined();
  await search.stop();
  expect(search.isStarted()).toBe(false);
  expect(await search.service.color(places)).toEqual([colored]);
  expect(starts).toBe(2);
});
