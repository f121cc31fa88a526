/** The learned policy at work on a small workspace in memory, with a real network whose weights are all off zero. */
import { SearchEnvironment, type EpisodeOutcome } from '../../src/core/agent/environment.ts';
import type { Action } from '../../src/core/agent/action.ts';
import { DEFAULT_BUDGET } from '../../src/core/agent/budget.ts';
import type { Observation, SearchPolicy } from '../../src/core/agent/observation.ts';
import { createSharedStates } from '../../src/core/agent/searchState.ts';
import { packChoices, type SearchEpisode } from '../../src/core/policy/episode.ts';
import { learnedPolicy, type Scorer, type SeenDecision } from '../../src/core/policy/learnedPolicy.ts';
import { policyLayout, untrainedParameters } from '../../src/core/policy/policyModel.ts';
import { createRng } from '../../src/core/rl/rng.ts';
import { rollout } from '../../src/core/rl/rollout.ts';
import type { Trajectory } from '../../src/core/rl/types.ts';
import { parseQuestion, type Question } from '../../src/core/search/question.ts';
import { memoryTools, type MemoryTools } from './memoryTools.ts';

export type Play = Trajectory<Observation, Action, EpisodeOutcome>;

export const sceneQuestion = (): Question =>
  parseQuestion('How does UploadQueue retry failed uploads with withBackoff, and where are retries tested?');

/** Long enough to be read in several places. */
const longFile = (lines: number, step: number): string =>
  Array.from({ length: lines }, (_, i) =>
    i % step === 0
      ? `export function retryUpload${i}(failed) {`
      : `  log(${i}); // the queue and its ${i % 4 ? 'parts' : 'uploads'}`,
  ).join('\n');

const FILES = {
  'src/net/retry.ts': 'export async function withBackoff(task) {\n  // wait longer after each failed upload\n}',
  'src/net/queue.ts': 'import { withBackoff } from "./retry";\nexport class UploadQueue {\n  send = withBackoff;\n}',
  'src/net/uploads.ts': longFile(900, 15),
  'src/net/parts.ts': longFile(500, 40),
  'src/ui/button.ts': 'export const button = () => "press to upload";',
  'docs/uploads.md': '# Uploads\n\nFailed uploads are retried by `withBackoff`.\n',
  'test/retry.test.ts': 'import { withBackoff } from "../src/net/retry";\ntest("retries failed uploads", withBackoff);',
};

export function sceneTools(): MemoryTools {
  const span = { path: 'src/net/retry.ts', start: 1, end: 3 };
  const definition = { name: 'withBackoff', kind: 'function' as const, inside: [], span };
  return memoryTools({
    files: FILES,
    definitions: [
      { ...definition, line: 1, signature: 'async function withBackoff(task)', doc: 'Retries failed uploads.' },
    ],
  });
}

/** Decisions would all be made alike by a network that has just begun: what it points with is 0, or next to it. */
const POINTING = /^(cite|read|word\.1|plain)\b/;
const COUNTING = /^(same-file|step|confidence)\b/;

/** [P] */
export function shakenParameters(seed: number): Float32Array {
  const parameters = untrainedParameters(seed);
  const rng = createRng(seed + 1);
  for (const { name, offset, size } of policyLayout().entries) {
    const width = POINTING.test(name) ? 0.3 : COUNTING.test(name) ? 1 : 0.05;
    for (let i = offset; i < offset + size; i++) parameters[i]! += (2 * rng.next() - 1) * width;
  }
  return parameters;
}

export interface ScenePlay {
  readonly seed: number;
  readonly turns?: number;
  readonly question?: Question;
  readonly shared?: ReturnType<typeof createSharedStates>;
}

export function playScene(policy: SearchPolicy, { seed, turns = 3, question, shared }: ScenePlay): Promise<Play> {
  const environment = new SearchEnvironment({
    question: question ?? sceneQuestion(),
    tools: sceneTools(),
    budget: { ...DEFAULT_BUDGET, turns },
    clock: { nowMs: () => 0 },
    signal: new AbortController().signal,
    ...(shared && { shared }),
  });
  return rollout(environment, policy, createRng(seed));
}

export interface SceneEpisode {
  readonly play: Play;
  readonly seen: readonly SeenDecision[];
  readonly episode: SearchEpisode;
}

/** Episodes of one group: of one question, drawn by one policy, their states shared as the trainer shares them. */
export async function playGroup(score: Scorer, seeds: readonly number[], turns?: number): Promise<SceneEpisode[]> {
  const [question, shared] = [sceneQuestion(), createSharedStates(128)];
  const seen: SeenDecision[] = [];
  const policy = learnedPolicy(score, { greedy: false, onDecision: (decision) => seen.push(decision) });
  const episodes: SceneEpisode[] = [];
  for (const seed of seeds) {
    seen.length = 0;
    const play = await playScene(policy, { seed, question, shared, ...(turns !== undefined && { turns }) });
    episodes.push({ play, seen: [...seen], episode: packed(play, seen, seed) });
  }
  return episodes;
}

function packed({ steps }: Play, seen: readonly SeenDecision[], reward: number): SearchEpisode {
  const logProbs = Float64Array.from(steps, ({ decision }) => decision.logProb);
  const mask = Uint8Array.from(steps, (step) => step.mask);
  return { task: 'scene', reward, logProbs, refLogProbs: logProbs, mask, measures: {}, choices: packChoices(seen) };
}
