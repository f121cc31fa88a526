import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import type { CallContext, Definition, ToolResult } from '#core/agent/tools.ts';
import { createGrepTool } from '#node/ripgrep/grepTool.ts';
import { Workspace } from '#node/workspace.ts';
import { MAX_FILES_A_NAME } from './definitionSearch.ts';
import {
  createSymbolsTool as createTool,
  MAX_PARSED_BYTES,
  MAX_READ_BYTES,
  type ClosableSymbolsTool,
  type SymbolsToolOptions,
} from './symbolsTool.ts';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

function workspaceOf(files: Record<string, string>): { folder: string; workspace: Workspace } {
  const folder = mkdtempSync(join(tmpdir(), 'spoor-symbols-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return { folder, workspace: Workspace.open([folder]) };
}

function createSymbolsTool(options: SymbolsToolOptions): ClosableSymbolsTool {
  const tool = createTool(options);
  onTestFinished(() => tool.close());
  return tool;
}

const contextOf = (timeoutMs = 20_000): CallContext => ({ signal: new AbortController().signal, timeoutMs });

function valueOf<T>(result: ToolResult<T>): T {
  if (!result.ok) throw new Error(`${result.reason}: ${result.message}`);
  return result.value;
}

const placeOf = ({ name, span, line }: Definition): string => `${name} ${span.path}:${line}`;

describe('outline', () => {
  test('parses a text once, and again when it has changed', async () => {
    const { folder, workspace } = workspaceOf({ 'a.ts': 'export function a() {}\n' });
    const tool = createSymbolsTool({ workspace });
    const first = valueOf(await tool.outline('a.ts', contextOf()));
    const again = await Promise.all([1, 2, 3].map(() => tool.outline('a.ts', contextOf())));
    expect(again.map(valueOf)).toEqual([first, first, first]);
    expect(tool.outlinesMade()).toBe(1);
    writeFileSync(join(folder, 'a.ts'), 'export function other() {}\n');
    expect(valueOf(await tool.outline('a.ts', contextOf())).map(placeOf)).toEqual(['other a.ts:1']);
    expect(tool.outlinesMade()).toBe(2);
  });

  test('gives up the outlines used longest ago when its memory is full, and all of them when closed', async () => {
    const { workspace } = workspaceOf({ 'a.py': 'def a(): pass\n', 'b.py': 'def b(): pass\n' });
    const tool = createSymbolsTool({ workspace, maxCachedDefinitions: 3 });
    for (const path of ['a.py', 'b.py', 'b.py', 'a.py']) valueOf(await tool.outline(path, contextOf()));
    expect(tool.outlinesMade()).toBe(3);
    tool.close();
    valueOf(await tool.outline('a.py', contextOf()));
    expect(tool.outlinesMade()).toBe(4);
  });

  test('is empty for prose, data and binary files', async () => {
    const { workspace } = workspaceOf({
      'a.md': 'function a() {}',
      'a.json': '{}',
      'a.js': 'function a() {}\0',
      'e.ts': '',
    });
    const tool = createSymbolsTool({ workspace });
    for (const path of ['a.md', 'a.json', 'a.js', 'e.ts'])
      expect(await tool.outline(path, contextOf())).toEqual({ ok: true, value: [] });
  });

  test('fails with a reason for what cannot be read', async () => {
    const { folder, workspace } = workspaceOf({ 'sub/a.ts': '' });
    symlinkSync('/etc/hostname', join(folder, 'out.ts'));
    const tool = createSymbolsTool({ workspace });
    const reasonOf = async (path: string): Promise<string> => {
      const result = await tool.outline(path, contextOf());
      return result.ok ? 'ok' : result.reason;
    };
    expect(await reasonOf('none.ts')).toBe('missing');
    expect(await reasonOf('../a.ts')).toBe('missing');
    expect(await reasonOf('out.ts')).toBe('missing');
    expect(await reasonOf('sub')).toBe('unsupported');
  });

  test('ends when it is cancelled or its time is up', async () => {
    const { workspace } = workspaceOf({ 'a.ts': 'export const a = [\n'.repeat(900) });
    const tool = createSymbolsTool({ workspace });
    const gone = { signal: AbortSignal.abort(), timeoutMs: 1000 };
    expect(await tool.outline('a.ts', gone)).toMatchObject({ ok: false, reason: 'cancelled' });
    expect(await tool.outline('a.ts', contextOf(0))).toMatchObject({ ok: false, reason: 'timeout' });
    expect(await tool.outline('a.ts', contextOf(0.5))).toMatchObject({ ok: false, reason: 'timeout' });
    expect((await tool.outline('a.ts', contextOf())).ok).toBe(true);
  });

  test('tells the definitions of large files from their lines, and of larger ones nothing', async () => {
    const block = '// filler of the file\nfunction some() {\n  return 1;\n}\n';
    const { workspace } = workspaceOf({
      'large.js': block.repeat(Math.ceil(MAX_PARSED_BYTES / block.length) + 1),
      'huge.js': block.repeat(Math.ceil(MAX_READ_BYTES / block.length) + 1),
      'min.js': 'function a(){}'.repeat(5000),
      'deep.js': 'function a() {\n'.repeat(2000),
    });
    const tool = createSymbolsTool({ workspace });
    const large = await tool.outline('large.js', contextOf());
    expect(valueOf(large)[1]).toMatchObject({ name: 'some', span: { start: 5, end: 8 }, doc: 'filler of the file' });
    expect(large).toMatchObject({ partial: expect.stringContaining('512 KiB') });
    expect(await tool.outline('huge.js', contextOf())).toMatchObject({
      value: [],
      partial: expect.stringContaining('2 MiB'),
    });
    expect(await tool.outline('min.js', contextOf())).toMatchObject({
      value: [],
      partial: expect.stringContaining('long lines'),
    });
    expect(await tool.outline('deep.js', contextOf())).toMatchObject({
      partial: expect.stringContaining('could not be parsed'),
    });
  });

  test('counts lines as the other tools do: by \\n, without the byte order mark', async () => {
    const text = '\ufeff// one\r\n\r// two\u2028three\r\nfunction a() {\r\n}\r\n';
    const { workspace } = workspaceOf({ 'a.js': text });
    const tool = createSymbolsTool({ workspace });
    const [found] = valueOf(await tool.outline('a.js', contextOf()));
    expect(found).toMatchObject({ name: 'a', line: 3, span: { start: 1, end: 4 } });
  });
});

describe('definitions', () => {
  const files = {
    'src/queue.ts': 'export class Queue {\n  push() {}\n}\n',
    'src/other.py': 'class Queue:\n    pass\n\n\nqueue = Queue()\n',
    'src/use.ts': "import { Queue } from './queue';\nnew Queue().push();\n",
    'test/queue.test.ts': 'class Queue {}\n',
    'lib/group.go': 'package lib\n\nconst (\n\tfirstLimit = 1\n)\n',
  };

  test('finds the files by grep, and sorts by name, path and line', async () => {
    const { workspace } = workspaceOf(files);
    const tool = createSymbolsTool({ workspace, grep: createGrepTool({ workspace }) });
    const found = await tool.definitions({ names: ['push', 'Queue', 'none', 'push'] }, contextOf());
    expect(valueOf(found).map(placeOf)).toEqual([
      'push src/queue.ts:2',
      'Queue src/other.py:1',
      'Queue src/queue.ts:1',
      'Queue test/queue.test.ts:1',
    ]);
    expect(valueOf(await tool.definitions({ names: ['queue'] }, contextOf())).map(placeOf)).toEqual([
      'queue src/other.py:5',
    ]);
  });

  test('looks into files that only mention a name if no line defines it', async () => {
    const { workspace } = workspaceOf(files);
    const tool = createSymbolsTool({ workspace, grep: createGrepTool({ workspace }) });
    const found = await tool.definitions({ names: ['firstLimit'] }, contextOf());
    expect(valueOf(found).map(placeOf)).toEqual(['firstLimit lib/group.go:4']);
  });

  test('stays inside of the named files, and needs no grep for them', async () => {
    const { workspace } = workspaceOf(files);
    const tool = createSymbolsTool({ workspace });
    const within = ['src/queue.ts', 'src/gone.ts', 'src/queue.ts'];
    const found = await tool.definitions({ names: ['Queue'], within }, contextOf());
    expect(valueOf(found).map(placeOf)).toEqual(['Queue src/queue.ts:1']);
    expect(found).toMatchObject({ partial: expect.stringContaining('src/gone.ts') });
    expect(await tool.definitions({ names: ['Queue'] }, contextOf())).toMatchObject({
      ok: false,
      reason: 'unsupported',
    });
    expect(await tool.definitions({ names: [] }, contextOf())).toEqual({ ok: true, value: [] });
  });

  test('looks at a bounded number of files, sources first, and says so', async () => {
    const many = Array.from({ length: 30 }, (_, i) => [
      `${i < 15 ? 'test/' : 'src/'}f${10 + i}.js`,
      'function main() {}\n',
    ]);
    const { workspace } = workspaceOf(Object.fromEntries(many) as Record<string, string>);
    const tool = createSymbolsTool({ workspace, grep: createGrepTool({ workspace }) });
    const found = await tool.definitions({ names: ['main', '$', '_'] }, contextOf());
    expect(valueOf(found).map(({ span }) => span.path)).toEqual(
      Array.from({ length: MAX_FILES_A_NAME }, (_, i) => `src/f${25 + i}.js`),
    );
    expect(found).toMatchObject({ partial: 'For main 12 of 30 files were looked at.' });
    expect(tool.outlinesMade()).toBe(MAX_FILES_A_NAME);
  });
});
