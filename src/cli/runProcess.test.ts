/** The command line as a real process: how it ends. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRepository } from '../../test/fakes/gitRepository.ts';

const program = fileURLToPath(new URL('../../test/fakes/slowCli.ts', import.meta.url));
const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-process-')));
const pidFile = join(base, 'child.pid');

beforeAll(() => writeFileSync(join(base, 'a.ts'), 'const upload = 1;\n'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

describe.skipIf(process.platform === 'win32')('the process', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('is gone soon after %s, and its child too', async (signal, code) => {
    rmSync(pidFile, { force: true });
    const child = start(['ask', 'sleep upload']);
    const said = textOf(child.stderr!);
    const sleeper = await eventually(() => (existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0));
    expect(isAlive(sleeper)).toBe(true);
    const startMs = performance.now();
    child.kill(signal);
    const [ended] = await once(child, 'close');
    expect(performance.now() - startMs).toBeLessThan(1_000);
    expect(ended).toBe(code);
    await eventually(() => !isAlive(sleeper));
    expect(await said).toBe('spoor: stopped.\n');
    expect(readdirSync(base).sort()).toEqual(['a.ts', 'child.pid']);
  });

  it('stops a batch at once, goes on with it later, and then removes what was left', async () => {
    rmSync(pidFile, { force: true });
    const commits = makeRepository(join(base, 'repos/o/n'), [{ 'a.ts': 'upload\n' }, { 'b.ts': 'upload\n' }]);
    const run = (second: string): ChildProcess => {
      const rows = [
        { id: 'first', repo: 'o/n', commit: commits[0], question: 'upload' },
        { id: 'second', repo: 'o/n', commit: commits[1], question: second },
      ];
      writeFileSync(join(base, 'q.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
      return start(['batch', 'q.jsonl', '--repos', 'repos', '--out', 'out.jsonl']);
    };
    const ids = () =>
      readFileSync(join(base, 'out.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { id: string }).id);
    const stopped = run('sleep upload');
    const sleeper = await eventually(() => (existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : 0));
    stopped.kill('SIGINT');
    expect((await once(stopped, 'close'))[0]).toBe(130);
    await eventually(() => !isAlive(sleeper));
    expect(ids()).toEqual(['first']);
    const left = () => readdirSync(base).filter((name) => name.startsWith('spoor-'));
    expect(left()).toHaveLength(1);
    const later = run('upload');
    expect(await textOf(later.stderr!)).toContain('1 answered, 1 answered before');
    expect(ids()).toEqual(['first', 'second']);
    expect(left()).toEqual([]);
    for (const made of ['repos', 'q.jsonl', 'out.jsonl']) rmSync(join(base, made), { recursive: true });
  });

  it('ends quietly when nobody reads its output', async () => {
    const child = start(['ask', 'flood upload']);
    const said = textOf(child.stderr!);
    await once(child.stdout!, 'data');
    child.stdout!.destroy();
    const [code] = await once(child, 'close');
    expect({ code, said: await said }).toEqual({ code: 0, said: '' });
  });

  it('writes a long answer to a pipe in full', async () => {
    const child = start(['ask', 'flood upload', '--json']);
    const out = await textOf(child.stdout!);
    expect(JSON.parse(out).sentences[0].text.length).toBeGreaterThan(1_000_000);
  });

  it.skipIf(!existsSync('/dev/full'))('says that the answer could not be written', async () => {
    const full = openSync('/dev/full', 'w');
    const child = start(['ask', 'where is upload'], full);
    const said = await textOf(child.stderr!);
    closeSync(full);
    expect(said).toMatch(/^spoor: The answer could not be written: ENOSPC.*\n$/);
    expect(child.exitCode ?? (await once(child, 'close'))[0]).toBe(1);
  });
});

function start(args: readonly string[], stdout: 'pipe' | number = 'pipe'): ChildProcess {
  const env = { ...process.env, SPOOR_TEST_PID_FILE: pidFile, TMPDIR: base };
  return spawn(process.execPath, [program, ...args], { cwd: base, env, stdio: ['ignore', stdout, 'pipe'] });
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A killed child whose parent has gone may wait as a zombie until the system collects it.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Waits for a state, not for a time; the test's own timeout ends it. */
async function eventually<T>(state: () => T): Promise<T> {
  for (;;) {
    const value = state();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
