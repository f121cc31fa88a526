/** How the program is started from a clone: arguments, folders, signals, exit codes, by an outer and the pinned Node. */
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { makeClone, placePinnedNode, run, start, type Clone, type StartOptions } from '../fakes/clone.ts';

/** A clone that is set up, and the Node that starts it. */
function readyClone(which: string): { clone: Clone; options: StartOptions } {
  const clone = makeClone();
  const pinned = placePinnedNode(clone);
  const stamp = `${process.platform}-${process.arch}\n${readFileSync(clone.path('package-lock.json'), 'utf8')}`;
  writeFileSync(clone.path('node_modules', '.spoor-installed'), stamp);
  return { clone, options: which === 'the pinned Node' ? { node: pinned } : {} };
}

interface Said {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly node: string;
}

async function saidBy(clone: Clone, args: readonly string[], options: StartOptions): Promise<Said> {
  const { stdout, stderr, code } = await start(clone, args, options).ended;
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return JSON.parse(stdout) as Said;
}

describe.each(['the pinned Node', 'an outer Node'])('started by %s', (which) => {
  test('the program gets the arguments as they are, and runs under the pinned Node', async () => {
    const { clone, options } = readyClone(which);
    const args = ['ask', 'a "quoted" question; $(touch x)', '--', '-v', ''];
    const said = await saidBy(clone, args, options);
    expect(said.args).toEqual(args);
    expect(said.node).toBe(clone.path('node_modules', 'node', 'bin', 'node'));
  });

  test('input and exit code pass through', async () => {
    const { clone, options } = readyClone(which);
    expect(await start(clone, ['echo'], { ...options, input: 'lines\n' }).ended).toMatchObject({ stdout: 'lines\n' });
    expect(await start(clone, ['fail'], options).ended).toEqual({ code: 3, stdout: '', stderr: '' });
  });

  test('a signal reaches the program, which ends in its own way', async () => {
    const { clone, options } = readyClone(which);
    const running = start(clone, ['wait'], options);
    await once(running.child.stdout!, 'data');
    running.child.kill('SIGTERM');
    expect(await running.ended).toEqual({ code: 7, stdout: '"waiting"\n"stopped"\n', stderr: '' });
  });

  test('a question in this repository is about it unless a workspace is told', async () => {
    const { clone, options } = readyClone(which);
    const ask = async (...rest: string[]) =>
      (await saidBy(clone, ['--in-this-repository', 'ask', ...rest], options)).args;
    expect(await ask('why?', '--json')).toEqual(['ask', '--workspace', clone.directory, 'why?', '--json']);
    expect(await ask('why?', '--workspace', '../other')).toEqual(['ask', 'why?', '--workspace', '../other']);
    expect(await ask('why?', '--workspace=../other')).toEqual(['ask', 'why?', '--workspace=../other']);
  });

  test("relative paths mean the caller's folder when npm started this package's script", async () => {
    const { clone, options } = readyClone(which);
    const deeper = clone.path('deeper');
    mkdirSync(deeper);
    const cwdWith = async (env: Record<string, string>) => (await saidBy(clone, ['x'], { ...options, env })).cwd;
    const ours = clone.path('package.json');
    expect(await cwdWith({ INIT_CWD: deeper, npm_package_json: ours })).toBe(deeper);
    expect(await cwdWith({ INIT_CWD: deeper, npm_package_json: clone.path('stand-in', 'node', 'package.json') })).toBe(
      clone.directory,
    );
    expect(await cwdWith({ INIT_CWD: deeper })).toBe(clone.directory);
  });
});

test('npm runs it from a folder below, quietly', async () => {
  const { clone } = readyClone('an outer Node');
  const deeper = clone.path('deeper');
  mkdirSync(deeper);
  const { stdout, stderr } = await run(clone, 'npm', ['run', '--silent', 'spoor', '--', 'ask', 'a b'], { cwd: deeper })
    .ended;
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toMatchObject({ args: ['ask', 'a b'], cwd: deeper });
});

test('a caller in a folder that is gone is told so', async () => {
  const { clone } = readyClone('an outer Node');
  const env = { INIT_CWD: clone.path('gone'), npm_package_json: clone.path('package.json') };
  const { code, stderr } = await start(clone, ['x'], { env }).ended;
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `The folder ${clone.path('gone')} cannot be opened any more. Change to another one and try again.\n`,
  });
});

test('a source newer than the bundle has it built, and a build that fails is told', async () => {
  const { clone } = readyClone('an outer Node');
  const later = new Date(Date.now() + 120_000);
  utimesSync(clone.path('src', 'main.ts'), later, later);
  const { code, stderr, stdout } = await start(clone, ['x'], {}).ended;
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain('ERR_MODULE_NOT_FOUND');
  expect(stderr).toContain('Spoor could not be built.');
});
