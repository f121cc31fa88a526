/** What plays is what learns: the policy in an episode against the graph that the trainer looks at it with. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Action } from '#core/agent/action.ts';
import { createGraph } from '#core/nn/graph.ts';
import { writeModel } from '#core/nn/onnx.ts';
import { choiceFeeds } from '#core/policy/batch.ts';
import type { SearchEpisode } from '#core/policy/episode.ts';
import { SLOTS, STEP_INPUTS } from '#core/policy/inputs.ts';
import { learnedPolicy, logProbOf, optionLogits, type Scorer, type StateScores } from '#core/policy/learnedPolicy.ts';
import { decisionOutputs, stateOutputs } from '#core/policy/network.ts';
import { learningModel } from '#core/policy/policyModel.ts';
import { lossFeeds } from '#core/rl/loss.ts';
import { createRng } from '#core/rl/rng.ts';
import { openSession } from '#node/onnx/session.ts';
import { openPlayingNetwork, parameterFeeds } from '#node/policy/scorers.ts';
import {
  playGroup,
  playScene,
  sceneQuestion,
  shakenParameters,
  type SceneEpisode,
} from '../../../test/fakes/policyScene.ts';

const parameters = shakenParameters(8);
const seeds = Array.from({ length: 32 }, (_, i) => i);
let score: Scorer;
let group: SceneEpisode[];

beforeAll(async () => {
  score = (await openPlayingNetwork())(parameters);
  group = await playGroup(score, seeds);
});

const chosenOf = ({ play }: SceneEpisode): Action[] =>
  play.steps.filter(({ mask }) => mask).map(({ legal, decision }) => legal[decision.index]!);

/** log π of the choices, as they were made. */
const madeOf = (episodes: readonly SearchEpisode[]): number[] =>
  episodes.flatMap(({ logProbs, mask }) => [...logProbs].filter((_, step) => mask[step]));

async function trainersView(episodes: readonly SearchEpisode[]): Promise<{ logProb: number[]; entropy: number[] }> {
  const graph = createGraph();
  const { logProb, entropy } = decisionOutputs(graph, stateOutputs(graph));
  const session = await openSession(writeModel({ graph, outputs: { logProb, entropy }, parameters: 'inputs' }));
  const choices = episodes.map((episode) => episode.choices);
  const results = await session.run({ ...parameterFeeds(parameters), ...choiceFeeds(choices) });
  await session.close();
  const listed = (name: string): number[] => [...(results[name]!.data as Float32Array)];
  return { logProb: listed('logProb'), entropy: listed('entropy') };
}

describe('the likelihood of what was played', () => {
  test('is the same where it is learned from, for every kind of choice', async () => {
    const kinds = new Set(group.flatMap(chosenOf).map(({ kind }) => kind));
    for (const kind of ['cite', 'read', 'grep', 'symbols', 'docs', 'history', 'co-change'] as const)
      expect(kinds).toContain(kind);
    for (const kind of ['run', 'answer', 'finish', 'not-found'] as const) expect(kinds).toContain(kind);
    const { logProb, entropy } = await trainersView(group.map(({ episode }) => episode));
    const made = madeOf(group.map(({ episode }) => episode));
    expect(logProb).toHaveLength(made.length);
    for (const [i, one] of made.entries()) expect(Math.abs(logProb[i]! - one)).toBeLessThan(1e-4);
    const spread = await Promise.all(group.flatMap(({ seen }) => seen.map(entropyOf)));
    for (const [i, one] of spread.entries()) expect(Math.abs(entropy[i]! - one)).toBeLessThan(1e-4);
  });

  test('hangs on the places taken before in a file and on the step', async () => {
    const seen = group.flatMap((one) => one.seen);
    const without = (change: (scores: StateScores) => StateScores) =>
      Promise.all(
        seen.map(async (decision) => {
          const scores = await score(decision.encoded);
          const [with_, changed] = [scores, change(scores)].map((one) =>
            logProbOf(optionLogits(one, decision), decision.chosen),
          );
          return Math.abs(with_! - changed!);
        }),
      );
    const [cites, reads] = [0, 1].map((head) =>
      seen.filter(({ slots, sameFile, chosen }) => {
        const slot = slots[chosen]!;
        return sameFile[chosen]! > 0 && (head ? slot >= SLOTS.read && slot < SLOTS.word : slot < SLOTS.read);
      }),
    );
    expect(cites!.length).toBeGreaterThan(3);
    expect(reads!.length).toBeGreaterThan(3);
    expect(Math.max(...(await without((scores) => ({ ...scores, sameFile: new Float32Array(2) }))))).toBeGreaterThan(
      0.1,
    );
    expect(
      Math.max(...(await without((scores) => ({ ...scores, step: new Float32Array(scores.step.length) })))),
    ).toBeGreaterThan(0.1);
    for (const [i, name] of STEP_INPUTS.entries())
      expect(Math.max(...seen.map(({ step }) => step[i]!)), name).toBeGreaterThan(0);
  });

  test('begins an iteration with ratios of 1', async () => {
    const session = await openSession(learningModel());
    const batch = group.map(({ episode, play }) => ({
      episode,
      advantages: Float64Array.from(play.steps, ({ mask }, i) => (mask ? Math.sin(i) : 0)),
    }));
    const settings = { clip: 0.2, klWeight: 0, guardWeight: 0, entropyWeight: 0 };
    const results = await session.run({
      ...parameterFeeds(parameters),
      ...choiceFeeds(group.map(({ episode }) => episode.choices)),
      ...lossFeeds(batch, settings),
    });
    await session.close();
    const one = (name: string): number => Number(results[name]!.data[0]);
    expect(one('meanRatio')).toBeCloseTo(1, 5);
    expect(Math.abs(one('kl'))).toBeLessThan(1e-6);
    expect(one('clippedShare')).toBe(0);
    for (const name of ['by same-file', 'by step'])
      expect(Math.max(...[...(results[name]!.data as Float32Array)].map(Math.abs)), name).toBeGreaterThan(1e-5);
  });

  test('is that of a choice looked at by itself, whatever stands beside it', async () => {
    const alone = await trainersView([group[5]!.episode]);
    const together = await trainersView([group[1]!.episode, group[5]!.episode, group[2]!.episode]);
    const first = group[1]!.episode.choices.counts.length;
    for (const [i, one] of alone.logProb.entries()) expect(together.logProb[first + i]).toBeCloseTo(one, 5);
  });
});

