/** What a run did and what came of it, put together. */
import { basename } from 'node:path';
import { gate } from '#core/learning/gate.ts';
import type { HeldResult } from '#core/learning/heldResult.ts';
import type { DroppedCount, LearningReport } from '#core/learning/learningReport.ts';
import { REPORT_VERSION } from '#core/learning/learningReport.ts';
import { questionChanges, type AnsweredQuestion } from '#core/learning/questionChanges.ts';
import { ANSWERS_REPO } from '#core/feedback/feedbackTasks.ts';
import { heldResults, lookMsOf } from '#node/learning/answerHeld.ts';
import type { HeldTask } from '#node/learning/gatherTasks.ts';
import type { Gathered } from '#node/learning/gathered.ts';
import type { HeldAnswer } from '#node/learning/heldAnswer.ts';
import type { LearningPlan } from '#node/learning/learningPlan.ts';
import type { Recorded } from '#node/learning/recordTasks.ts';
import type { Lessons, Trained } from '#node/learning/trainPolicy.ts';

export interface ReportParts {
  readonly plan: LearningPlan;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly gathered: Gathered;
  readonly recorded: Recorded;
  readonly lessons: Lessons;
  readonly trained: Trained;
  readonly held: readonly HeldTask[];
  readonly before: HeldAnswers;
  readonly after: HeldAnswers;
  /** Of the shipped policy on the frozen set, where the run began with another one. */
  readonly shipped: readonly HeldResult[];
  /** First 16 hex digits of the model files' SHA-256. */
  readonly digests: { readonly before: string; readonly after: string };
}

/** Of one policy. */
export interface HeldAnswers {
  readonly answers: ReadonlyMap<string, HeldAnswer>;
  readonly frozen: readonly HeldResult[];
}

export function makeReport(parts: ReportParts): LearningReport {
  const { plan, gathered, recorded, lessons, trained, held, before, after, digests } = parts;
  const lookMs = lookMsOf(before.answers);
  const results = (of: HeldAnswers): HeldResult[] => [...heldResults(held, of.answers, lookMs), ...of.frozen];
  const [earlier, later] = [results(before), results(after)];
  const answers = lessons.tasks.filter(({ repo }) => repo === ANSWERS_REPO).length;
  return {
    version: REPORT_VERSION,
    startedMs: parts.startedMs,
    endedMs: parts.endedMs,
    workspace: plan.folders.map((folder) => basename(folder)).join(', '),
    sources: { answers: plan.feedback.length > 0, history: plan.history },
    learned: { answers, rejected: lessons.rejected.length, history: lessons.tasks.length - answers },
    held: {
      answers: held.filter(({ set }) => set === 'answers').length,
      history: held.filter(({ set }) => set === 'history').length,
      frozen: after.frozen.length,
    },
    dropped: droppedOf(gathered, recorded),
    curves: trained.curves,
    gate: gate(earlier, later, plan.seed, parts.shipped),
    questions: questionChanges(answered(held, before, earlier), answered(held, after, later)),
    before: { name: plan.startName, digest: digests.before },
    after: { name: 'new version', digest: digests.after },
    notes: [...new Set([...gathered.notes, ...recorded.notes, ...trained.notes])],
  };
}

/** The most frequent reason first. */
function droppedOf({ learn, dropped }: Gathered, recorded: Recorded): DroppedCount[] {
  const unreachable = learn.filter(({ id }) => recorded.unreachable.has(id)).length;
  const own = { reason: 'questions whose right places no search comes to', count: unreachable };
  return [...dropped, ...recorded.dropped, ...(unreachable ? [own] : [])].sort((a, b) => b.count - a.count);
}

function answered(
  held: readonly HeldTask[],
  { answers }: HeldAnswers,
  results: readonly HeldResult[],
): AnsweredQuestion[] {
  const byId = new Map(results.filter(({ set }) => set !== 'frozen').map((result) => [result.id, result]));
  return held.flatMap(({ task: { id, question } }) => {
    const [answer, result] = [answers.get(id), byId.get(id)];
    return answer && result ? [{ question, result, shown: answer.shown }] : [];
  });
}
