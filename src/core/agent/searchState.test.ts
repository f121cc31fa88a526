import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryTools } from '../../../test/fakes/memoryTools.ts';
import type { Action } from '#core/agent/action.ts';
import { DEFAULT_BUDGET } from '#core/agent/budget.ts';
import { cachedTools } from '#core/agent/cachedTools.ts';
import { SearchEnvironment, type EpisodeOutcome } from '#core/agent/environment.ts';
import { handPolicy } from '#core/agent/handPolicy.ts';
import type { Observation, SearchPolicy } from '#core/agent/observation.ts';
import { createSharedStates, type SharedStates } from '#core/agent/searchState.ts';
import { uniformPolicy } from '#core/agent/uniformPolicy.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import type { Trajectory } from '#core/rl/types.ts';
import { parseQuestion } from '#core/search/question.ts';

const names = ['withBackoff', 'UploadQueue', 'retryDelay', 'maxTries', 'openSpool', 'readToken'];
const fileText = (i: number): string =>
  Array.from({ length: 90 }, (_, line) => {
    const name = names[(i * 7 + line) % names.length]!;
    if (line % 11 === i % 11) return `export function ${name}${i}(upload) { return retry(${name}, failed); }`;
    return line % 5 === i % 5 ? `  // ${name} waits for failed uploads in the queue` : '';
  }).join('\n');
const files = Object.fromEntries(
  Array.from({ length: 12 }, (_, i) => [
    i % 4 ? `src/part${i}/${names[i % 6]}.ts` : `test/part${i}.test.ts`,
    fileText(i),
  ]),
);
const tools = cachedTools(
  memoryTools({
    files,
    commits: [
      { id: 'a1', timeS: 9, subject: 'Retry failed uploads', files: Object.keys(files).slice(0, 3), fileCount: 3 },
    ],
    sections: [
      {
        span: { path: 'README.md', start: 1, end: 9 },
        source: 'workspace',
        headings: ['Uploads'],
        score: 2,
        text: 'Failed uploads go through openSpool and retryDelay.',
      },
    ],
  }),
);
const question = parseQuestion('Where are failed uploads retried by UploadQueue?');

type Play = Trajectory<Observation, Action, EpisodeOutcome>;

const play = (policy: SearchPolicy, seed: number, shared?: SharedStates): Promise<Play> =>
  rollout(
    new SearchEnvironment({
      question,
      tools,
      budget: { ...DEFAULT_BUDGET, callsPerTurn: 4, termsPerGrep: 3 },
      clock: { nowMs: () => 0 },
      signal: new AbortController().signal,
      ...(shared && { shared }),
    }),
    policy,
    createRng(seed),
  );

/** Chooses among the first few actions and the last, so that episodes meet again and again. */
const narrow: SearchPolicy = {
  ...uniformPolicy,
  decide: (_observation, legal, rng) => ({
    index: rng.next() < 0.4 ? legal.length - 1 : Math.floor(rng.next() * Math.min(3, legal.length)),
    logProb: 0,
  }),
};

test('episodes that share states are those that do not', async () => {
  const shared = createSharedStates(20);
  const policies = fc.constantFrom(uniformPolicy, narrow, handPolicy);
  await fc.assert(
    fc.asyncProperty(policies, fc.integer({ min: 0, max: 40 }), async (policy, seed) => {
      const [alone, together] = [await play(policy, seed), await play(policy, seed, shared)];
      expect(together.steps).toEqual(alone.steps);
      expect(together.outcome).toEqual(alone.outcome);
    }),
    { seed: 1, numRuns: 60 },
  );
});

test('what is shared is the same object, and at most so many states are kept', async () => {
  const shared = createSharedStates(50);
  const [one, other] = [await play(handPolicy, 1, shared), await play(handPolicy, 2, shared)];
  expect(other.outcome.observation.candidates).toBe(one.outcome.observation.candidates);
  const small = createSharedStates(1);
  const [first, second] = [await play(handPolicy, 1, small), await play(handPolicy, 2, small)];
  expect(second.outcome.observation.candidates).not.toBe(first.outcome.observation.candidates);
});

test('an observation stays as it was when the episode goes on', async () => {
  const seen: { observation: Observation; text: string }[] = [];
  const textOf = (observation: Observation): string =>
    JSON.stringify(observation.candidates.map(({ span, prior, file }) => [span, prior, file]));
  const watching: SearchPolicy = {
    ...handPolicy,
    decide: (observation, legal, rng) => {
      seen.push({ observation, text: textOf(observation) });
      return handPolicy.decide(observation, legal, rng);
    },
  };
  await play(watching, 1);
  expect(seen.length).toBeGreaterThan(5);
  for (const { observation, text } of seen) expect(textOf(observation)).toBe(text);
});

test('the order of choosing terms of the question does not count', async () => {
  const inTurn = (order: 'first' | 'last'): SearchPolicy => ({
    ...handPolicy,
    decide: (observation, legal, rng) => {
      const greps = legal.flatMap((action, index) => (action.kind === 'grep' && observation.turn === 1 ? [index] : []));
      const index = order === 'first' ? greps[0] : greps.at(-1);
      return index === undefined ? handPolicy.decide(observation, legal, rng) : { index, logProb: 0 };
    },
  });
  const shared = createSharedStates(50);
  const [one, other] = [await play(inTurn('first'), 1, shared), await play(inTurn('last'), 1, shared)];
  expect(other.outcome.observation.candidates).toBe(one.outcome.observation.candidates);
  expect(other.outcome.trail[0]!.calls[0]!.what).not.toEqual(one.outcome.trail[0]!.calls[0]!.what);
});
