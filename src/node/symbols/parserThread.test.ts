import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Workspace } from '#node/workspace.ts';
import { sharedNowMs } from './parserMessages.ts';
import { createParserThread, type ParseOutcome, type ParserThread } from './parserThread.ts';
import { createSymbolsTool } from './symbolsTool.ts';

const repeated = (words: string, times: number): string => `${words.repeat(10).trim()}\n`.repeat(times / 10);

/** Each traps the parser, or holds it for many seconds: in recovering, in running out of memory, at the end of the text. */
const HOSTILE = {
  'a.java': repeated('a =>', 4_000),
  'a.c': repeated('a =>', 4_000),
  'b.c': repeated('! ', 200_000),
  'b.cpp': repeated('! ', 200_000),
  'a.rs': repeated('& -> ', 60_000),
};
const TRAP = HOSTILE['a.java'];
const HELD = HOSTILE['a.rs'];

function newThread(): ParserThread {
  const thread = createParserThread();
  onTestFinished(() => thread.close());
  return thread;
}

const parse = (
  thread: ParserThread,
  path: string,
  text: string,
  { timeoutMs = 20_000, signal = new AbortController().signal } = {},
): Promise<ParseOutcome> => {
  const key = createHash('sha1').update(text).digest('base64');
  return thread.parse({ path, text, key, signal, deadlineMs: sharedNowMs() + timeoutMs });
};

const namesOf = (outcome: ParseOutcome): unknown =>
  'definitions' in outcome ? outcome.definitions.map(({ name }) => name) : outcome;

test('hostile texts end within their time, are told by lines, and leave the others their grammar', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spoor-hostile-'));
  const tool = createSymbolsTool({ workspace: Workspace.open([folder]) });
  onTestFinished(() => {
    tool.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const outline = (path: string, text: string, timeoutMs = 20_000) => {
    writeFileSync(join(folder, path), text);
    return tool.outline(path, { signal: new AbortController().signal, timeoutMs });
  };
  const before = process.memoryUsage.rss();
  for (const [path, text] of Object.entries(HOSTILE)) {
    await outline(`begun.${path}`, `class Begun {};\n// ${path}\n`);
    const [hostile, healthy] = await Promise.all([
      outline(path, `class Found {};\n${text}`, path.startsWith('b') ? 1_000 : 20_000),
      outline(`healthy.${path}.go`, `func (q *Queue) After() {}\n// ${path}\n`),
    ]);
    expect(hostile, path).toMatchObject({ ok: true, partial: expect.stringContaining('single lines') });
    expect(healthy, path).toMatchObject({ ok: true, value: [{ name: 'After', inside: ['Queue'] }] });
    expect(healthy).not.toHaveProperty('partial');
  }
  await vi.waitFor(() => expect(process.memoryUsage.rss() - before).toBeLessThan(200e6), { timeout: 10_000 });
});

test('the text that ended the thread is not parsed again, and those behind it are parsed in a new one', async () => {
  const thread = newThread();
  const texts = Array.from({ length: 12 }, (_, at) => `function f${at}() {}\n`);
  const healthy = (from: number, to: number) =>
    Promise.all(texts.slice(from, to).map(async (text, at) => namesOf(await parse(thread, `f${at}.js`, text))));
  const [before, bad, again, after] = await Promise.all([
    healthy(0, 3),
    parse(thread, 'bad.java', TRAP),
    parse(thread, 'again.java', TRAP),
    healthy(3, 12),
  ]);
  expect([...before, ...after]).toEqual(texts.map((_, at) => [`f${at}`]));
  expect(bad).toEqual({ failed: expect.stringMatching(/broke down|too long/) });
  expect(again).toEqual(bad);
  expect(await parse(thread, 'copy.java', TRAP)).toEqual(bad);
  expect(thread.threadsStarted()).toBe(2);
});

test('a cancel is answered at once, though the parser is held up', async () => {
  const thread = newThread();
  expect(namesOf(await parse(thread, 'a.rs', 'fn a() {}\n'))).toEqual(['a']);
  const user = new AbortController();
  const held = parse(thread, 'held.rs', HELD, { signal: user.signal });
  const unsent = Array.from({ length: 6 }, () => parse(thread, 'a.rs', 'fn b() {}\n', { signal: user.signal }));
  const wanted = parse(thread, 'b.rs', 'fn c() {}\n');
  await sleep(100);
  user.abort();
  expect(await Promise.all([held, ...unsent])).toEqual(Array.from({ length: 7 }, () => ({ stopped: 'cancelled' })));
  expect(namesOf(await wanted)).toEqual(['c']);
  expect(thread.threadsStarted()).toBe(2);
  expect(await parse(thread, 'c.rs', 'fn d() {}\n', { signal: user.signal })).toEqual({ stopped: 'cancelled' });
});

test('closing cancels what is under way, and the next text starts a new thread', async () => {
  const thread = newThread();
  const held = parse(thread, 'held.rs', HELD);
  const next = parse(thread, 'a.rs', 'fn a() {}\n');
  thread.close();
  expect(await Promise.all([held, next])).toEqual([{ stopped: 'cancelled' }, { stopped: 'cancelled' }]);
  expect(namesOf(await parse(thread, 'a.rs', 'fn a() {}\n'))).toEqual(['a']);
  expect(await parse(thread, 'a.rs', 'fn a() {}\n', { timeoutMs: 0 })).toEqual({ stopped: 'timeout' });
});

test('a process with a parser ends by itself, and at once when it is told to', () => {
  const url = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);
  const program = `
    import { createParserThread } from ${url('./parserThread.ts')};
    import { sharedNowMs } from ${url('./parserMessages.ts')};
    const signal = new AbortController().signal;
    const thread = createParserThread();
    const parse = (path, text) => thread.parse({ path, text, key: path, signal, deadlineMs: sharedNowMs() + 60_000 });
    console.log('definitions' in (await parse('a.rs', 'fn a() {}')));
    if (process.argv[1] === 'held') {
      void parse('b.rs', ${JSON.stringify(HELD.slice(0, 60))}.repeat(6_000));
      setTimeout(() => process.exit(7), 100);
    }`;
  const run = (...args: string[]) => {
    const options = ['--input-type=module', '-e', program, ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, options, { encoding: 'utf8', timeout: 15_000 });
    return { status, stdout, stderr };
  };
  expect(run()).toEqual({ status: 0, stdout: 'true\n', stderr: '' });
  expect(run('held')).toEqual({ status: 7, stdout: 'true\n', stderr: '' });
});
