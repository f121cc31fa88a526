import { execFileSync } from 'node:child_process';
import { chmodSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import { makeTree, removeTrees } from '../../../test/fakes/workspaceTree.ts';
import { findRipgrep, ripgrepSettingOf, type FindRipgrepOptions } from './findRipgrep.ts';

afterAll(removeTrees);

/** A folder with programs; nothing in it is ever run. */
function makePrograms(...paths: string[]): string {
  const directory = makeTree(Object.fromEntries(paths.map((path) => [path, ''])));
  for (const path of paths) chmodSync(join(directory, path), 0o755);
  return directory;
}

const NOWHERE: FindRipgrepOptions = { packagesFrom: '/nowhere/at/all.js', path: '', platform: 'linux', arch: 'x64' };

test('what the user set comes first', () => {
  const directory = makePrograms('my-rg');
  expect(findRipgrep({ setting: join(directory, 'my-rg') })).toEqual({
    ok: true,
    value: { file: join(directory, 'my-rg'), from: 'setting' },
  });
});

test.each(['/nowhere/rg', 'rg', './rg', '/'])('a setting that leads nowhere (%s) is an error', (setting) => {
  expect(findRipgrep({ setting })).toMatchObject({
    ok: false,
    reason: 'missing',
    message: expect.stringContaining(setting),
  });
});

test('our own package is the usual place, and the program in it runs', () => {
  const found = findRipgrep();
  if (!found.ok) throw new Error(found.message);
  expect(found.value.from).toBe('own');
  expect(execFileSync(found.value.file, ['--version']).toString()).toMatch(/^ripgrep 1[5-9]/);
});

test('our own package is found from a bundle', async () => {
  const bundle = join(import.meta.dirname, '../../../node_modules/.cache/spoor-find-ripgrep.mjs');
  await build({
    stdin: {
      contents: `import { findRipgrep } from './findRipgrep.ts'; console.log(JSON.stringify(findRipgrep()))`,
      resolveDir: import.meta.dirname,
    },
    ...{ bundle: true, platform: 'node', format: 'esm', outfile: bundle, logLevel: 'silent' },
  });
  expect(JSON.parse(execFileSync(process.execPath, [bundle]).toString())).toEqual(findRipgrep());
});

test('a package for the platform may lie below @vscode/ripgrep', () => {
  const packages = makePrograms(
    'node_modules/@vscode/ripgrep/index.js',
    'node_modules/@vscode/ripgrep/node_modules/@vscode/ripgrep-linux-x64/bin/rg',
  );
  expect(findRipgrep({ ...NOWHERE, packagesFrom: join(packages, 'x.js') })).toMatchObject({
    ok: true,
    value: { from: 'own' },
  });
});

test.each([
  ['node_modules/@vscode/ripgrep-universal/bin/linux-x64/rg', 'vscode'],
  ['node_modules.asar.unpacked/@vscode/ripgrep-universal/bin/linux-x64/rg', 'vscode'],
  ['node_modules/@vscode/ripgrep/bin/rg', 'vscode-legacy'],
  ['node_modules.asar.unpacked/@vscode/ripgrep/bin/rg', 'vscode-legacy'],
])("the editor's own %s is found", (path, from) => {
  const appRoot = makePrograms(path);
  expect(findRipgrep({ ...NOWHERE, appRoot })).toEqual({ ok: true, value: { file: join(appRoot, path), from } });
});

test("the editor's newer place comes before the older, and both before the PATH", () => {
  const paths = [
    'node_modules/@vscode/ripgrep-universal/bin/linux-x64/rg',
    'node_modules/@vscode/ripgrep/bin/rg',
    'rg',
  ];
  const all = makePrograms(...paths);
  expect(findRipgrep({ ...NOWHERE, appRoot: all, path: all })).toMatchObject({ value: { from: 'vscode' } });
  const two = makePrograms(...paths.slice(1));
  expect(findRipgrep({ ...NOWHERE, appRoot: two, path: two })).toMatchObject({ value: { from: 'vscode-legacy' } });
});

test('Windows has its own names', () => {
  const appRoot = makePrograms('node_modules/@vscode/ripgrep-universal/bin/win32-arm64/rg.exe');
  expect(findRipgrep({ ...NOWHERE, appRoot, platform: 'win32', arch: 'arm64' })).toMatchObject({
    value: { from: 'vscode' },
  });
});

test('the PATH is the last rung; relative folders on it are never looked into', () => {
  const directory = makePrograms('rg');
  const path = ['', '.', 'node_modules', '/nowhere', directory].join(delimiter);
  expect(findRipgrep({ ...NOWHERE, path })).toEqual({ ok: true, value: { file: join(directory, 'rg'), from: 'path' } });
});

test('what cannot be run is passed over', () => {
  const directory = makeTree({ 'a/rg': '', 'b/rg/file': '' });
  chmodSync(join(directory, 'a/rg'), 0o644);
  symlinkSync('/nowhere', join(directory, 'rg'));
  const path = [directory, join(directory, 'a'), join(directory, 'b')].join(delimiter);
  expect(findRipgrep({ ...NOWHERE, path })).toMatchObject({ ok: false, reason: 'missing' });
});

test('without ripgrep the failure says what to do', () => {
  expect(findRipgrep(NOWHERE)).toMatchObject({
    ok: false,
    reason: 'missing',
    message: expect.stringMatching(/install ripgrep .* SPOOR_RG/),
  });
});

test('the command line has its setting in the environment', () => {
  expect(ripgrepSettingOf({ SPOOR_RG: '/x/rg' })).toBe('/x/rg');
  expect(ripgrepSettingOf({ SPOOR_RG: '' })).toBeUndefined();
});
