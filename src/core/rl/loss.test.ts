import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, test } from 'vitest';
import { gradients } from '#core/nn/gradient.ts';
import { createGraph } from '#core/nn/graph.ts';
import { writeModel } from '#core/nn/onnx.ts';
import type { Lesson } from '#core/rl/episode.ts';
import { lossFeeds, lossInputs, policyLoss, type LossSettings } from '#core/rl/loss.ts';

interface Row {
  readonly logProb: number;
  readonly oldLogProb: number;
  readonly refLogProb: number;
  readonly advantage: number;
  readonly entropy: number;
  readonly weight: number;
}

interface Figures {
  readonly loss: number;
  readonly kl: number;
  readonly entropy: number;
  readonly meanRatio: number;
  readonly clippedShare: number;
}

/** Rows of the graph under test. */
const D = 12;
const settings: LossSettings = { clip: 0.2, klWeight: 0.03, guardWeight: 0.2, entropyWeight: 0.05 };
let session: InferenceSession;

beforeAll(async () => {
  const graph = createGraph();
  const logProb = graph.parameter('logProb', [D], () => new Float32Array(D));
  const entropy = graph.parameter('entropies', [D], () => new Float32Array(D));
  const terms = policyLoss(logProb, entropy, lossInputs(graph, D));
  const [byLogProb, byEntropy] = gradients(graph, terms.loss, [logProb, entropy]);
  const outputs = { ...terms, byLogProb: byLogProb!, byEntropy: byEntropy! };
  session = await InferenceSession.create(writeModel({ graph, outputs, parameters: 'inputs', precision: 'float64' }), {
    logSeverityLevel: 3,
  });
});

/** What the graph computes in double precision. */
async function run(
  rows: readonly Row[],
  of: LossSettings,
): Promise<Figures & Record<'byLogProb' | 'byEntropy', number[]>> {
  const column = (name: keyof Row): Tensor =>
    new Tensor(
      'float64',
      Float64Array.from(rows, (row) => row[name]),
      [D],
    );
  const scalar = (name: keyof LossSettings): Tensor => new Tensor('float64', [of[name]], []);
  const results = await session.run({
    logProb: column('logProb'),
    entropies: column('entropy'),
    oldLogProb: column('oldLogProb'),
    refLogProb: column('refLogProb'),
    advantage: column('advantage'),
    weight: column('weight'),
    clip: scalar('clip'),
    klWeight: scalar('klWeight'),
    guardWeight: scalar('guardWeight'),
    entropyWeight: scalar('entropyWeight'),
  });
  const listOf = (name: string): number[] => Array.from(results[name]!.data as Float64Array);
  const one = (name: string): number => listOf(name)[0]!;
  return {
    loss: one('loss'),
    kl: one('kl'),
    entropy: one('entropy'),
    meanRatio: one('meanRatio'),
    clippedShare: one('clippedShare'),
    byLogProb: listOf('byLogProb'),
    byEntropy: listOf('byEntropy'),
  };
}

/** The same in plain numbers, written down from the papers. */
function reference(rows: readonly Row[], { clip, klWeight, guardWeight, entropyWeight }: LossSettings): Figures {
  const total = (value: (row: Row, ratio: number) => number): number =>
    rows.reduce((sum, row) => sum + row.weight * value(row, Math.exp(row.logProb - row.oldLogProb)), 0);
  const surrogate = total(({ advantage }, ratio) => {
    const held = Math.min(Math.max(ratio, 1 - clip), 1 + clip);
    return Math.min(ratio * advantage, held * advantage);
  });
  const klReference = total(({ refLogProb, logProb }) => {
    const d = refLogProb - logProb;
    return Math.exp(d) - d - 1;
  });
  const lost = total(({ advantage, oldLogProb, logProb }) => (advantage >= 0 ? Math.max(0, oldLogProb - logProb) : 0));
  const entropy = total((row) => row.entropy);
  return {
    loss: -surrogate + klWeight * klReference + guardWeight * lost - entropyWeight * entropy,
    kl: total((_, ratio) => ratio - 1 - Math.log(ratio)),
    entropy,
    meanRatio: total((_, ratio) => ratio),
    clippedShare: total((_, ratio) => (Math.abs(ratio - 1) > clip ? 1 : 0)),
  };
}

/** Fractions that meet none of the loss's kinks. */
const between = (low: number, high: number, shift = 0.37) =>
  fc.integer({ min: 0, max: 10_000 }).map((part) => low + ((high - low) * (part + shift)) / 10_001);
const someRow = fc.record({
  logProb: between(-3, -0.1),
  oldLogProb: between(-3, -0.1, 0.61),
  refLogProb: between(-3, -0.1),
  advantage: fc.oneof(between(-2, 2), fc.constant(0)),
  entropy: between(0, 2),
  weight: fc.oneof({ weight: 3, arbitrary: between(0.01, 0.2) }, { weight: 1, arbitrary: fc.constant(0) }),
});
const someRows = fc.array(someRow, { minLength: D, maxLength: D });

