import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CANDIDATE_INPUTS, SLOTS, STATE_INPUTS } from '#core/policy/inputs.ts';
import { untrainedParameters } from '#core/policy/policyModel.ts';
import type { Recognised } from '#core/policy/recognition.ts';
import { createRng } from '#core/rl/rng.ts';
import { openPlayingNetwork } from '#node/policy/scorers.ts';
import { pretrainRecognition, type RecognitionSettings } from '#node/training/pretrainRecognition.ts';
import { labels, recognitionStates } from '#node/training/recognitionData.ts';
import { recordParcel, type RecordedParcel } from '../../../test/fakes/recordedParcel.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-recognition-')));
const settings = { turns: 4, without: [] };
let parcel: RecordedParcel;
let states: Recognised[];

beforeAll(async () => {
  parcel = await recordParcel(base);
  const { tasks, worlds } = parcel;
  states = (await Promise.all(tasks.map((task) => recognitionStates(task, { ...settings, worlds })))).flat();
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Loss of every epoch, with what was learned. */
async function learn(some: readonly Recognised[], given: Partial<RecognitionSettings>) {
  const losses: number[] = [];
  const full = { epochs: 30, batch: 8, learningRate: 0.004, seed: 2, ...given };
  const learned = await pretrainRecognition(untrainedParameters(1), some, full, ({ loss }) => losses.push(loss));
  return { learned, losses };
}

/** The loss of the network as it is: nothing is learned without a learning rate. */
const untrainedLoss = async (some: readonly Recognised[]): Promise<number> =>
  (await learn(some, { epochs: 1, learningRate: 0 })).losses[0]!;

/** Share of the states in which the first candidate by the network is a right one. */
async function hitsFirst(parameters: Float32Array, some: readonly Recognised[]): Promise<number> {
  const score = (await openPlayingNetwork())(parameters);
  let hits = 0;
  for (const { encoded, head, windows } of some) {
    const own = (await score(encoded)).logits.subarray(SLOTS[head], SLOTS[head] + windows.length);
    hits += windows[own.indexOf(Math.max(...own))]!;
  }
  return hits / some.length;
}

/** States in which the candidate with the most of one input is right, and all else is chance. */
function madeUpStates(count: number, seed: number): Recognised[] {
  const rng = createRng(seed);
  const telling = CANDIDATE_INPUTS.indexOf('definition');
  return Array.from({ length: count }, (_, i) => {
    const size = 8 + Math.floor(rng.next() * 12);
    const candidates = Float32Array.from({ length: size * CANDIDATE_INPUTS.length }, () => rng.next());
    const told = Array.from({ length: size }, (_, row) => candidates[row * CANDIDATE_INPUTS.length + telling]!);
    const windows = Uint8Array.from(told, (value) => Number(value === Math.max(...told)));
    const state = Float32Array.from(STATE_INPUTS, () => rng.next());
    const encoded = { candidates, words: new Float32Array(), state };
    return { encoded, head: i % 2 ? 'cite' : 'read', windows, files: windows } as const;
  });
}

describe('recognition', () => {
  test('learns what to cite and what to read in a real repository', async () => {
    const labelled = states.filter(({ windows }) => windows.includes(1));
    expect(labelled.filter(({ head }) => head === 'cite').length).toBeGreaterThan(3);
    expect(labelled.filter(({ head }) => head === 'read').length).toBeGreaterThan(3);
    const before = await untrainedLoss(labelled);
    const { learned, losses } = await learn(labelled, {});
    expect(losses).toHaveLength(30);
    expect(losses.at(-1)!).toBeLessThan(0.5 * before);
    expect(await hitsFirst(learned, labelled)).toBeGreaterThanOrEqual(0.8);
  });

  test('holds for states that were not learned from', async () => {
    const unseen = madeUpStates(100, 8);
    const before = await hitsFirst(untrainedParameters(1), unseen);
    const { learned } = await learn(madeUpStates(240, 7), { epochs: 12, batch: 16 });
    expect(before).toBeLessThan(0.4);
    expect(await hitsFirst(learned, unseen)).toBeGreaterThan(0.65);
  });

  test('is the same for the same seed', async () => {
    const some = madeUpStates(24, 3);
    const [a, b, c] = [
      await learn(some, { epochs: 2 }),
      await learn(some, { epochs: 2 }),
      await learn(some, { epochs: 2, seed: 3 }),
    ];
    expect(b).toEqual(a);
    expect(c.learned).not.toEqual(a.learned);
  });

  test('does not move for states with nothing right, and takes no harm', async () => {
    const none = madeUpStates(8, 3).map((one) => ({
      ...one,
      windows: new Uint8Array(one.windows.length),
      files: new Uint8Array(one.windows.length),
    }));
    expect(await untrainedLoss(none)).toBe(0);
    const { learned } = await learn(none, { epochs: 2 });
    expect(learned.every(Number.isFinite)).toBe(true);
  });

  test('has no states of a task without a world, and labels by the gold', async () => {
    const absent = { ...parcel.tasks[0]!, id: 'absent' };
    expect(await recognitionStates(absent, { ...settings, worlds: parcel.worlds })).toEqual([]);
    const candidate = (path: string, start: number) => ({ span: { path, start, end: start + 19 } });
    const candidates = [candidate('a', 1), candidate('a', 11), candidate('a', 30), candidate('b', 11)];
    const gold = { goldFiles: ['a'], goldSpans: [{ path: 'a', start: 25, end: 29 }] };
    const given = { candidates } as unknown as Parameters<typeof labels>[0];
    expect(labels(given, gold)).toEqual({ windows: Uint8Array.of(0, 1, 0, 0), files: Uint8Array.of(1, 1, 1, 0) });
  });
});
