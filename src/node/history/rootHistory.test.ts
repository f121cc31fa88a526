import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { termOf } from '#core/search/words.ts';
import { askHistory, findInHistory, subjectsOf, unhurried, useHistoryScene } from '../../../test/fakes/historyScene.ts';
import { gitInOrder, initRepository, repositoryAt } from '../../../test/fakes/scratchRepository.ts';

const { at, openTool } = useHistoryScene();

describe('kinds of folders', () => {
  it('has no history without a repository, until there is one', async () => {
    mkdirSync(at('w'));
    const tool = openTool(['w']);
    expect(await askHistory(tool, 'word')).toEqual({
      ok: true,
      value: { commits: [], state: { commits: 0, complete: true } },
    });
    const repository = initRepository(at('w'));
    expect(await findInHistory(tool, 'word')).toEqual({ commits: [], state: { commits: 0, complete: true } });
    repository.commit('A word', { a: '1' });
    expect(subjectsOf(await findInHistory(tool, 'word'))).toEqual(['A word']);
    rmSync(at('w', '.git'), { recursive: true });
    expect(await findInHistory(tool, 'word')).toEqual({ commits: [], state: { commits: 0, complete: true } });
  });

  it('sees only changes under a sub-folder, by paths of the workspace', async () => {
    const repository = initRepository(at('r'));
    repository.commit('Both words', { 'api/src/a.ts': '1', 'web/b.ts': '1' });
    repository.commit('Web word', { 'web/b.ts': '2' });
    repository.commit('Api word', { 'api/src/a.ts': '2', 'api/c.ts': '1' });
    const api = await findInHistory(openTool(['r/api']), 'word words');
    expect(api.commits.map(({ commit }) => [commit.subject, ...commit.files])).toEqual([
      ['Api word', 'c.ts', 'src/a.ts'],
      ['Both words', 'src/a.ts'],
    ]);
    expect(api.state.commits).toBe(2);
    const both = await findInHistory(openTool(['r/api', 'r/web']), 'word words');
    expect(both.commits.map(({ commit }) => [commit.subject, ...commit.files])).toEqual([
      ['Api word', 'api/c.ts', 'api/src/a.ts'],
      ['Web word', 'web/b.ts'],
      ['Both words', 'api/src/a.ts', 'web/b.ts'],
    ]);
    expect(both.state.commits).toBe(3);
  });

  it('searches the repositories of several folders', async () => {
    initRepository(at('one')).commit('First word', { 'a.ts': '1' });
    initRepository(at('two')).commit('Second word', { 'a.ts': '1' });
    mkdirSync(at('plain'));
    const { commits, state } = await findInHistory(openTool(['one', 'two', 'plain']), 'word');
    expect(commits.flatMap(({ commit }) => commit.files)).toEqual(['two/a.ts', 'one/a.ts']);
    expect(state).toEqual({ commits: 2, complete: true });
  });

  it('says that a shallow clone is one, and does not take its last commit for a change of everything', async () => {
    const repository = initRepository(at('r'));
    for (let i = 0; i < 5; i++) repository.commit(`Word ${i}`, { [`f${i}`]: '1' });
    gitInOrder(at(), ['clone', '--quiet', '--depth', '2', `file://${at('r')}`, 'w']);
    const tool = openTool(['w']);
    const shallow = await findInHistory(tool, 'word');
    expect(shallow.commits.map(({ commit }) => [commit.subject, ...commit.files])).toEqual([
      ['Word 4', 'f4'],
      ['Word 3'],
    ]);
    expect(shallow).toMatchObject({ state: { commits: 2, complete: true }, partial: expect.stringMatching(/shallow/) });
    repositoryAt(at('w')).git('fetch', '--quiet', '--unshallow');
    const deep = await findInHistory(tool, 'word');
    expect(deep.commits.map(({ commit }) => commit.files.join())).toEqual(['f4', 'f3', 'f2', 'f1', 'f0']);
    expect(deep.partial).toBeUndefined();
  });

  it('reads a partial clone without fetching: messages without their files', async () => {
    const repository = initRepository(at('r'));
    repository.git('config', 'uploadpack.allowFilter', 'true');
    for (let i = 0; i < 4; i++) repository.commit(`Word ${i}`, { [`d/f${i}`]: '1' });
    gitInOrder(at(), ['clone', '--quiet', '--no-checkout', '--filter=tree:0', `file://${at('r')}`, 'w']);
    renameSync(at('r'), at('elsewhere'));
    const { commits, state } = await findInHistory(openTool(['w']), 'word');
    expect(commits.map(({ commit }) => [commit.subject, ...commit.files])).toEqual(
      [3, 2, 1, 0].map((i) => [`Word ${i}`]),
    );
    expect(state).toEqual({ commits: 4, complete: true });
  });
});

