/** One held-out question, answered by a policy in its recorded world as it would be answered for the user. */
import { DEFAULT_BUDGET } from '#core/agent/budget.ts';
import type { EpisodeOutcome } from '#core/agent/environment.ts';
import type { SearchPolicy } from '#core/agent/observation.ts';
import type { Task } from '#core/agent/task.ts';
import { rankFiles } from '#core/answer/rankFiles.ts';
import type { HeldResult } from '#core/learning/heldResult.ts';
import type { ShownAnswer } from '#core/learning/learningReport.ts';
import { learnedPolicy, type Scorer } from '#core/policy/learnedPolicy.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import { plainSpan, rangesOverlap, type Span } from '#core/search/span.ts';
import { openEnvironment, type PlaySettings } from '#node/training/searchPlayer.ts';
import { openTaskWorld } from '#node/worlds/taskWorld.ts';

export interface HeldAnswer extends Omit<HeldResult, 'set' | 'policyMs'> {
  readonly shown: ShownAnswer;
  /** Times that the network was run, and how long all of them took, in milliseconds. */
  readonly looks: number;
  readonly looksMs: number;
}

/** Throws a `TrainingError` if the task's world cannot be loaded. */
export async function heldAnswer(
  task: Task,
  score: Scorer,
  settings: Pick<PlaySettings, 'worlds' | 'turns' | 'without'> & { readonly nowMs: () => number },
): Promise<HeldAnswer> {
  const world = openTaskWorld(settings.worlds, task);
  const spent = { looks: 0, looksMs: 0 };
  const counted: Scorer = async (state) => {
    const startedMs = settings.nowMs();
    const scores = await score(state);
    spent.looks++;
    spent.looksMs += settings.nowMs() - startedMs;
    return scores;
  };
  const policy = learnedPolicy(counted, { greedy: true });
  const { outcome } = await rollout(openEnvironment(world, settings), policy, createRng(0));
  return { ...judged(task, outcome, policy), ...spent };
}

/** Places that the report shows of an answer. */
const SHOWN = 5;

function judged(task: Task, outcome: EpisodeOutcome, policy: SearchPolicy): Omit<HeldAnswer, 'looks' | 'looksMs'> {
  const cited = outcome.citations.slice(0, DEFAULT_BUDGET.citations);
  const notFound = outcome.stopReason === 'not-found' || cited.length === 0;
  const files = rankFiles(
    outcome.observation,
    policy,
    cited.map(({ path }) => path),
    DEFAULT_BUDGET.files,
  );
  const rank = 1 + files.findIndex((path) => task.goldFiles.includes(path));
  // Where nothing answers, to say so is all that is right.
  const reciprocalRank = task.goldFiles.length === 0 ? Number(notFound) : rank ? 1 / rank : 0;
  const met = task.goldSpans.filter((span) => cited.some((one) => meets(one, span))).length;
  return {
    id: task.id,
    reciprocalRank,
    ...(task.goldSpans.length > 0 && { spanRecall: met / task.goldSpans.length }),
    calls: outcome.trail.reduce((sum, { calls }) => sum + calls.length, 0),
    notFound,
    shown: {
      notFound,
      ...(rank > 0 && { rank }),
      places: cited.slice(0, SHOWN).map((span) => ({ ...plainSpan(span), isRight: isRight(span, task) })),
    },
  };
}

const meets = (one: Span, other: Span): boolean => one.path === other.path && rangesOverlap(one, other);

/** Whether a place is one that the task asks for. A file of which no lines are known is right as a whole. */
export function isRight(span: Span, { goldFiles, goldSpans }: Task): boolean {
  const known = goldSpans.filter(({ path }) => path === span.path);
  return known.length ? known.some((one) => meets(span, one)) : goldFiles.includes(span.path);
}
