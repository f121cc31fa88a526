/**
 * A user who knows what is right: asks, and ticks every citation of the answer as right or wrong. An answer with a right
 * tick becomes a task with these places as its gold, as `feedbackTasks` makes it; one without is rejected.
 */
import { readFileSync } from 'node:fs';
import type { Task } from '#core/agent/task.ts';
import { ANSWERS_REPO, type RejectedAnswer } from '#core/feedback/feedbackTasks.ts';
import { learnedPolicy } from '#core/policy/learnedPolicy.ts';
import { parametersOfFile } from '#core/policy/policyModel.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import type { Rng } from '#core/rl/types.ts';
import { plainSpan, type Span } from '#core/search/span.ts';
import { isRight } from '#node/learning/heldAnswer.ts';
import type { SearchTrajectory } from '#node/searcher.ts';
import { openPlayingNetwork } from '#node/policy/scorers.ts';
import { shippedFile } from '#node/shippedFile.ts';
import { openEnvironment } from '#node/training/searchPlayer.ts';
import { findTaskWorld, openTaskWorld } from '#node/worlds/taskWorld.ts';

export interface Clicks {
  /** Share of the ticks that say the opposite of what is so. */
  readonly wrong: number;
  readonly seed: number;
}

export interface Judged {
  readonly accepted: readonly Task[];
  readonly rejected: readonly RejectedAnswer[];
}

/** The shipped policy answers. Tasks without a world must be left out before. */
export async function simulatedAnswers(questions: readonly Task[], worlds: string, clicks: Clicks): Promise<Judged> {
  const score = (await openPlayingNetwork())(parametersOfFile(readFileSync(shippedFile('searcher.onnx')!)));
  const rng = createRng(clicks.seed);
  const accepted: Task[] = [];
  const rejected: RejectedAnswer[] = [];
  for (const [i, task] of questions.entries()) {
    const { steps, outcome } = await rollout(
      openEnvironment(openTaskWorld(worlds, task), { turns: 4, without: [] }),
      learnedPolicy(score, { greedy: true }),
      createRng(0),
    );
    const right = outcome.citations.filter((cited) => isRight(cited, task) !== rng.next() < clicks.wrong);
    const wrong = outcome.citations.filter((cited) => !right.includes(cited));
    if (right.length > 0) accepted.push(withGold(task, right, wrong));
    else rejected.push(rejectedAnswer(task, i, steps));
  }
  return { accepted, rejected };
}

const rejectedAnswer = ({ id, question }: Task, timeMs: number, steps: SearchTrajectory['steps']): RejectedAnswer => ({
  id,
  timeMs,
  question,
  scope: [],
  opened: [],
  copied: [],
  steps: steps.map(({ decision, legal }) => ({
    action: legal[decision.index]!,
    logProb: Math.min(decision.logProb, 0),
    legal: legal.length,
  })),
});

/** Answers that were accepted though nothing in them is right: for each question a place of its world, drawn by chance. */
export function nonsense(asked: readonly { readonly task: Task; readonly worlds: string }[], seed: number): Task[] {
  const rng: Rng = createRng(seed);
  return asked.flatMap(({ task, worlds }) => {
    const world = findTaskWorld(worlds, task);
    if (!world) return [];
    const paths = [...world.record.files.keys()].filter((path) => !task.goldFiles.includes(path)).sort();
    const path = paths[Math.floor(rng.next() * paths.length)];
    const start = 1 + Math.floor(rng.next() * 100);
    return path === undefined ? [] : [withGold(task, [{ path, start, end: start + 10 }], [])];
  });
}

const withGold = (task: Task, right: readonly Span[], wrong: readonly Span[]): Task => ({
  ...task,
  repo: ANSWERS_REPO,
  source: 'accepted-answer',
  goldFiles: [...new Set(right.map(({ path }) => path))],
  goldSpans: right.map(plainSpan),
  knownWrong: wrong.map(plainSpan),
});
