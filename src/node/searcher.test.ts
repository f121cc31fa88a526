/** The searcher with every real tool: ripgrep, git, SQLite, tree-sitter, files. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Answer } from '#core/answer/answer.ts';
import { runningChildren } from '#node/childProcesses.ts';
import { createSearcher, QuestionError, type Searcher, type SearcherOptions } from '#node/searcher.ts';
import { WorkspaceError } from '#node/workspace.ts';
import { initRepository } from '../../test/fakes/scratchRepository.ts';

let base = '';
let opened: Searcher[] = [];

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-searcher-')));
});
afterEach(async () => {
  await Promise.all(opened.map((searcher) => searcher.close()));
  opened = [];
  rmSync(base, { recursive: true, force: true });
});

const RETRY = 'export function retryUpload(file) {\n  return send(file);\n}\n';
const SERVER = 'def serve_upload(request):\n    """Takes an upload."""\n    return request\n';

function put(folder: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(join(base, folder), { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(base, folder, path)), { recursive: true });
    writeFileSync(join(base, folder, path), text);
  }
  return join(base, folder);
}

async function open(directories: readonly string[], options: Partial<SearcherOptions> = {}): Promise<Searcher> {
  const searcher = await createSearcher({ directories, storage: join(base, 'storage'), ...options });
  opened.push(searcher);
  return searcher;
}

/** What an answer says, without its times. */
function withoutTimes({ timings, trail, ...answer }: Answer): unknown {
  expect(timings.total).toBeGreaterThan(0);
  const turns = trail.map(({ turn, calls }) => ({
    turn,
    calls: calls.map(({ tool, what, said, read }) => ({ tool, what, said, read })),
  }));
  return { ...answer, trail: turns };
}

const toolsOf = ({ trail }: Answer): Set<string> =>
  new Set(trail.flatMap(({ calls }) => calls.map(({ tool }) => tool)));

