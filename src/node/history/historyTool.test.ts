import { readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findInHistory, subjectsOf, useHistoryScene } from '../../../test/fakes/historyScene.ts';
import { initRepository, repositoryAt } from '../../../test/fakes/scratchRepository.ts';

const { at, openTool } = useHistoryScene();

describe('searching messages', () => {
  it('finds commits by stems, the subject before the body, and says what they changed', async () => {
    const repository = initRepository(at('w'));
    repository.commit('Begin', { 'README.md': 'x' });
    const inBody = repository.commit('Tidy the queue\n\nRetries are counted.', { 'src/queue.ts': 'a' });
    const inSubject = repository.commit('Retry uploads with backoff', { 'src/upload.ts': 'a', 'src/queue.ts': 'b' });
    const { commits, state, partial } = await findInHistory(openTool(['w']), 'retrying');
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
    expect(subjectsOf(await findInHistory(tool, 'MAX_RETRIES', 3))[0]).toBe('Set maxRetry');
    expect(subjectsOf(await findInHistory(tool, 'max', 3))).toHaveLength(3);
    expect(subjectsOf(await findInHistory(tool, 'absent'))).toEqual([]);
    expect(subjectsOf(await findInHistory(tool, 'max', 0))).toEqual([]);
  });

  it('puts the newest first among equals', async () => {
    const repository = initRepository(at('w'));
    const ids = [1, 2, 3].map(() => repository.commit('Same words', { a: String(Math.random()) }));
    const { commits } = await findInHistory(openTool(['w']), 'same');
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
    expect((await findInHistory(tool, 'merge branch')).commits).toEqual([]);
    expect(subjectsOf(await findInHistory(tool, 'work'))).toEqual(['Main work', 'Side work']);
    expect(subjectsOf(await findInHistory(tool, 'begin'))).toEqual(['Begin']);
    expect((await findInHistory(tool, 'author')).state.commits).toBe(3);
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
    expect(subjectsOf(await findInHistory(tool, 'odd'))).toEqual(['Odd bytes \ufffd\ufffd']);
    expect((await findInHistory(tool, 'odd')).commits[0]?.commit.files).toEqual([
      '-n',
      'new\nline "quoted" é.ts',
      '~docs',
    ]);
  });

  it('keeps a limited number of files of a commit, and their true number', async () => {
    const repository = initRepository(at('w'));
    repository.commit('Import all', Object.fromEntries(Array.from({ length: 320 }, (_, i) => [`f${i}`, 'x'])));
    const [hit] = (await findInHistory(openTool(['w']), 'import')).commits;
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
      (await findInHistory(tool, words)).commits[0]!.commit.files;
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
    expect(subjectsOf(await findInHistory(tool, 'word'))).toEqual(['One word']);
    repository.commit('Second word', { a: '2' });
    expect(subjectsOf(await findInHistory(tool, 'word'))).toEqual(['Second word', 'One word']);
    repository.git('checkout', '--quiet', '-b', 'side', 'HEAD~1');
    expect(await findInHistory(tool, 'word')).toMatchObject({ state: { commits: 1, complete: true } });
    repository.commit('Other word', { a: '3' });
    expect(subjectsOf(await findInHistory(tool, 'word'))).toEqual(['Other word', 'One word']);
    repository.git('checkout', '--quiet', '--detach', 'main');
    expect(subjectsOf(await findInHistory(tool, 'word'))).toEqual(['Second word', 'One word']);
    repository.git('commit', '--quiet', '--amend', '--message', 'Amended word');
    expect(subjectsOf(await findInHistory(tool, 'word'))).toEqual(['Amended word', 'One word']);
    repository.git('pack-refs', '--all');
    repository.git('gc', '--quiet');
    expect(subjectsOf(await findInHistory(tool, 'word'))).toEqual(['Amended word', 'One word']);
  });

  it('gives the same result whatever other branches were read before', async () => {
    const repository = initRepository(at('w'));
    for (let i = 0; i < 6; i++) repository.commit(`Common word ${i}`, { a: `${i}` });
    const alone = await findInHistory(openTool(['w']), 'common word');
    repository.git('checkout', '--quiet', '--orphan', 'other');
    for (let i = 0; i < 9; i++) repository.commit(`Common other ${i}`, { b: `${i}` });
    const tool = openTool(['w']);
    expect((await findInHistory(tool, 'common')).commits).toHaveLength(9);
    repository.git('checkout', '--quiet', 'main');
    expect(await findInHistory(tool, 'common word')).toEqual(alone);
  });

  it('holds for work trees, which share what was read', async () => {
    const repository = initRepository(at('w'));
    repository.commit('First word', { a: '1' });
    repository.commit('Second word', { a: '2' });
    repository.git('worktree', 'add', '--quiet', '--detach', at('older'), 'HEAD~1');
    expect(subjectsOf(await findInHistory(openTool(['w']), 'word'))).toEqual(['Second word', 'First word']);
    expect(subjectsOf(await findInHistory(openTool(['older']), 'word'))).toEqual(['First word']);
    expect(readdirSync(at('storage', 'history')).filter((name) => name.endsWith('.db'))).toHaveLength(1);
    repositoryAt(at('older')).commit('Third word', { a: '3' });
    expect(subjectsOf(await findInHistory(openTool(['older']), 'word'))).toEqual(['Third word', 'First word']);
    expect(subjectsOf(await findInHistory(openTool(['w', 'older']), 'word'))).toEqual([
      'Third word',
      'Second word',
      'First word',
    ]);
  });
});
