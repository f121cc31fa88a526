import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { createGraph } from '#core/nn/graph.ts';
import { gatherRows } from '#core/nn/linearOps.ts';
import { writeModel } from '#core/nn/onnx.ts';
import { mul, where } from '#core/nn/ops.ts';
import type { RuntimeChoice } from '#node/onnx/runtimes.ts';
import { type Session, openSession } from '#node/onnx/session.ts';

const graph = createGraph();
const x = graph.input('x', 'float', ['N', 2]);
const kept = graph.input('kept', 'bool', ['N', 1]);
const rows = graph.input('rows', 'int64', ['M']);
const picked = gatherRows(where(kept, x, 0), rows);
const model = writeModel({ graph, outputs: { picked, twice: mul(rows, 2), same: kept }, parameters: 'inputs' });

const feeds = {
  x: { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2] },
  kept: { data: Uint8Array.of(0, 1), shape: [2, 1] },
  rows: { data: Int32Array.of(1, 0, -1), shape: [3] },
};

describe.each(['native', 'wasm'] as const)('a session, %s', (runtime) => {
  let session: Session;
  beforeAll(async () => {
    session = await openSession(model, { runtime });
  });

  test('says what runs it', () => {
    expect(session.runtime).toBe(runtime);
  });

  test('says what it takes and gives', () => {
    expect(session.inputs).toEqual([
      { name: 'x', type: 'float32', shape: ['N', 2] },
      { name: 'kept', type: 'bool', shape: ['N', 1] },
      { name: 'rows', type: 'int64', shape: ['M'] },
    ]);
    expect(session.outputs.map(({ name }) => name)).toEqual(['picked', 'twice', 'same']);
  });

  test('takes every type of numbers and gives them back', async () => {
    const results = await session.run({ ...feeds, unused: feeds.x });
    expect(results['picked']).toEqual({ data: Float32Array.of(3, 4, 0, 0, 3, 4), shape: [3, 2] });
    expect(results['twice']).toEqual({ data: BigInt64Array.of(2n, 0n, -2n), shape: [3] });
    expect(results['same']).toEqual({ data: Uint8Array.of(0, 1), shape: [2, 1] });
    const large = { data: BigInt64Array.of(1n), shape: [1] };
    expect((await session.run({ ...feeds, rows: large }))['picked']!.data).toEqual(Float32Array.of(3, 4));
  });

  test('says which input is missing, or does not fit', async () => {
    await expect(session.run({ x: feeds.x })).rejects.toThrow(/needs the input kept/);
    const wide = { data: new Float32Array(6), shape: [2, 3] };
    await expect(session.run({ ...feeds, x: wide })).rejects.toThrow(
      'Input x of the model is float32 [N, 2], not float32 [2, 3].',
    );
    const short = { data: new Float32Array(1), shape: [2, 2] };
    await expect(session.run({ ...feeds, x: short })).rejects.toThrow('Input x of the model has 1 of 4 values.');
    await expect(session.run({ ...feeds, rows: feeds.kept })).rejects.toThrow(
      'Input rows of the model is int64 [M], not bool [2, 1].',
    );
    await expect(session.run({ ...feeds, rows: { data: Int32Array.of(7), shape: [1] } })).rejects.toThrow(
      /The model could not be run: .*7/,
    );
  });

  test('goes on after a run that failed, and is closed once', async () => {
    expect((await session.run(feeds))['picked']!.shape).toEqual([3, 2]);
    await session.close();
  });
});

describe.each(['native', 'wasm'] as const)('what is no model, %s', (runtime) => {
  const WRONG: readonly (readonly [string, Uint8Array])[] = [
    ['nothing', new Uint8Array()],
    ['a text', new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\n')],
    ['the first half of a model', model.slice(0, model.length / 2)],
    ['a model with a flaw', model.map((byte, i) => (i > 40 && i < 80 ? 0xff : byte))],
  ];
  for (const [name, bytes] of WRONG)
    test(`${name} is refused with a sentence`, async () => {
      await expect(openSession(bytes, { runtime })).rejects.toThrow(
        /^The model could not be loaded, it is damaged or of another/,
      );
    });
});

describe('a library that lacks', () => {
  test('the native one: WebAssembly runs the model, unless the native one was asked for', async () => {
    expect(await openedWithout(['onnxruntime-node'], 'auto')).toBe('wasm');
    const refused = await openedWithout(['onnxruntime-node'], 'native');
    expect(refused).toMatch(/^ONNX Runtime could not be loaded on \S+ \(.*libonnxruntime.*\)\. .* leave the choice of/);
  });

  test('both: it is said in a sentence', async () => {
    expect(await openedWithout(['onnxruntime-node', 'onnxruntime-web'], 'auto')).toMatch(
      /^ONNX Runtime could not be loaded on \S+ \(.*libonnxruntime.*; .*\)\. Spoor needs it .*install Spoor anew\.$/,
    );
  });

  test('the native one is taken where it loads', async () => {
    expect(await openedWithout([], 'auto')).toBe('native');
  });
});

/** The runtime's name, or why there is none, in a process in which some packages cannot be loaded. */
async function openedWithout(packages: readonly string[], choice: RuntimeChoice): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'spoor-session-'));
  const hooks = join(folder, 'hooks.mjs');
  await writeFile(hooks, hooksWithout(packages));
  await writeFile(join(folder, 'model.onnx'), model);
  const script = `
    import { readFileSync } from 'node:fs';
    import { openSession } from ${JSON.stringify(new URL('session.ts', import.meta.url).href)};
    globalThis.fetch = () => { throw new Error('something was fetched'); };
    const model = readFileSync(${JSON.stringify(join(folder, 'model.onnx'))});
    const opened = openSession(model, { runtime: ${JSON.stringify(choice)} });
    console.log(await opened.then((session) => session.runtime, (error) => error.message));`;
  const args = ['--import', hooks, '--input-type=module', '-e', script];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  await rm(folder, { recursive: true });
  return stdout.trim();
}

/** What Node says where the shared library lacks. */
const hooksWithout = (packages: readonly string[]): string => `import { registerHooks } from 'node:module';
registerHooks({
  resolve(specifier, context, next) {
    if (${JSON.stringify(packages)}.includes(specifier))
      throw new Error('libonnxruntime.so.1: cannot open shared object file');
    return next(specifier, context);
  },
});`;
