import { mkdirSync, mkdtempSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallContext, HistoryResult, ToolResult } from '#core/agent/tools.ts';
import { termOf } from '#core/search/words.ts';
import { createHistoryTool, type HistoryIndex } from '#node/history/historyTool.ts';
import { Workspace } from '#node/workspace.ts';
import { gitInOrder, initRepository, repositoryAt } from '../../../test/fakes/scratchRepository.ts';

let directory = '';
let tools: HistoryIndex[] = [];

beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-history-')));
});
afterEach(async () => {
  await Promise.all(tools.map((tool) => tool.close()));
  tools = [];
  rmSync(directory, { recursive: true, force: true });
});

const at = (...parts: string[]): string => join(directory, ...parts);

function openTool(folders: readonly string[], git?: string): HistoryIndex {
  const workspace = Workspace.open(folders.map((folder) => at(folder)));
  const tool = createHistoryTool({ workspace, storageDirectory: at('storage'), ...(git && { git }) });
  tools.push(tool);
  return tool;
}

const context: CallContext = { signal: new AbortController().signal, timeoutMs: 20_000 };

const ask = (tool: HistoryIndex, words: string, limit = 10): Promise<ToolResult<HistoryResult>> =>
  tool.search({ terms: words.split(' ').map((word) => termOf(word)!), limit }, context);

async function find(tool: HistoryIndex, words: string, limit?: number): Promise<HistoryResult & { partial?: string }> {
  await tool.ready();
  const result = await ask(tool, words, limit);
  if (!result.ok) throw new Error(result.message);
  return result.partial === undefined ? result.value : { ...result.value, partial: result.partial };
}

const subjects = ({ commits }: HistoryResult): string[] => commits.map(({ commit }) => commit.subject);

describe('searching messages', () => {
  it('finds commits by stems, the subject before the body, and says what they changed', async () => {
    const repository = initRepository(at('w'));
    repository.commit('Begin', { 'README.md': 'x' });
    const inBody = repository.commit('Tidy the queue\n\nRetries are counted.', { 'src/queue.ts': 'a' });
    const inSubject = repository.commit('Retry uploads with backoff', { 'src/upload.ts': 'a', 'src/queue.ts': 'b' });
    const { commits, state, partial } = await find(openTool(['w']), 'retrying');
    expect(commits.map(({ commit }) => commit.id)).toEqual([inSubject, inBody]);
    expect(commits[0]!.score).toBeGreaterThan(commits[1]!.score);
    expect(commits[0]!.commit).toEqual({
      id: inSubject,
      timeS: expect.any(Number),
      subject: 'Retry uploads with backoff',
      files: ['src/queue.ts', 'src/upload.ts'],
      fileCount: 2,
    });
    expect(state).toEqual({ commits: 3, complete: true });
    expect(partial).toBeUndefined();
  });

  it('takes the parts of an identifier, and ranks rare words higher', async () => {
    const repository = initRepository(at('w'));
    for (let i = 0; i < 8; i++) repository.commit(`Change the max of step ${i}`, { a: `${i}` });
    repository.commit('Set maxRetry', { a: 'x' });
    const tool = openTool(['w']);
    expect(subjects(await find(tool, 'MAX_RETRIES', 3))[0]).toBe('Set maxRetry');
    expect(subjects(await find(tool, 'max', 3))).toHaveLength(3);
    expect(subjects(await find(tool, 'absent'))).toEqual([]);
    expect(subjects(await find(tool, 'max', 0))).toEqual([]);
  });

  it('puts the newest first among equals', async () => {
    const repository = initRepository(at('w'));
    const ids = [1, 2, 3].map(() => repository.commit('Same words', { a: String(Math.random()) }));
    const { commits } = await find(openTool(['w']), 'same');
    expect(commits.map(({ commit }) => commit.id)).toEqual(ids.reverse());
  });

  it('leaves out merges, and lines that only name people', async () => {
    const repository = initRepository(at('w'));
    repository.commit('Begin', { a: '1' });
    repository.git('checkout', '--quiet', '-b', 'side');
    repository.commit('Side work\n\nSigned-off-by: Begin Author <a@example.org>', { b: '1' });
    repository.git('checkout', '--quiet', 'main');
    repository.commit('Main work', { c: '1' });
    repository.git('merge', '--quiet', '--no-edit', 'side');
    const tool = openTool(['w']);
    expect((await find(tool, 'merge branch')).commits).toEqual([]);
    expect(subjects(await find(tool, 'work'))).toEqual(['Main work', 'Side work']);
    expect(subjects(await find(tool, 'begin'))).toEqual(['Begin']);
    expect((await find(tool, 'author')).state.commits).toBe(3);
  });

  it('takes messages and file names of any bytes', async () => {
    const repository = initRepository(at('w'));
    repository.commit('x', { 'new\nline "quoted" é.ts': 'x', '-n': 'x', '~docs': 'x' });
    const raw = repository.git('cat-file', 'commit', 'HEAD').replace(/\n\n[^]*/, '\n\nOdd bytes ');
    writeFileSync(at('raw'), Buffer.concat([Buffer.from(raw), Buffer.from([0xff, 0xfe, 10, 10, 27, 0x5b, 0xc3])]));
    const odd = repository.git('hash-object', '-t', 'commit', '-w', '--literally', at('raw')).trim();
    repository.git(
      'update-ref',
      'refs/heads/main',
      repository.git('commit-tree', 'HEAD^{tree}', '-p', odd, '-m', 'x').trim(),
    );
    const tool = openTool(['w']);
    expect(subjects(await find(tool, 'odd'))).toEqual(['Odd bytes \ufffd\ufffd']);
    expect((await find(tool, 'odd')).commits[0]?.commit.files).toEqual(['-n', 'new\nline "quoted" é.ts', '~docs']);
  });

  it('keeps a limited number of files of a commit, and their true number', async () => {
    const repository = initRepository(at('w'));
    repository.commit('Import all', Object.fromEntries(Array.from({ length: 320 }, (_, i) => [`f${i}`, 'x'])));
    const [hit] = (await find(openTool(['w']), 'import')).commits;
    expect(hit?.commit.files).toHaveLength(300);
    expect(hit?.commit.fileCount).toBe(320);
  });
});