describe('failures', () => {
  it('says that git is missing', async () => {
    initRepository(at('w')).commit('Word', { a: '1' });
    const result = await askHistory(openTool(['w'], at('no-git')), 'word');
    expect(result).toMatchObject({ ok: false, reason: 'missing', message: expect.stringMatching(/Install git/) });
  });

  it.each([
    ['an empty .git folder', () => mkdirSync(at('w', '.git'), { recursive: true })],
    ['a .git file that leads nowhere', () => put('w/.git', 'gitdir: /nowhere/at/all\n')],
    ['a .git file of nonsense', () => put('w/.git', 'nonsense')],
    ['a branch that names no commit', () => breakHead('f'.repeat(40))],
    ['a branch of nonsense', () => breakHead('nonsense')],
  ])('says that git cannot read %s', async (_name, breakIt) => {
    breakIt();
    const tool = openTool(['w']);
    await tool.ready();
    const result = await askHistory(tool, 'word');
    expect(result).toMatchObject({
      ok: false,
      reason: 'failed',
      message: expect.stringMatching(/cannot read the history/),
    });
    expect(await tool.coChanges({ paths: ['a'], limit: 1 }, unhurried)).toMatchObject({ ok: false });
  });

  it('keeps the other folders when one is broken', async () => {
    initRepository(at('good')).commit('A word', { a: '1' });
    put('bad/.git', 'nonsense');
    const result = await findInHistory(openTool(['good', 'bad']), 'word');
    expect(subjectsOf(result)).toEqual(['A word']);
    expect(result.partial).toMatch(/cannot read the history of .*bad/);
  });

  it('reads around a commit that is damaged', async () => {
    const repository = initRepository(at('w'));
    const ids = [1, 2, 3].map((i) => repository.commit(`Word ${i}`, { [`d${i}/a`]: `${i}` }));
    const tree = repository.git('rev-parse', `${ids[2]}:d3`).trim();
    rmSync(at('w', '.git', 'objects', tree.slice(0, 2), tree.slice(2)), { force: true });
    const { commits } = await findInHistory(openTool(['w']), 'word');
    expect(commits.map(({ commit }) => [commit.subject, ...commit.files])).toEqual([
      ['Word 3'],
      ['Word 2', 'd2/a'],
      ['Word 1', 'd1/a'],
    ]);
  });

  it('ends when it is cancelled, closed, or has no time', async () => {
    initRepository(at('w')).commit('Word', { a: '1' });
    const tool = openTool(['w']);
    const request = { terms: [termOf('word')!], limit: 5 };
    expect(await tool.search(request, { ...unhurried, signal: AbortSignal.abort() })).toMatchObject({
      reason: 'cancelled',
    });
    expect(await tool.search(request, { ...unhurried, timeoutMs: 0 })).toMatchObject({
      value: { commits: [], state: { complete: false } },
      partial: expect.stringMatching(/still being/),
    });
    await tool.close();
    expect(await tool.search(request, unhurried)).toMatchObject({ ok: false, reason: 'cancelled' });
  });

  function put(path: string, content: string): void {
    mkdirSync(join(at(path), '..'), { recursive: true });
    writeFileSync(at(path), content);
  }

  function breakHead(content: string): void {
    initRepository(at('w')).commit('Word', { a: '1' });
    put('w/.git/refs/heads/main', `${content}\n`);
  }
});