describe('a searcher', () => {
  test('asks several folders at once, and names them in its paths', async () => {
    const searcher = await open([put('web', { 'src/retry.ts': RETRY }), put('api', { 'serve.py': SERVER })]);
    const answer = await searcher.ask('Where do we take or retry an upload?');
    expect(answer.files).toEqual(expect.arrayContaining(['web/src/retry.ts', 'api/serve.py']));
    const cited = new Map(answer.citations.map(({ path, lines }) => [path, lines.join('\n')]));
    expect(cited.get('web/src/retry.ts')).toBe(RETRY.trimEnd());
    expect(cited.get('api/serve.py')).toBe(SERVER.trimEnd());
  });

  test('answers in a folder without git', async () => {
    const answer = await (await open([put('web', { 'retry.ts': RETRY })])).ask('Where is retryUpload?');
    expect(answer).toMatchObject({ found: true, stopReason: 'answered' });
    expect(answer.sentences[0]?.text).toBe('`retryUpload` is a function in retry.ts, lines 1–3.');
  });

  test('shows the lines that a question names, without what is ignored', async () => {
    const lines = Array.from({ length: 200 }, (_, i) => `const line${i + 1} = ${i + 1};`).join('\n');
    const files = {
      '.gitignore': 'local.ts\n',
      'src/long.ts': lines,
      'local.ts': RETRY,
      '.tool.json': '{}\n',
      'top.ts': 'a\nb\n',
    };
    const searcher = await open([put('web', files)]);
    const { citations, stopReason } = await searcher.ask('what happens in src/long.ts:150 and local.ts?');
    expect(citations[0]).toMatchObject({ path: 'src/long.ts' });
    expect(citations[0]!.lines).toContain('const line150 = 150;');
    expect(citations.map(({ path }) => path)).not.toContain('local.ts');
    expect(stopReason).toBe('answered');
    const frame = `at run (${join(base, 'web', 'top.ts')}:2:1)`;
    expect((await searcher.ask(frame)).citations[0]).toMatchObject({ path: 'top.ts', lines: ['a', 'b'] });
    expect((await searcher.ask('.tool.json')).sentences[0]?.text).toBe('The best place is .tool.json, line 1.');
    expect((await searcher.ask('.tool.json')).citations).toMatchObject([{ path: '.tool.json', lines: ['{}'] }]);
  });

  test('asks for no file that a question names and the search may not see', async () => {
    const files = {
      'src/retry.ts': RETRY,
      '.env': 'KEY=1',
      'test/retry.test.ts': 'test("retry", () => retryUpload());',
    };
    const searcher = await open([put('web', files)]);
    for (const question of ['Where is src/retry.ts tested?', 'What is in .env for the upload?']) {
      const { notes, trail } = await searcher.ask(question);
      expect(notes.filter((note) => !note.startsWith('Only tests'))).toEqual([]);
      expect(trail.flatMap(({ calls }) => calls.filter(({ failure }) => failure))).toEqual([]);
    }
  });

  test('does not come to ignored files by way of commits', async () => {
    const repository = initRepository(join(base, 'shop'));
    const key = 'export const STRIPE = "sk_live_1234";\n';
    repository.commit('Charge the card', { 'src/charge.ts': 'export const charge = pay;\n', 'config/local.ts': key });
    repository.git('rm', '--quiet', '--cached', 'config/local.ts');
    repository.commit('Keep local settings out', { '.gitignore': 'config/local.ts\n' });
    for (const policy of ['learned', 'hand']) {
      const searcher = await open([join(base, 'shop')]);
      await searcher.ready();
      const answer = await searcher.ask('how is the card charged?', { policy });
      expect(answer.files).toContain('src/charge.ts');
      expect(JSON.stringify(answer)).not.toMatch(/local\.ts|sk_live/);
    }
  });

  test('finds nothing in an empty folder', async () => {
    const searcher = await open([put('empty', {})]);
    await searcher.ready();
    expect(await searcher.ask('Where is retryUpload?')).toMatchObject({ found: false, citations: [], files: [] });
  });

  test.each([
    ['no folder', { '.git': 'gitdir: /nowhere/at/all\n' }],
    ['an empty HEAD', { '.git/HEAD': '', '.git/objects/x': '', '.git/refs/x': '' }],
    ['a HEAD that is not there', { '.git/HEAD': `${'f'.repeat(40)}\n`, '.git/objects/x': '', '.git/refs/x': '' }],
  ])('goes on with a .git that is %s', async (_, git) => {
    const searcher = await open([put('web', { 'retry.ts': RETRY, ...git })]);
    await searcher.ready();
    const answer = await searcher.ask('Where is retryUpload?');
    expect(answer.citations[0]).toMatchObject({ path: 'retry.ts', start: 1, end: 3 });
  });

  test('says what is wrong when ripgrep is not there, and finds nothing', async () => {
    const searcher = await open([put('web', { 'retry.ts': RETRY })], { rg: '/nonexistent/rg' });
    const answer = await searcher.ask('Where is the upload tried again?');
    expect(answer.found).toBe(false);
    expect(answer.notes.join(' ')).toMatch(/\/nonexistent\/rg/);
    expect(answer.sentences[0]?.text).toBe('The files of this workspace could not be searched.');
    const grep = answer.trail.flatMap(({ calls }) => calls).find(({ tool }) => tool === 'grep');
    expect(grep).toMatchObject({ failure: 'missing' });
  });

  test('stops when it is cancelled in the middle, and leaves no process', async () => {
    const files = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`src/retry${i}.ts`, RETRY]));
    const searcher = await open([put('web', files)]);
    const stopping = new AbortController();
    const ended: string[] = [];
    const answer = await searcher.ask('Where is an upload tried again?', {
      signal: stopping.signal,
      emit: (event) => {
        if (event.type === 'call-ended') stopping.abort();
        if (event.type === 'stopped') ended.push(event.reason);
      },
    });
    expect(answer.stopReason).toBe('cancelled');
    expect(answer.found).toBe(false);
    expect(ended).toEqual(['cancelled']);
    await searcher.close();
    expect(runningChildren()).toBe(0);
  });

  test('gives the same answer again, frozen or not', async () => {
    const folder = put('web', { 'retry.ts': RETRY, 'docs/guide.md': '# Uploads\n\nAn upload is tried again.\n' });
    initRepository(folder).commit('Try an upload again');
    const [plain, frozen] = [await open([folder]), await open([folder], { frozen: true })];
    await Promise.all([plain.ready(), frozen.ready()]);
    const question = 'How is an upload tried again?';
    const first = withoutTimes(await frozen.ask(question));
    expect(withoutTimes(await frozen.ask(question))).toEqual(first);
    expect(withoutTimes(await plain.ask(question))).toEqual(first);
  });

  test('sees what changed between two questions, unless it is frozen', async () => {
    const folder = put('web', { 'retry.ts': RETRY });
    const [plain, frozen] = [await open([folder]), await open([folder], { frozen: true })];
    const ask = async (searcher: Searcher) => (await searcher.ask('Where is retryUpload?')).files;
    expect([await ask(plain), await ask(frozen)]).toEqual([['retry.ts'], ['retry.ts']]);
    put('web', { 'again.ts': 'retryUpload(file);\n' });
    expect(await ask(plain)).toContain('again.ts');
    expect(await ask(frozen)).toEqual(['retry.ts']);
  });

  test('leaves the docs and the history alone where they are switched off', async () => {
    const folder = put('web', { 'retry.ts': RETRY, 'README.md': '# Upload\n\nAn upload is tried again.\n' });
    initRepository(folder).commit('Try an upload again');
    const question = 'How is an upload tried again?';
    expect(toolsOf(await (await open([folder])).ask(question))).toEqual(new Set(['grep', 'docs', 'history', 'read']));
    const searcher = await open([folder], { docs: false, history: false });
    await searcher.ready();
    expect(toolsOf(await searcher.ask(question))).toEqual(new Set(['grep', 'read']));
  });

  test('cites docs outside of the workspace that were added', async () => {
    const site = put('site', { 'quagga.md': '# Quagga\n\nA quagga may graze for an hour.\n' });
    const searcher = await open([put('web', { 'retry.ts': RETRY })], { docsFolders: [site] });
    await searcher.ready();
    const question = 'How long may a quagga graze?';
    expect((await searcher.ask(question)).citations[0]).toMatchObject({ path: '~docs/site/quagga.md' });
    expect((await searcher.ask(question, { scope: ['retry.ts'] })).citations).toEqual([]);
    const without = await open([join(base, 'web')], { docsFolders: [site], docs: false });
    expect((await without.ask(question)).citations).toEqual([]);
  });

  test('refuses what it cannot ask', async () => {
    const searcher = await open([put('web', { 'retry.ts': RETRY })]);
    await expect(searcher.ask('?! …')).rejects.toThrow(QuestionError);
    await expect(open([join(base, 'nowhere')])).rejects.toThrow(WorkspaceError);
    await expect(open([join(base, 'web/retry.ts')])).rejects.toThrow('is a file');
  });
});
