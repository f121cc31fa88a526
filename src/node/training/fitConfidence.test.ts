import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { policyLayout } from '#core/policy/policyModel.ts';
import { openPlayingNetwork } from '#node/policy/scorers.ts';
import { confidenceStates, fitConfidence, type JudgedState } from '#node/training/fitConfidence.ts';
import { shakenParameters } from '../../../test/fakes/policyScene.ts';
import { recordParcel } from '../../../test/fakes/recordedParcel.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-confidence-')));
const parameters = shakenParameters(8);
let judged: JudgedState[];

beforeAll(async () => {
  const { tasks, worlds } = await recordParcel(base);
  const nowhere = { ...tasks[0]!, source: 'wrong-repository' as const, goldFiles: [], goldSpans: [] };
  judged = await confidenceStates(parameters, [...tasks, nowhere, { ...nowhere, id: 'absent' }], worlds);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Mean cross-entropy of what the network says of being right, in nats. */
async function crossEntropy(weights: Float32Array, states: readonly JudgedState[]): Promise<number> {
  const score = (await openPlayingNetwork())(weights);
  let sum = 0;
  for (const { encoded, isRight } of states) {
    const { confidence } = await score(encoded);
    sum += Math.log1p(Math.exp(isRight ? -confidence : confidence));
  }
  return sum / states.length;
}

describe('fitting how sure a policy is', () => {
  test('looks at the last state of each task that has a world', () => {
    expect(judged).toHaveLength(7);
    expect(judged.map(({ isAnswerable }) => isAnswerable)).toEqual([true, true, true, true, true, true, false]);
    expect(judged.at(-1)!.isRight).toBe(false);
    expect(judged.at(-1)!.encoded).toEqual(judged[0]!.encoded);
  });

  test('lowers the cross-entropy and changes nothing that the policy does', async () => {
    const states = judged.slice(0, 6).map((one, i) => ({ ...one, isRight: i % 3 === 0 }));
    const fitted = await fitConfidence(parameters, states);
    const before = await crossEntropy(parameters, states);
    // What is right in one of three costs 0.64 nats at least where the states cannot be told apart.
    expect(await crossEntropy(fitted, states)).toBeLessThan(Math.min(before, 0.6));

    const network = await openPlayingNetwork();
    for (const { encoded } of judged) {
      const [was, is] = [await network(parameters)(encoded), await network(fitted)(encoded)];
      expect({ ...is, confidence: 0 }).toEqual({ ...was, confidence: 0 });
    }
    for (const { name, offset, size } of policyLayout().entries) {
      const [was, is] = [parameters, fitted].map((one) => one.subarray(offset, offset + size));
      if (name.startsWith('confidence')) expect(is, name).not.toEqual(was);
      else expect(is, name).toEqual(was);
    }
    expect(await fitConfidence(parameters, states)).toEqual(fitted);
  });
});
