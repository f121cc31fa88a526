/** The built program: everything that it needs is in `dist/`, ripgrep aside. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rgPath } from '@vscode/ripgrep';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectMcp } from '../fakes/mcpProcess.ts';

interface Printed {
  readonly answer: string;
  readonly found: boolean;
  readonly citations: readonly { readonly path: string; readonly start: number; readonly end: number }[];
  readonly trail: readonly { readonly calls: readonly { readonly tool: string; readonly failure?: string }[] }[];
}

/** What the plain-text fallback would get wrong: the answer needs the grammar. */
const SOURCES = {
  Go: [
    'queue.go',
    'type Queue struct{}\n\nfunc (q *Queue) DrainQueue() int {\n\treturn 1\n}\n',
    '`DrainQueue` is a method of `Queue`',
  ],
  Rust: [
    'queue.rs',
    'impl Queue {\n    pub fn drain_queue(&self) -> usize {\n        1\n    }\n}\n',
    '`drain_queue` is a method of `Queue`',
  ],
  Python: [
    'queue.py',
    'def drain_queue(queue):\n    """Sends what waits."""\n    return list(queue)\n',
    'Its comment says: “Sends what waits.',
  ],
} as const;

let folder = '';

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/build.mjs']);
  folder = mkdtempSync(join(tmpdir(), 'spoor-built-'));
  cpSync('dist', join(folder, 'dist'), { recursive: true });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(
  file: string,
  args: readonly string[],
  cwd = folder,
): { code: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, SPOOR_CACHE: join(folder, 'cache'), SPOOR_RG: rgPath };
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { code: status, stdout, stderr };
}

/** A copy away from node_modules: what it needs beside ripgrep is in it. */
const program = (): string => join(folder, 'dist', 'spoor.mjs');

test.each(Object.entries(SOURCES))('%s is understood by its grammar', (language, [name, source, sentence]) => {
  const workspace = join(folder, language);
  mkdirSync(workspace);
  writeFileSync(join(workspace, name), source);
  const { code, stdout, stderr } = run(
    process.execPath,
    [program(), 'ask', 'what drains the queue?', '--json'],
    workspace,
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { answer, citations, trail } = JSON.parse(stdout) as Printed;
  expect(answer).toContain(sentence);
  expect(citations[0]).toMatchObject({ path: name });
  expect(trail.flatMap(({ calls }) => calls).filter(({ failure }) => failure)).toEqual([]);
});

test.each([
  ['the command line', ['spoor.mjs', 'mcp']],
  ['a program of its own, as the editor starts it', ['mcpServer.mjs']],
])('other agents are served by %s', async (_name, [file, ...command]) => {
  const workspace = join(folder, 'served');
  mkdirSync(workspace, { recursive: true });
  writeFileSync(join(workspace, 'queue.rs'), SOURCES.Rust[1]);
  const env = { SPOOR_CACHE: join(folder, 'cache'), SPOOR_RG: rgPath };
  const program = [join(folder, 'dist', file!), ...command];
  const { client, stderr } = await connectMcp({ program, args: ['--workspace', workspace], cwd: folder, env });
  try {
    const result = await client.callTool({
      name: 'search_codebase',
      arguments: { question: 'what drains the queue?' },
    });
    expect(result.structuredContent).toMatchObject({
      answer: expect.stringContaining(SOURCES.Rust[2]),
      citations: [{ path: 'queue.rs' }],
    });
    expect(stderr()).toBe('');
  } finally {
    await client.close();
  }
});

test("the README's command answers about this repository", () => {
  const { code, stdout, stderr } = run(
    'npm',
    ['run', '--silent', 'ask', '--', 'where is a citation verified?', '--json'],
    process.cwd(),
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { found, citations } = JSON.parse(stdout) as Printed;
  expect(found).toBe(true);
  expect(citations.filter(({ path }) => !existsSync(path))).toEqual([]);
  expect(citations.map(({ path }) => path)).toContain('src/node/verifySpans.ts');
});

test('it says its version, and whose work is in it', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(run(process.execPath, [program(), '--version']).stdout).toContain(version);
  const licences = readFileSync('dist/THIRD_PARTY.txt', 'utf8');
  for (const name of ['stemmer', 'web-tree-sitter', 'tree-sitter-python']) expect(licences).toContain(`\n${name} `);
});
