import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import {
  killAllChildren,
  MAX_STDERR,
  runProgram,
  runningChildren,
  type RunOptions,
  type RunResult,
} from './childProcesses.ts';

const NODE = process.execPath;
const FOREVER = 'setInterval(() => {}, 1000); console.log(process.pid)';

interface Ran extends RunResult {
  readonly stdout: string;
}

async function runScript(script: string, options: Partial<RunOptions> = {}): Promise<Ran> {
  const chunks: Buffer[] = [];
  const onStdout = (chunk: Buffer): void => void chunks.push(chunk);
  const result = await runProgram(NODE, ['-e', script], { cwd: '/', timeoutMs: 20_000, onStdout, ...options });
  return { ...result, stdout: Buffer.concat(chunks).toString() };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a program that ends', () => {
  test('gives its output, its errors and its code', async () => {
    const run = await runScript('console.log("out"); console.error("err"); process.exitCode = 3');
    expect(run).toEqual({ code: 3, signal: null, stderr: 'err\n', outcome: 'ended', stdout: 'out\n' });
  });

  test('finds its standard input at the end', async () => {
    expect(await runScript('process.stdin.on("end", () => console.log("end")).resume()')).toMatchObject({
      stdout: 'end\n',
    });
  });

  test('reads all of the input that it is given', async () => {
    const script = 'let n = 0; process.stdin.on("data", (d) => (n += d.length)).on("end", () => console.log(n))';
    expect(await runScript(script, { input: 'x'.repeat(3_000_000) })).toMatchObject({ stdout: '3000000\n' });
  });

  test('may end without reading its input', async () => {
    const run = await runScript('console.log("out"); process.exit(4)', { input: 'x'.repeat(3_000_000) });
    expect(run).toMatchObject({ code: 4, outcome: 'ended', stdout: 'out\n' });
  });

  test('gets its arguments as they are, without a shell', async () => {
    const texts: Buffer[] = [];
    const args = ['-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', '$(touch x)', '`y`', '; z', '*'];
    await runProgram(NODE, args, { cwd: '/', timeoutMs: 20_000, onStdout: (chunk) => void texts.push(chunk) });
    expect(JSON.parse(Buffer.concat(texts).toString())).toEqual(args.slice(3));
  });

  test('sees the variables on top of the environment', async () => {
    const script = 'console.log(process.env.SPOOR_A, process.env.PATH === undefined)';
    expect(await runScript(script, { env: { SPOOR_A: 'x', PATH: undefined } })).toMatchObject({ stdout: 'x true\n' });
  });

  test('with endless errors keeps the first of them', async () => {
    const run = await runScript('process.stderr.write("e".repeat(1_000_000))');
    expect(run.stderr).toBe('e'.repeat(MAX_STDERR));
  });
});

describe('a program that is stopped', () => {
  test('by its time limit is gone when the result comes', async () => {
    let pid = 0;
    const run = await runScript(FOREVER, {
      timeoutMs: 500,
      onStdout: (chunk) => void (pid = Number(chunk.toString())),
    });
    expect(run).toMatchObject({ outcome: 'timeout', code: null, signal: 'SIGKILL' });
    expect(pid === 0 || !isAlive(pid)).toBe(true);
  });

  test('by a signal is gone when the result comes', async () => {
    const controller = new AbortController();
    let pid = 0;
    const run = await runScript(FOREVER, {
      signal: controller.signal,
      onStdout: (chunk) => {
        pid = Number(chunk.toString());
        controller.abort();
      },
    });
    expect(run.outcome).toBe('cancelled');
    expect(pid > 0 && !isAlive(pid)).toBe(true);
  });

  test('by too much output has given the first of it', async () => {
    const run = await runScript('process.stdout.write("x".repeat(10_000_000)); setInterval(() => {}, 1000)', {
      maxBytes: 100_001,
    });
    expect(run).toMatchObject({ outcome: 'too-much', stdout: 'x'.repeat(100_001) });
  });

  test('by what its receiver throws rejects with it', async () => {
    const onStdout = (): void => {
      throw new Error('receiver');
    };
    await expect(runScript(FOREVER, { onStdout })).rejects.toThrow('receiver');
    expect(runningChildren()).toBe(0);
  });

  test('does not wait for its own children, which hold its output open', async () => {
    const script = `const { spawn } = require('child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      console.log(child.pid); setInterval(() => {}, 1000)`;
    const controller = new AbortController();
    let pid = 0;
    const run = await runScript(script, {
      signal: controller.signal,
      onStdout: (chunk) => {
        pid = Number(chunk.toString());
        controller.abort();
      },
    });
    process.kill(pid, 'SIGKILL');
    expect(run.outcome).toBe('cancelled');
  });

  test('with all others is cancelled', async () => {
    const started = vi.fn();
    const runs = [1, 2, 3].map(() => runScript(FOREVER, { onStdout: started }));
    await vi.waitFor(() => expect(started).toHaveBeenCalledTimes(3), { timeout: 10_000 });
    expect(runningChildren()).toBe(3);
    killAllChildren();
    expect((await Promise.all(runs)).map((run) => run.outcome)).toEqual(['cancelled', 'cancelled', 'cancelled']);
    expect(runningChildren()).toBe(0);
  });

  test('goes when this process exits', async () => {
    const module = new URL('./childProcesses.ts', import.meta.url).href;
    const script = `import { runProgram } from ${JSON.stringify(module)};
      runProgram(process.execPath, ['-e', ${JSON.stringify(FOREVER)}], { cwd: '/', timeoutMs: 60_000, onStdout: (chunk) =>
        process.stdout.write(chunk, () => process.exit(0)) });`;
    const parent = spawn(NODE, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let pid = '';
    parent.stdout.on('data', (chunk: Buffer) => (pid += chunk.toString()));
    await once(parent, 'close');
    expect(Number(pid)).toBeGreaterThan(0);
    await vi.waitFor(() => expect(isAlive(Number(pid))).toBe(false), { timeout: 10_000 });
  });
});

describe('a program that does not start', () => {
  test.each([
    ['is not there', '/nowhere/at/all', []],
    ['is not on the PATH', 'no-such-program', []],
    ['may not be run', import.meta.filename, []],
    ['has an argument that no program can get', NODE, ['a\0b']],
  ])('because it %s', async (_, file, args) => {
    const run = await runProgram(file, args, { cwd: '/', timeoutMs: 20_000, onStdout: () => {} });
    expect(run).toMatchObject({ outcome: 'missing', code: null });
    expect(run.stderr).not.toBe('');
    expect(runningChildren()).toBe(0);
  });

  test('because it is cancelled or late already', async () => {
    expect(await runScript(FOREVER, { signal: AbortSignal.abort() })).toMatchObject({
      outcome: 'cancelled',
      code: null,
    });
    expect(await runScript(FOREVER, { timeoutMs: 0 })).toMatchObject({ outcome: 'timeout', code: null });
  });
});

test('nothing is left on the signal of a call', async () => {
  const controller = new AbortController();
  const removed = vi.spyOn(controller.signal, 'removeEventListener');
  await runScript('', { signal: controller.signal });
  expect(removed).toHaveBeenCalledOnce();
});
