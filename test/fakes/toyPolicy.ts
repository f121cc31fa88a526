/**
 * A policy small enough to train by hand: for each task a row of scores, one for each answer. An episode gives two
 * answers; each right one earns half. It runs through the same processes, checkpoints and files as the real one.
 */
import type { Task } from '../../src/core/agent/task.ts';
import type { PlayedEpisode } from '../../src/core/rl/episode.ts';
import type { GradientReport } from '../../src/core/rl/innerEpochs.ts';
import { createRng } from '../../src/core/rl/rng.ts';
import type { RolloutJob } from '../../src/node/training/rolloutMessages.ts';
import type { TrainedPolicy } from '../../src/node/training/trainedPolicy.ts';

export const TOY_TASKS = 12;
export const TOY_ANSWERS = 10;
const STEPS = 2;

export interface ToyEpisode extends PlayedEpisode {
  readonly answers: readonly number[];
}

export interface ToySetup {
  readonly reference: Float32Array;
  /** Each process leaves an empty file here, named for its number. */
  readonly pidFolder: string | undefined;
  /** A task that ends its process. */
  readonly deadly: string | undefined;
  /** A task that cannot be played. */
  readonly failing: string | undefined;
}

export const toyTasks = (count = TOY_TASKS): Task[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `task-${index}`,
    repo: 'toy/toy',
    commit: '0'.repeat(40),
    source: 'commit',
    question: `which answer is number ${index}?`,
    goldFiles: [`file${index}`],
    goldSpans: [],
  }));

const numberOf = (task: string): number => Number(task.slice('task-'.length));
const rightAnswer = (task: number): number => (task * 7) % TOY_ANSWERS;

export function toyPolicy(setup: Partial<ToySetup> = {}): TrainedPolicy<ToyEpisode> {
  return {
    identity: {
      features: ['task'],
      actions: Array.from({ length: TOY_ANSWERS }, (_, index) => `answer ${index}`),
      layout: [{ name: 'scores', shape: [TOY_TASKS, TOY_ANSWERS] }],
    },
    untrained: (seed) => untrained(seed),
    parametersOf: (model) => new Float32Array(Uint8Array.from(model).buffer),
    gradient: (parameters, batch, { clip }) => Promise.resolve(gradient(parameters, batch, clip)),
    exportModel: ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength).slice(),
    workerFile: new URL('./toyWorker.ts', import.meta.url),
    workerSetup: (reference): ToySetup => ({
      reference,
      pidFolder: setup.pidFolder,
      deadly: setup.deadly,
      failing: setup.failing,
    }),
    close: () => Promise.resolve(),
  };
}

/** The first tasks are solved already, so that they are easy, and the next ones half. */
function untrained(seed: number): Float32Array {
  const rng = createRng(seed);
  const scores = Float32Array.from({ length: TOY_TASKS * TOY_ANSWERS }, () => 0.1 * rng.next());
  for (let task = 0; task < 6; task++) scores[task * TOY_ANSWERS + rightAnswer(task)] = task < 3 ? 12 : 2;
  return scores;
}

export function playToy(
  parameters: Float32Array,
  reference: Float32Array,
  { task, seed, count }: RolloutJob<Task>,
): ToyEpisode[] {
  const number = numberOf(task.id);
  const [logits, refLogits] = [logProbsOf(parameters, number), logProbsOf(reference, number)];
  const rng = createRng(seed);
  return Array.from({ length: count }, () => {
    const answers = Array.from({ length: STEPS }, () => draw(logits, rng.next()));
    const right = answers.filter((answer) => answer === rightAnswer(number)).length;
    return {
      task: task.id,
      reward: right / STEPS,
      logProbs: Float64Array.from(answers, (answer) => logits[answer]!),
      refLogProbs: Float64Array.from(answers, (answer) => refLogits[answer]!),
      mask: new Uint8Array(STEPS).fill(1),
      measures: { solved: Number(right === STEPS), recall: right / STEPS, searches: 1, unanswered: 0 },
      answers,
    };
  });
}

function gradient(
  parameters: Float32Array,
  batch: readonly { readonly episode: ToyEpisode; readonly advantages: Float64Array }[],
  clip: number,
): GradientReport {
  const sum = new Float64Array(parameters.length);
  const figures = { loss: 0, kl: 0, entropy: 0, meanRatio: 0, clippedShare: 0 };
  const share = 1 / (batch.length * STEPS);
  for (const { episode, advantages } of batch) {
    const task = numberOf(episode.task);
    const logProbs = logProbsOf(parameters, task);
    for (const [step, answer] of episode.answers.entries()) {
      const [advantage, old] = [advantages[step]!, episode.logProbs[step]!];
      const ratio = Math.exp(logProbs[answer]! - old);
      const isClipped = advantage > 0 ? ratio > 1 + clip : ratio < 1 - clip;
      figures.loss -= share * Math.min(ratio * advantage, Math.min(Math.max(ratio, 1 - clip), 1 + clip) * advantage);
      figures.kl += share * (old - logProbs[answer]!);
      figures.meanRatio += share * ratio;
      figures.clippedShare += share * Number(isClipped);
      for (const [other, logProb] of logProbs.entries()) {
        const slope = Number(other === answer) - Math.exp(logProb);
        if (!isClipped) sum[task * TOY_ANSWERS + other]! -= share * ratio * advantage * slope;
        figures.entropy -= share * Math.exp(logProb) * logProb;
      }
    }
  }
  return { gradient: Float32Array.from(sum), ...figures };
}

/** [A] of a task. */
function logProbsOf(parameters: Float32Array, task: number): number[] {
  const scores = [...parameters.subarray(task * TOY_ANSWERS, (task + 1) * TOY_ANSWERS)];
  const total = Math.log(scores.reduce((all, score) => all + Math.exp(score), 0));
  return scores.map((score) => score - total);
}

function draw(logProbs: readonly number[], at: number): number {
  let reached = 0;
  const index = logProbs.findIndex((logProb) => (reached += Math.exp(logProb)) > at);
  return index < 0 ? logProbs.length - 1 : index;
}
