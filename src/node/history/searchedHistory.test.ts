/** The history over a real repository, some of whose files are ignored by now. */
import { writeFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import type { ToolResult } from '#core/agent/tools.ts';
import type { HistoryIndex } from '#node/history/historyTool.ts';
import { searchedHistory } from '#node/history/searchedHistory.ts';
import { Workspace } from '#node/workspace.ts';
import { createWorkspaceFiles } from '#node/workspaceFiles.ts';
import { findInHistory, unhurried, useHistoryScene } from '../../../test/fakes/historyScene.ts';
import { initRepository } from '../../../test/fakes/scratchRepository.ts';

const scene = useHistoryScene();

/** `private` and `local.ts` are ignored by now, `gone.ts` is no more. */
beforeEach(() => {
  const repository = initRepository(scene.at('w'));
  const files = { 'src/pay.ts': '1\n', 'private/margins.ts': '1\n', 'local.ts': '1\n', 'gone.ts': '1\n' };
  repository.commit('Charge the card', files);
  repository.commit('Clean up', { 'gone.ts': null, '.spoorignore': 'private/\n', '.gitignore': 'local.ts\n' });
});

function open(rg?: string): HistoryIndex {
  const workspace = Workspace.open([scene.at('w')]);
  return searchedHistory(
    scene.openTool(['w']),
    workspace,
    createWorkspaceFiles({ workspace, ripgrep: { setting: rg } }),
  );
}

function valueOf<T>(result: ToolResult<T>): T {
  if (!result.ok) throw new Error(result.message);
  return result.value;
}

test('names no file of a commit that is ignored by now, and those that are gone', async () => {
  const { commits } = await findInHistory(open(), 'charge card');
  expect(commits.map(({ commit }) => commit.files)).toEqual([['gone.ts', 'src/pay.ts']]);
});

test('has no ignored file among those that change together', async () => {
  const history = open();
  await history.ready();
  expect(valueOf(await history.coChanges({ paths: ['src/pay.ts'], limit: 9 }, unhurried))).toEqual([]);
  const { commits } = valueOf(await history.sharedCommits(['src/pay.ts'], unhurried));
  expect(commits.map(({ files }) => files)).toEqual([['src/pay.ts']]);
});

test('takes note of what is ignored from now on', async () => {
  const workspace = Workspace.open([scene.at('w')]);
  const files = createWorkspaceFiles({ workspace, ripgrep: {} });
  const history = searchedHistory(scene.openTool(['w']), workspace, files);
  const changed = async (): Promise<readonly string[]> =>
    (await findInHistory(history, 'charge card')).commits.flatMap(({ commit }) => commit.files);
  expect(await changed()).toContain('src/pay.ts');
  writeFileSync(scene.at('w', '.spoorignore'), 'private/\nsrc/\n');
  files.forget();
  expect(await changed()).toEqual(['gone.ts']);
});

test('names none of the files that are there when they cannot be listed', async () => {
  const { commits, partial } = await findInHistory(open('/nowhere/rg'), 'charge card');
  expect(commits.map(({ commit }) => commit.files)).toEqual([['gone.ts']]);
  expect(partial).toContain('could not all be listed');
});

test('finds what changes together behind many ignored files', async () => {
  const repository = initRepository(scene.at('built'));
  const built = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`dist/${i}.js`, '1\n']));
  repository.commit('One', { 'a.ts': '1\n', ...built });
  repository.commit('Two', { 'a.ts': '2\n', 'b.ts': '1\n', '.gitignore': 'dist/\n' });
  const workspace = Workspace.open([scene.at('built')]);
  const files = createWorkspaceFiles({ workspace, ripgrep: {} });
  const history = searchedHistory(scene.openTool(['built']), workspace, files);
  await history.ready();
  const changes = valueOf(await history.coChanges({ paths: ['a.ts'], limit: 2 }, unhurried));
  expect(changes.map(({ path }) => path)).toEqual(['.gitignore', 'b.ts']);
});

test('says so when they cannot be listed in time', async () => {
  const workspace = Workspace.open([scene.at('w')]);
  const never = { list: () => new Promise<never>(() => undefined), forget: () => undefined, close: () => undefined };
  const tool = scene.openTool(['w']);
  await tool.ready();
  const history = searchedHistory(tool, workspace, never);
  const result = await history.coChanges({ paths: ['src/pay.ts'], limit: 9 }, { ...unhurried, timeoutMs: 1 });
  expect(result).toEqual({ ok: true, value: [], partial: expect.stringContaining('could not all be listed') });
});