const check = (property: (rows: readonly Row[]) => Promise<void>): Promise<void> =>
  fc.assert(fc.asyncProperty(someRows, property), { seed: 42, numRuns: 60 });

describe('the loss', () => {
  test('and its figures are those of the papers', () =>
    check(async (rows) => {
      const found = await run(rows, settings);
      for (const [name, value] of Object.entries(reference(rows, settings)))
        expect(found[name as keyof Figures]).toBeCloseTo(value, 10);
    }));

  test('has the gradient that finite differences find', () =>
    check(async (rows) => {
      const { byLogProb, byEntropy } = await run(rows, settings);
      const slope = (at: number, name: 'logProb' | 'entropy'): number => {
        const moved = (by: number): number =>
          reference(
            rows.map((row, index) => (index === at ? { ...row, [name]: row[name] + by } : row)),
            settings,
          ).loss;
        return (moved(1e-5) - moved(-1e-5)) / 2e-5;
      };
      for (let at = 0; at < D; at++) {
        expect(byLogProb[at]).toBeCloseTo(slope(at, 'logProb'), 7);
        expect(byEntropy[at]).toBeCloseTo(slope(at, 'entropy'), 7);
      }
    }));

  test('never looks at what has no weight: the mask in the loss', () =>
    check(async (rows) => {
      const odd = { logProb: NaN, oldLogProb: 300, refLogProb: -Infinity, advantage: NaN, entropy: Infinity };
      const disturbed = rows.map((row) => (row.weight === 0 ? { ...row, ...odd } : row));
      expect(await run(disturbed, settings)).toEqual(await run(rows, settings));
    }));

  test('stays finite where likelihoods are worlds apart', async () => {
    const rows = Array.from({ length: D }, (_, index) => ({
      logProb: index % 2 ? -900 : -1,
      oldLogProb: index % 3 ? -1 : -900,
      refLogProb: -1,
      advantage: index % 4 < 2 ? 1 : -1,
      entropy: 0,
      weight: 1 / D,
    }));
    const found = await run(rows, settings);
    for (const value of [found.loss, found.kl, found.meanRatio, ...found.byLogProb])
      expect(Number.isFinite(value)).toBe(true);
  });

  test('of a policy that has not moved is minus the mean advantage, with a ratio of 1', async () => {
    const rows = Array.from({ length: D }, (_, index) => ({
      logProb: -1 - index,
      oldLogProb: -1 - index,
      refLogProb: -1,
      advantage: index,
      entropy: 1,
      weight: 1 / D,
    }));
    const found = await run(rows, { ...settings, klWeight: 0, entropyWeight: 0 });
    expect(found).toMatchObject({ kl: 0, clippedShare: 0 });
    expect(found.meanRatio).toBeCloseTo(1, 12);
    expect(found.loss).toBeCloseTo(-5.5, 12);
    // Away from what was better than expected: the guard does not pull on what has not moved.
    for (const [index, slope] of found.byLogProb.entries()) expect(slope).toBeCloseTo(-index / D, 12);
  });
});

/** A lesson of steps [log π_old, log π_ref, advantage, mask]. */
function lesson(steps: readonly (readonly [number, number, number, number])[]): Lesson {
  const list = (at: 0 | 1 | 2 | 3): number[] => steps.map((step) => step[at]);
  return {
    episode: {
      task: 't',
      reward: 0,
      logProbs: Float64Array.from(list(0)),
      refLogProbs: Float64Array.from(list(1)),
      mask: Uint8Array.from(list(3)),
      measures: {},
    },
    advantages: Float64Array.from(list(2)),
  };
}

describe('what the loss is fed', () => {
  const batch = [
    lesson([
      [-1, -2, 3, 1],
      [NaN, NaN, NaN, 0],
      [-4, -5, 6, 1],
    ]),
    lesson([[-7, -8, 9, 1]]),
    lesson([[NaN, NaN, NaN, 0]]),
  ];

  test('is a row for each choice; it weighs choices of an episode evenly, and episodes evenly', () => {
    const feeds = lossFeeds(batch, settings);
    expect([...feeds.oldLogProb.data]).toEqual([-1, -4, -7]);
    expect([...feeds.refLogProb.data]).toEqual([-2, -5, -8]);
    expect([...feeds.advantage.data]).toEqual([3, 6, 9]);
    expect([...feeds.weight.data]).toEqual([0.25, 0.25, 0.5]);
    expect(feeds.clip.data[0]).toBeCloseTo(0.2, 6);
  });

  test('is padded with rows of weight 0', () => {
    expect([...lossFeeds(batch, settings, 5).weight.data]).toEqual([0.25, 0.25, 0.5, 0, 0]);
    expect(() => lossFeeds(batch, settings, 2)).toThrow(/3 choices do not fit into 2 rows/);
  });
});
