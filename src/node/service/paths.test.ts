import { symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createWorkspacePaths } from '#node/service/paths.ts';
import { Workspace } from '#node/workspace.ts';
import { createWorkspaceFiles } from '#node/workspaceFiles.ts';
import { makeTree, removeTrees } from '../../../test/fakes/workspaceTree.ts';

afterAll(removeTrees);

const TREE = {
  'README.md': '',
  'src/net/retry.ts': '',
  'src/net/queue.ts': '',
  '.gitignore': 'out/\n',
  'out/retry.js': '',
  '.spoorignore': 'private/\n',
  'private/retry.ts': '',
  '.env': 'KEY=1',
  'keys/retry.pem': '',
  'node_modules/retry/index.js': '',
  'package-lock.json': '{}',
};

const pathsOf = (folders: string[], keptMs?: number) =>
  createWorkspacePaths(createWorkspaceFiles({ workspace: Workspace.open(folders), ripgrep: {}, keptMs }));

describe('paths of a workspace', () => {
  test('are its files without what is ignored, secret or generated', async () => {
    const folder = makeTree(TREE);
    symlinkSync(makeTree({ 'outside.ts': '' }), join(folder, 'link'));
    const paths = pathsOf([folder]);
    expect(await paths.files()).toEqual([
      '.gitignore',
      '.spoorignore',
      'README.md',
      'src/net/queue.ts',
      'src/net/retry.ts',
    ]);
    expect(await paths.complete('retry', 9)).toEqual(['src/net/retry.ts']);
    expect(await paths.complete('net', 2)).toEqual(['src/net/', 'src/net/queue.ts']);
    expect(await paths.complete('env', 9)).toEqual([]);
  });

  test('of several folders begin with their labels', async () => {
    const [one, two] = [makeTree({ 'a.ts': '' }), makeTree({ 'a.ts': '' })];
    const expected = [`${basename(one)}/a.ts`, `${basename(two)}/a.ts`];
    const paths = pathsOf([one, two]);
    expect(await paths.files()).toEqual(expected);
    expect((await paths.complete('a.ts', 9)).sort()).toEqual(expected.sort());
  });

  test('are kept, and listed anew after some time', async () => {
    const folder = makeTree({ 'a.ts': '' });
    const [kept, fresh] = [pathsOf([folder], 1e9), pathsOf([folder], 0)];
    for (const paths of [kept, fresh]) expect(await paths.files()).toEqual(['a.ts']);
    writeFileSync(join(folder, 'b.ts'), '');
    expect(await kept.complete('', 9)).toEqual(['a.ts']);
    expect(await fresh.complete('', 9)).toEqual(['a.ts', 'b.ts']);
  });

  test('are none where they cannot be listed', async () => {
    const workspace = Workspace.open([makeTree({ 'a.ts': '' })]);
    const paths = createWorkspacePaths(createWorkspaceFiles({ workspace, ripgrep: { setting: '/nowhere/rg' } }));
    expect(await paths.complete('a', 9)).toEqual([]);
  });
});