describe('renames', () => {
  it('shows files of old commits under their present names', async () => {
    const repository = initRepository(at('w'));
    const text = Array.from({ length: 30 }, (_, i) => `line ${i}\n`).join('');
    repository.commit('Add backoff', { 'upload.ts': text });
    repository.commit('Move', { 'upload.ts': null, 'net/upload.ts': `${text}more\n` });
    repository.commit('Move again', { 'net/upload.ts': null, 'net/send.ts': `${text}more\n`, 'upload.ts': 'new' });
    const tool = openTool(['w']);
    const files = async (words: string): Promise<readonly string[]> =>
      (await find(tool, words)).commits[0]!.commit.files;
    expect(await files('backoff')).toEqual(['net/send.ts']);
    expect(await files('again')).toEqual(['net/send.ts', 'upload.ts']);
    repository.git('reset', '--quiet', '--hard', 'HEAD~2');
    expect(await files('backoff')).toEqual(['upload.ts']);
  });
});

describe('only ancestors of HEAD', () => {
  it('follows HEAD forwards, backwards and to other branches', async () => {
    const repository = initRepository(at('w'));
    repository.commit('One word', { a: '1' });
    const tool = openTool(['w']);
    expect(subjects(await find(tool, 'word'))).toEqual(['One word']);
    repository.commit('Second word', { a: '2' });
    expect(subjects(await find(tool, 'word'))).toEqual(['Second word', 'One word']);
    repository.git('checkout', '--quiet', '-b', 'side', 'HEAD~1');
    expect(await find(tool, 'word')).toMatchObject({ state: { commits: 1, complete: true } });
    repository.commit('Other word', { a: '3' });
    expect(subjects(await find(tool, 'word'))).toEqual(['Other word', 'One word']);
    repository.git('checkout', '--quiet', '--detach', 'main');
    expect(subjects(await find(tool, 'word'))).toEqual(['Second word', 'One word']);
    repository.git('commit', '--quiet', '--amend', '--message', 'Amended word');
    expect(subjects(await find(tool, 'word'))).toEqual(['Amended word', 'One word']);
    repository.git('pack-refs', '--all');
    repository.git('gc', '--quiet');
    expect(subjects(await find(tool, 'word'))).toEqual(['Amended word', 'One word']);
  });

  it('gives the same result whatever other branches were read before', async () => {
    const repository = initRepository(at('w'));
    for (let i = 0; i < 6; i++) repository.commit(`Common word ${i}`, { a: `${i}` });
    const alone = await find(openTool(['w']), 'common word');
    repository.git('checkout', '--quiet', '--orphan', 'other');
    for (let i = 0; i < 9; i++) repository.commit(`Common other ${i}`, { b: `${i}` });
    const tool = openTool(['w']);
    expect((await find(tool, 'common')).commits).toHaveLength(9);
    repository.git('checkout', '--quiet', 'main');
    expect(await find(tool, 'common word')).toEqual(alone);
  });

  it('holds for work trees, which share what was read', async () => {
    const repository = initRepository(at('w'));
    repository.commit('First word', { a: '1' });
    repository.commit('Second word', { a: '2' });
    repository.git('worktree', 'add', '--quiet', '--detach', at('older'), 'HEAD~1');
    expect(subjects(await find(openTool(['w']), 'word'))).toEqual(['Second word', 'First word']);
    expect(subjects(await find(openTool(['older']), 'word'))).toEqual(['First word']);
    expect(readdirSync(at('storage', 'history')).filter((name) => name.endsWith('.db'))).toHaveLength(1);
    repositoryAt(at('older')).commit('Third word', { a: '3' });
    expect(subjects(await find(openTool(['older']), 'word'))).toEqual(['Third word', 'First word']);
    expect(subjects(await find(openTool(['w', 'older']), 'word'))).toEqual(['Third word', 'Second word', 'First word']);
  });
});

