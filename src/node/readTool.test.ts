import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReadResult, ToolResult } from '#core/agent/tools.ts';
import { createReadTool, MAX_LINE_UNITS, MAX_READ_LINES, MAX_SCANNED_BYTES } from '#node/readTool.ts';
import { KEPT_BYTES } from '#node/textFiles.ts';
import { Workspace } from '#node/workspace.ts';

let directory = '';
let workspace: Workspace;

beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-read-')));
  mkdirSync(join(directory, 'w'));
  workspace = Workspace.open([join(directory, 'w')]);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const place = (path: string): string => join(directory, 'w', path);

function put(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(place(path)), { recursive: true });
  writeFileSync(place(path), content);
}

const context = (timeoutMs = 10_000): { signal: AbortSignal; timeoutMs: number } => ({
  signal: new AbortController().signal,
  timeoutMs,
});

const read = (path: string, start: number, end: number): Promise<ToolResult<ReadResult>> =>
  createReadTool({ workspace }).read({ path, range: { start, end } }, context());

async function success(path: string, start: number, end: number): Promise<ReadResult & { partial?: string }> {
  const result = await read(path, start, end);
  if (!result.ok) throw new Error(result.message);
  return result.partial === undefined ? result.value : { ...result.value, partial: result.partial };
}

describe('lines of a file', () => {
  it('gives the range, counted from 1 and cut to the file', async () => {
    put('src/a.txt', 'one\ntwo\nthree\n');
    expect(await read('src/a.txt', 2, 9)).toEqual({
      ok: true,
      value: {
        path: 'src/a.txt',
        start: 2,
        lines: ['two', 'three'],
        totalLines: 3,
        sizeBytes: 14,
        encoding: 'utf-8',
        lossy: false,
      },
    });
    expect(await success('src/a.txt', 9, 12)).toMatchObject({ start: 4, lines: [], totalLines: 3 });
    expect(await success('src/a.txt', 2, 1)).toMatchObject({ start: 2, lines: [] });
    expect(await success('src/a.txt', 1, Infinity)).toMatchObject({ lines: ['one', 'two', 'three'] });
  });

  it.each([
    ['empty', '', [], 'utf-8', false],
    ['no newline at the end', 'a\nb', ['a', 'b'], 'utf-8', false],
    ['CRLF', 'a\r\nb\r\n', ['a', 'b'], 'utf-8', false],
    ['a lone CR', 'a\rb\nc\r', ['a\rb', 'c\r'], 'utf-8', false],
    ['UTF-8 with a mark', '\ufeffa\nb', ['a', 'b'], 'utf-8-bom', false],
    ['UTF-16, little-endian', Buffer.from('\ufeffa\r\né\n', 'utf16le'), ['a', 'é'], 'utf-16le', false],
    ['UTF-16, big-endian', Buffer.from('\ufeffa\r\né\n', 'utf16le').swap16(), ['a', 'é'], 'utf-16be', false],
    ['bytes that are no text', Buffer.from([0x61, 0xff, 0x0a, 0x62]), ['a\ufffd', 'b'], 'utf-8', true],
  ])('knows %s', async (_name, content, lines, encoding, lossy) => {
    put('file', content);
    expect(await success('file', 1, 9)).toMatchObject({ start: 1, lines, totalLines: lines.length, encoding, lossy });
  });

  it('reads the same file anew when it has changed', async () => {
    put('a', 'one');
    expect((await success('a', 1, 1)).lines).toEqual(['one']);
    put('a', 'two');
    utimesSync(place('a'), 1, 1);
    expect((await success('a', 1, 1)).lines).toEqual(['two']);
  });

  it('reads docs from outside of the workspace', async () => {
    mkdirSync(join(directory, 'guide'));
    writeFileSync(join(directory, 'guide', 'a.md'), '# Guide');
    workspace.addDocsRoot('guide', join(directory, 'guide'));
    expect((await success('~docs/guide/a.md', 1, 1)).lines).toEqual(['# Guide']);
  });
});