async function entropyOf(decision: SceneEpisode['seen'][number]): Promise<number> {
  const logits = optionLogits(await score(decision.encoded), decision);
  let entropy = 0;
  for (let option = 0; option < logits.length; option++) {
    const logProb = logProbOf(logits, option);
    entropy -= Math.exp(logProb) * logProb;
  }
  return entropy;
}

describe('the mask', () => {
  test('leaves forced steps out: no likelihood, no row', async () => {
    const plays = await playGroup(score, seeds.slice(0, 12), 1);
    let forced = 0;
    for (const { play, seen, episode } of [...group, ...plays]) {
      const choices = play.steps.filter(({ legal }) => legal.length > 1);
      forced += play.steps.length - choices.length;
      for (const [step, { legal, decision }] of play.steps.entries()) {
        expect(episode.mask[step]).toBe(Number(legal.length > 1));
        if (legal.length === 1) expect(decision.logProb).toBe(0);
      }
      expect(seen).toHaveLength(choices.length);
      expect([...episode.choices.counts]).toEqual(choices.map(({ legal }) => legal.length));
      expect([...episode.choices.chosen]).toEqual(choices.map(({ decision }) => decision.index));
      expect(episode.choices.stateOf).toHaveLength(choices.length);
      expect(episode.choices.steps).toHaveLength(choices.length * STEP_INPUTS.length);
      expect(episode.choices.slots).toHaveLength(choices.reduce((sum, { legal }) => sum + legal.length, 0));
    }
    expect(forced).toBeGreaterThan(5);
  });
});

describe('episodes', () => {
  test('are sent to another process with their states still shared', async () => {
    const sent = structuredClone(group.map(({ episode }) => episode));
    expect(sent).toEqual(group.map(({ episode }) => episode));
    const distinct = (episodes: readonly SearchEpisode[]): number =>
      new Set(episodes.flatMap(({ choices }) => choices.states)).size;
    const all = group.flatMap(({ episode }) => episode.choices.states).length;
    expect(distinct(sent)).toBe(distinct(group.map(({ episode }) => episode)));
    expect(distinct(sent)).toBeLessThan(all - seeds.length / 2);
    expect(new Set(sent.map(({ choices }) => choices.states[0])).size).toBe(1);
    expect(await trainersView(sent)).toEqual(await trainersView(group.map(({ episode }) => episode)));
  });

  test('are the same with and without states shared', async () => {
    for (const { play, seen } of group.slice(0, 6)) {
      const seed = group.findIndex((one) => one.play === play);
      const decisions: SceneEpisode['seen'][number][] = [];
      const policy = learnedPolicy(score, { greedy: false, onDecision: (one) => decisions.push(one) });
      const alone = await playScene(policy, { seed });
      expect(alone.outcome.citations).toEqual(play.outcome.citations);
      expect(decisions).toEqual(seen);
    }
  });
});

