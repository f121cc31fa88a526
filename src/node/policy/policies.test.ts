import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGraph } from '#core/nn/graph.ts';
import { writeModel } from '#core/nn/onnx.ts';
import { add } from '#core/nn/ops.ts';
import { encodeState, type EncodedState } from '#core/policy/encodeState.ts';
import { parametersOfFile, policyFile, policyMisfit } from '#core/policy/policyModel.ts';
import { createRng } from '#core/rl/rng.ts';
import { openPolicy, PolicyError } from '#node/policy/policies.ts';
import { openFileScorer, openPlayingNetwork } from '#node/policy/scorers.ts';
import { playGroup, playScene, shakenParameters } from '../../../test/fakes/policyScene.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-policies-')));
const path = (name: string): string => join(base, name);
const parameters = shakenParameters(8);
const whole = policyFile(parameters);

beforeAll(() => {
  mkdirSync(path('folder'));
  writeFileSync(path('policy.onnx'), whole);
  writeFileSync(path('cut.onnx'), whole.subarray(0, 30_000));
  writeFileSync(path('text.onnx'), 'no model\n');
  const graph = createGraph();
  const x = graph.parameter('weight', [1], () => new Float32Array(1));
  writeFileSync(
    path('other.onnx'),
    writeModel({ graph, outputs: { twice: add(x, x) }, parameters: new Map([['weight', new Float32Array(1)]]) }),
  );
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

describe('a policy file', () => {
  test('says of a state exactly what the network says that was trained', async () => {
    const playing = (await openPlayingNetwork())(parametersOfFile(whole));
    const shipped = await openFileScorer(whole);
    const group = await playGroup(playing, [0, 1, 2, 3]);
    const states = new Set<EncodedState>(group.flatMap(({ episode }) => episode.choices.states));
    for (const { play } of group)
      states.add(encodeState(play.steps.at(-1)!.observation, play.steps.at(-1)!.legal).encoded);
    expect(states.size).toBeGreaterThan(8);
    for (const state of states) expect(await shipped.score(state)).toEqual(await playing(state));
    await shipped.close();
  });

  test('searches as the trained policy does when it is greedy', async () => {
    const { policy, close } = await openPolicy(path('policy.onnx'));
    expect(policy.name).toBe(path('policy.onnx'));
    const [a, b] = [await playScene(policy, { seed: 1 }), await playScene(policy, { seed: 2 })];
    expect(a.outcome.citations).toEqual(b.outcome.citations);
    expect(a.steps.length).toBeGreaterThan(3);
    await close();
  });

  test('decides in WebAssembly as it does natively', async () => {
    const shipped = readFileSync('models/searcher.onnx');
    const [native, wasm] = [await openFileScorer(shipped, 'native'), await openFileScorer(shipped, 'wasm')];
    const group = await playGroup(native.score, [0, 1, 2, 3]);
    const states = new Set<EncodedState>(group.flatMap(({ episode }) => episode.choices.states));
    expect(states.size).toBeGreaterThan(4);
    for (const state of states) {
      const [a, b] = [await native.score(state), await wasm.score(state)];
      expect(best(b.logits)).toBe(best(a.logits));
      expect(farthest(a.logits, b.logits)).toBeLessThan(1e-4);
      expect(Math.abs(a.confidence - b.confidence)).toBeLessThan(1e-4);
      expect([b.sameFile, b.step]).toEqual([a.sameFile, a.step]);
    }
    await Promise.all([native.close(), wasm.close()]);
  });

  test('searches in WebAssembly as it does natively', async () => {
    const [native, wasm] = [await openPolicy('learned', 'native'), await openPolicy('learned', 'wasm')];
    const [a, b] = [await playScene(native.policy, { seed: 1 }), await playScene(wasm.policy, { seed: 1 })];
    expect(b.steps.map(({ decision }) => decision.index)).toEqual(a.steps.map(({ decision }) => decision.index));
    expect(b.outcome.citations).toEqual(a.outcome.citations);
    await Promise.all([native.close(), wasm.close()]);
  });

  const wrong: readonly [name: string, says: RegExp][] = [
    ['absent.onnx', /^There is no file .*absent\.onnx\. Name a model file, or one of learned, hand, uniform\.$/],
    ['folder', /^Spoor cannot read .*folder\. Name a model file, or one of /],
    ['cut.onnx', /cut\.onnx cannot be used\. This is no model, or a damaged one: .*\. Take the file anew/],
    ['text.onnx', /text\.onnx cannot be used\. This is no model, or a damaged one: /],
    ['other.onnx', /other\.onnx cannot be used\. This model is no policy of Spoor\. Choose a file that /],
  ];
  test.each(wrong)('is refused with a sentence: %s', async (name, says) => {
    const refused = await openPolicy(path(name)).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(PolicyError);
    expect((refused as PolicyError).message).toMatch(says);
  });

  test('is refused, or searches, whatever byte of it is damaged', async () => {
    const rng = createRng(4);
    let [refused, searched] = [0, 0];
    for (let i = 0; i < 160; i++) {
      const damaged = whole.slice();
      // At the end of a file lie the network and what is said about it; what lies before are weights.
      damaged[whole.length - 1 - Math.floor(rng.next() * 4_200)]! ^= 1 << Math.floor(rng.next() * 8);
      if (policyMisfit(damaged) !== undefined) continue;
      writeFileSync(path('damaged.onnx'), damaged);
      const opened = await openPolicy(path('damaged.onnx')).catch((error: unknown) => error);
      if (opened instanceof Error) {
        expect(opened).toBeInstanceOf(PolicyError);
        expect(opened.message).toMatch(/damaged\.onnx cannot be used\. .*\.$/s);
        refused++;
        continue;
      }
      const { policy, close } = opened as Awaited<ReturnType<typeof openPolicy>>;
      const { steps } = await playScene(policy, { seed: 1, turns: 1 });
      expect(steps.length).toBeGreaterThan(0);
      searched++;
      await close();
    }
    expect(refused).toBeGreaterThan(5);
    expect(searched).toBeGreaterThan(5);
  });

  test('whose network breaks when it is run is refused before it searches', async () => {
    // A weight that is no number is stored and loaded like any other.
    const poisoned = parameters.slice().fill(NaN, 0, 1);
    writeFileSync(path('poisoned.onnx'), policyFile(poisoned));
    await expect(openPolicy(path('poisoned.onnx'))).rejects.toThrow(/poisoned\.onnx cannot be used\. Its network is/);
  });
});

describe('the policies with names', () => {
  test.each(['hand', 'uniform'])('%s searches without a model', async (name) => {
    const { policy, close } = await openPolicy(name);
    expect((await playScene(policy, { seed: 1 })).outcome.trail.length).toBeGreaterThan(0);
    await close();
  });
});

const best = (values: Float32Array): number => values.indexOf(values.reduce((a, b) => Math.max(a, b), -Infinity));

const farthest = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), Math.abs(a.length - b.length));