describe('refusals', () => {
  it.each([
    ['nothing', 'denied', /secrets/, '.env'],
    ['a folder', 'unsupported', /is a folder/, 'folder'],
    ['nothing', 'missing', /There is no file/, 'absent'],
    ['nothing', 'missing', /There is no file/, '../outside'],
    ['nothing', 'missing', /There is no file/, 'plain/below'],
    ['binary content', 'unsupported', /not a text file/, 'image'],
    ['a link to a secret', 'denied', /secrets/, 'innocent.txt'],
    ['a link to the outside', 'missing', /There is no file/, 'way-out'],
    ['a pipe', 'unsupported', /never opened/, 'pipe'],
  ])('%s: %s', async (_what, reason, message, path) => {
    put('.env', 'KEY=1');
    put('plain', 'text');
    put('image', Buffer.from([0x89, 0x50, 0, 1]));
    mkdirSync(place('folder'));
    writeFileSync(join(directory, 'outside'), 'no');
    symlinkSync(place('.env'), place('innocent.txt'));
    symlinkSync(join(directory, 'outside'), place('way-out'));
    execFileSync('mkfifo', [place('pipe')]);
    expect(await read(path, 1, 1)).toEqual({ ok: false, reason, message: expect.stringMatching(message) });
  });

  it('a socket', async () => {
    const server = createServer().listen(place('socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    expect(await read('socket', 1, 1)).toMatchObject({ ok: false, reason: 'unsupported' });
    server.close();
  });

  it.skipIf(process.getuid?.() === 0)('a file that may not be read', async () => {
    put('closed', 'text');
    chmodSync(place('closed'), 0);
    expect(await read('closed', 1, 1)).toMatchObject({ ok: false, reason: 'denied' });
  });

  it('ranges that are none, cancelled calls and calls without time', async () => {
    put('a', 'text');
    for (const [start, end] of [
      [0, 1],
      [-1, 2],
      [1.5, 2],
      [NaN, 2],
      [1, NaN],
    ] as const)
      expect(await read('a', start, end)).toMatchObject({ ok: false, reason: 'unsupported' });
    const request = { path: 'a', range: { start: 1, end: 1 } };
    const tool = createReadTool({ workspace });
    expect(await tool.read(request, context(0))).toMatchObject({ ok: false, reason: 'timeout' });
    expect(await tool.read(request, { ...context(), signal: AbortSignal.abort() })).toMatchObject({
      reason: 'cancelled',
    });
  });
});

describe('long files', () => {
  const numbered = (count: number): string => Array.from({ length: count }, (_, i) => `line ${i + 1}\n`).join('');

  it('limits the lines of a read, and says so', async () => {
    put('a', numbered(MAX_READ_LINES + 5));
    const { lines, partial, totalLines } = await success('a', 2, 10_000);
    expect(lines).toHaveLength(MAX_READ_LINES);
    expect(lines.at(-1)).toBe(`line ${MAX_READ_LINES + 1}`);
    expect(partial).toMatch(/only 400 lines/);
    expect(totalLines).toBe(MAX_READ_LINES + 5);
    expect((await success('a', 6, 10_000)).partial).toBeUndefined();
  });

  it('cuts long lines between characters', async () => {
    put('a', `${'x'.repeat(MAX_LINE_UNITS - 1)}\u{1f600}\nshort\n${'y'.repeat(MAX_LINE_UNITS)}`);
    const { lines, partial } = await success('a', 1, 3);
    expect(lines).toEqual(['x'.repeat(MAX_LINE_UNITS - 1), 'short', 'y'.repeat(MAX_LINE_UNITS)]);
    expect(partial).toMatch(/cut after 2000/);
    expect((await success('a', 2, 3)).partial).toBeUndefined();
  });

  it('counts the lines of a file that is too long to be kept', async () => {
    const count = 300_000;
    put('a', numbered(count));
    expect(await success('a', 250_000, 250_001)).toMatchObject({
      start: 250_000,
      lines: ['line 250000', 'line 250001'],
      totalLines: count,
    });
    expect(await success('a', count + 7, count + 8)).toMatchObject({ start: count + 1, lines: [] });
  });

  it('gives the beginning of a line of 100 MB', async () => {
    put('a', 'é'.repeat(50 << 20));
    const { lines, totalLines, partial, lossy } = await success('a', 1, 5);
    expect(lines).toEqual(['é'.repeat(MAX_LINE_UNITS)]);
    expect(totalLines).toBeUndefined();
    expect(lossy).toBe(false);
    expect(partial).toMatch(/32 MiB.*cut after 2000/);
  });

  it('reads the beginning of a file of 1 GB in little memory, and nothing behind the cap', async () => {
    put('a', 'some text\n'.repeat(10_000));
    truncateSync(place('a'), 1 << 30);
    const before = process.memoryUsage().arrayBuffers;
    expect(await success('a', 9_999, 10_000)).toMatchObject({
      lines: ['some text', 'some text'],
      totalLines: undefined,
    });
    expect(await success('a', 20_000, 20_001)).toMatchObject({
      start: 10_002,
      lines: [],
      partial: expect.stringMatching(/MiB/),
    });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MAX_SCANNED_BYTES * 2);
  });

  it('stops when it is cancelled and when its time is over', async () => {
    put('a', numbered(2_000_000));
    const tool = createReadTool({ workspace });
    const request = { path: 'a', range: { start: 1, end: 1 } };
    expect(await tool.read(request, context(0.01))).toMatchObject({ ok: false, reason: 'timeout' });
    const controller = new AbortController();
    const reading = tool.read(request, { signal: controller.signal, timeoutMs: 10_000 });
    controller.abort();
    expect(await reading).toMatchObject({ ok: false, reason: 'cancelled' });
  });

  it('agrees with the reading of short files, whatever the bytes', async () => {
    const line = fc.oneof(
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes.map((byte) => byte || 1))),
      fc.string({ maxLength: 30 }).map((text) => Buffer.from(text.replaceAll('\0', '.'))),
    );
    const terminator = fc.constantFrom('\n', '\r\n', '\n\n');
    const marks = [[], [0xef, 0xbb, 0xbf], [0xff, 0xfe], [0xfe, 0xff]].map((bytes) => Buffer.from(bytes));
    const property = fc.asyncProperty(
      fc.array(fc.tuple(line, terminator), { maxLength: 20 }),
      fc.constantFrom(...marks),
      fc.integer({ min: 1, max: 20 }),
      async (parts, mark, start) => {
        const wide = mark.length === 2;
        const encode = (text: string): Buffer => (wide ? Buffer.from(text, 'utf16le') : Buffer.from(text));
        const ended = parts.flatMap(([bytes, end]) => [wide ? encode(bytes.toString('latin1')) : bytes, encode(end)]);
        const short = Buffer.concat(ended);
        const padding = encode(
          'p'
            .repeat(63)
            .concat('\n')
            .repeat(Math.ceil(KEPT_BYTES / 64)),
        );
        const long = [short, encode('end\n'), padding].map((part) =>
          mark[0] === 0xfe ? Buffer.from(part).swap16() : part,
        );
        put('long', Buffer.concat([mark, ...long]));
        put('short', Buffer.concat([mark, ...long.slice(0, 2)]));
        const [a, b] = [await success('short', start, 40), await success('long', start, 40)];
        expect(b.lines.slice(0, a.lines.length)).toEqual(a.lines);
        expect(b.encoding).toBe(a.encoding);
      },
    );
    await fc.assert(property, { seed: 42, numRuns: 60 });
  });
});