describe('the learned policy', () => {
  test('takes legal actions only, whatever its weights', async () => {
    const network = await openPlayingNetwork();
    for (const seed of [11, 12, 13, 14]) {
      const weights = shakenParameters(seed).map((value) => value * 4);
      for (const greedy of [true, false]) {
        const policy = learnedPolicy(network(weights), { greedy });
        const { steps, outcome } = await playScene(policy, { seed, turns: 4 });
        for (const { legal, decision } of steps) {
          expect(legal[decision.index]).toBeDefined();
          expect(decision.logProb).toBeLessThanOrEqual(0);
          expect(decision.logProb).toBeGreaterThan(-Infinity);
        }
        if (outcome.stopReason !== 'not-found')
          for (const span of outcome.citations) expect(outcome.pool.hasRead(span)).toBe(true);
      }
    }
  });

  test('when greedy takes the likeliest, without chance', async () => {
    const seen: SceneEpisode['seen'][number][] = [];
    const policy = learnedPolicy(score, { greedy: true, onDecision: (one) => seen.push(one) });
    const [a, b] = [await playScene(policy, { seed: 1 }), await playScene(policy, { seed: 2 })];
    expect(b.steps.map(({ decision }) => decision)).toEqual(a.steps.map(({ decision }) => decision));
    expect(b.outcome.citations).toEqual(a.outcome.citations);
    for (const decision of seen) {
      const logits = optionLogits(await score(decision.encoded), decision);
      expect(logits[decision.chosen]).toBe(Math.max(...logits));
    }
  });

  test('when drawing does the same for the same seed, and not the same for all', async () => {
    const again = await playGroup(score, seeds.slice(0, 6));
    const choices = (episodes: readonly SceneEpisode[]) => episodes.map(({ episode }) => [...episode.choices.chosen]);
    expect(choices(again)).toEqual(choices(group.slice(0, 6)));
    expect(new Set(choices(group).map(String)).size).toBeGreaterThan(seeds.length / 2);
  });

  test('draws each option as often as it is likely', async () => {
    const { play } = group[0]!;
    const busiest = play.steps.reduce((a, b) => (b.legal.length > a.legal.length ? b : a));
    const rng = createRng(5);
    let decision: SceneEpisode['seen'][number] | undefined;
    const policy = learnedPolicy(score, { greedy: false, onDecision: (seen) => (decision = seen) });
    const draws = 12_000;
    const counts = busiest.legal.map(() => 0);
    for (let i = 0; i < draws; i++) counts[(await policy.decide(busiest.observation, busiest.legal, rng)).index]!++;
    const logits = optionLogits(await score(decision!.encoded), decision!);
    const likely = counts.map((_, option) => Math.exp(logProbOf(logits, option)));
    expect(likely.reduce((a, b) => a + b)).toBeCloseTo(1, 10);
    let [chiSquare, cells, drawn, expected, furthest] = [0, 0, 0, 0, 0];
    for (const [option, p] of likely.entries()) {
      drawn += counts[option]! / draws;
      expected += p;
      furthest = Math.max(furthest, Math.abs(drawn - expected));
      if (p * draws < 8) continue;
      cells++;
      chiSquare += (counts[option]! - p * draws) ** 2 / (p * draws);
    }
    expect(cells).toBeGreaterThan(5);
    // Its mean is the number of cells and its variance twice that: five deviations above are out of reach of chance.
    expect(chiSquare).toBeLessThan(cells + 5 * Math.sqrt(2 * cells));
    // Kolmogorov and Smirnov: chance goes so far once in a thousand times.
    expect(furthest).toBeLessThan(1.95 / Math.sqrt(draws));
  });

  test('ranks by what it would cite and is unsure of what it never saw', async () => {
    const policy = learnedPolicy(score, { greedy: true });
    const { outcome } = await playScene(policy, { seed: 1 });
    const { observation } = outcome;
    expect(observation.candidates.length).toBeGreaterThan(3);
    const ranked = Array.from(policy.rank(observation));
    expect(ranked).toHaveLength(observation.candidates.length);
    expect(Math.max(...ranked)).toBe(1);
    expect(policy.confidence(observation)).toBeGreaterThan(0);
    expect(policy.confidence(observation)).toBeLessThan(1);
    const strange = { ...observation, question: sceneQuestion(), candidates: [...observation.candidates] };
    expect(policy.confidence(strange)).toBe(0);
    expect(Array.from(policy.rank(strange))).toEqual(strange.candidates.map(({ prior }) => prior));
  });
});

describe('an answer that is all but sure to be wrong', () => {
  /** The network, but with other log-odds, and with no wish to end by itself. */
  const sure = (confidence: number): Scorer => {
    return async (state) => {
      const scores = await score(state);
      const logits = scores.logits.slice();
      logits[SLOTS.count - 1] = -1e6;
      return { ...scores, logits, confidence };
    };
  };
  const endOf = async (confidence: number, greedy: boolean): Promise<string> =>
    (await playScene(learnedPolicy(sure(confidence), { greedy }), { seed: 1 })).outcome.stopReason;

  test('is "not found" for the user', async () => {
    expect(await endOf(-3, true)).toBe('not-found');
    expect(await endOf(3, true)).not.toBe('not-found');
  });

  test('is left to chance and reward for the trainer', async () => {
    expect(await endOf(-3, false)).not.toBe('not-found');
  });
});