describe('kinds of folders', () => {
  it('has no history without a repository, until there is one', async () => {
    mkdirSync(at('w'));
    const tool = openTool(['w']);
    expect(await ask(tool, 'word')).toEqual({
      ok: true,
      value: { commits: [], state: { commits: 0, complete: true } },
    });
    const repository = initRepository(at('w'));
    expect(await find(tool, 'word')).toEqual({ commits: [], state: { commits: 0, complete: true } });
    repository.commit('A word', { a: '1' });
    expect(subjects(await find(tool, 'word'))).toEqual(['A word']);
    rmSync(at('w', '.git'), { recursive: true });
    expect(await find(tool, 'word')).toEqual({ commits: [], state: { commits: 0, complete: true } });
  });

  it('sees only changes under a sub-folder, by paths of the workspace', async () => {
    const repository = initRepository(at('r'));
    repository.commit('Both words', { 'api/src/a.ts': '1', 'web/b.ts': '1' });
    repository.commit('Web word', { 'web/b.ts': '2' });
    repository.commit('Api word', { 'api/src/a.ts': '2', 'api/c.ts': '1' });
    const api = await find(openTool(['r/api']), 'word words');
    expect(api.commits.map(({ commit }) => [commit.subject, ...commit.files])).toEqual([
      ['Api word', 'c.ts', 'src/a.ts'],
      ['Both words', 'src/a.ts'],
    ]);
    expect(api.state.commits).toBe(2);
    const both = await find(openTool(['r/api', 'r/web']), 'word words');
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
    const { commits, state } = await find(openTool(['one', 'two', 'plain']), 'word');
    expect(commits.flatMap(({ commit }) => commit.files)).toEqual(['two/a.ts', 'one/a.ts']);
    expect(state).toEqual({ commits: 2, complete: true });
  });

  it('says that a shallow clone is one, and does not take its last commit for a change of everything', async () => {
    const repository = initRepository(at('r'));
    for (let i = 0; i < 5; i++) repository.commit(`Word ${i}`, { [`f${i}`]: '1' });
    gitInOrder(directory, ['clone', '--quiet', '--depth', '2', `file://${at('r')}`, 'w']);
    const tool = openTool(['w']);
    const shallow = await find(tool, 'word');
    expect(shallow.commits.map(({ commit }) => [commit.subject, ...commit.files])).toEqual([
      ['Word 4', 'f4'],
      ['Word 3'],
    ]);
    expect(shallow).toMatchObject({ state: { commits: 2, complete: true }, partial: expect.stringMatching(/shallow/) });
    repositoryAt(at('w')).git('fetch', '--quiet', '--unshallow');
    const deep = await find(tool, 'word');
    expect(deep.commits.map(({ commit }) => commit.files.join())).toEqual(['f4', 'f3', 'f2', 'f1', 'f0']);
    expect(deep.partial).toBeUndefined();
  });

  it('reads a partial clone without fetching: messages without their files', async () => {
    const repository = initRepository(at('r'));
    repository.git('config', 'uploadpack.allowFilter', 'true');
    for (let i = 0; i < 4; i++) repository.commit(`Word ${i}`, { [`d/f${i}`]: '1' });
    gitInOrder(directory, ['clone', '--quiet', '--no-checkout', '--filter=tree:0', `file://${at('r')}`, 'w']);
    renameSync(at('r'), at('elsewhere'));
    const { commits, state } = await find(openTool(['w']), 'word');
    expect(commits.map(({ commit }) => [commit.subject, ...commit.files])).toEqual(
      [3, 2, 1, 0].map((i) => [`Word ${i}`]),
    );
    expect(state).toEqual({ commits: 4, complete: true });
  });
});

describe('failures', () => {
  it('says that git is missing', async () => {
    initRepository(at('w')).commit('Word', { a: '1' });
    const result = await ask(openTool(['w'], at('no-git')), 'word');
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
    const result = await ask(tool, 'word');
    expect(result).toMatchObject({
      ok: false,
      reason: 'failed',
      message: expect.stringMatching(/cannot read the history/),
    });
    expect(await tool.coChanges({ paths: ['a'], limit: 1 }, context)).toMatchObject({ ok: false });
  });

  it('keeps the other folders when one is broken', async () => {
    initRepository(at('good')).commit('A word', { a: '1' });
    put('bad/.git', 'nonsense');
    const result = await find(openTool(['good', 'bad']), 'word');
    expect(subjects(result)).toEqual(['A word']);
    expect(result.partial).toMatch(/cannot read the history of .*bad/);
  });

  it('reads around a commit that is damaged', async () => {
    const repository = initRepository(at('w'));
    const ids = [1, 2, 3].map((i) => repository.commit(`Word ${i}`, { [`d${i}/a`]: `${i}` }));
    const tree = repository.git('rev-parse', `${ids[2]}:d3`).trim();
    rmSync(at('w', '.git', 'objects', tree.slice(0, 2), tree.slice(2)), { force: true });
    const { commits } = await find(openTool(['w']), 'word');
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
    expect(await tool.search(request, { ...context, signal: AbortSignal.abort() })).toMatchObject({
      reason: 'cancelled',
    });
    expect(await tool.search(request, { ...context, timeoutMs: 0 })).toMatchObject({
      value: { commits: [], state: { complete: false } },
      partial: expect.stringMatching(/still being/),
    });
    await tool.close();
    expect(await tool.search(request, context)).toMatchObject({ ok: false, reason: 'cancelled' });
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

describe('coChanges', () => {
  it('weighs files that change together, heaviest first', async () => {
    const repository = initRepository(at('w'));
    repository.commit('One', { 'a.ts': '1', 'b.ts': '1', 'c.ts': '1' });
    repository.commit('Two', { 'a.ts': '2', 'b.ts': '2' });
    repository.commit('Three', { 'a.ts': '3' });
    repository.commit('Four', { 'b.ts': '4', 'd.ts': '4' });
    repository.commit('Gone', { 'a.ts': '5', 'e.ts': '5' });
    repository.commit('Go', { 'e.ts': null });
    repository.commit('All', Object.fromEntries(['a', 'd', ...Array(20).keys()].map((name) => [`${name}.ts`, 'all'])));
    const tool = openTool(['w']);
    await tool.ready();
    const together = (paths: string[], limit = 9): unknown => tool.coChanges({ paths, limit }, context);
    const b = { path: 'b.ts', weight: 1.5 };
    expect(await together(['a.ts'])).toEqual({ ok: true, value: [b, { path: 'c.ts', weight: 0.5 }] });
    expect(await together(['a.ts'], 1)).toEqual({ ok: true, value: [b] });
    expect(await together(['a.ts', 'b.ts'])).toEqual({
      ok: true,
      value: [
        { path: 'd.ts', weight: 1 },
        { path: 'c.ts', weight: 0.5 },
      ],
    });
    expect(await together(['absent.ts', '../a.ts', '~docs/x'])).toEqual({ ok: true, value: [] });
    repository.git('checkout', '--quiet', 'HEAD~6');
    await tool.ready();
    expect(await together(['a.ts'])).toEqual({
      ok: true,
      value: [
        { path: 'b.ts', weight: 0.5 },
        { path: 'c.ts', weight: 0.5 },
      ],
    });
  });

  it('follows renames and stays in the workspace folder', async () => {
    const repository = initRepository(at('r'));
    const text = Array.from({ length: 30 }, (_, i) => `line ${i}\n`).join('');
    repository.commit('Old', { 'api/a.ts': text, 'api/b.ts': '1', 'web/c.ts': '1' });
    repository.commit('Move', { 'api/a.ts': null, 'api/moved.ts': text });
    const tool = openTool(['r/api']);
    await tool.ready();
    expect(await tool.coChanges({ paths: ['moved.ts'], limit: 9 }, context)).toEqual({
      ok: true,
      value: [{ path: 'b.ts', weight: 0.5 }],
    });
    const two = openTool(['r/api', 'r/web']);
    await two.ready();
    expect(await two.coChanges({ paths: ['web/c.ts'], limit: 9 }, context)).toEqual({
      ok: true,
      value: [
        { path: 'api/b.ts', weight: 0.5 },
        { path: 'api/moved.ts', weight: 0.5 },
      ],
    });
  });
});
