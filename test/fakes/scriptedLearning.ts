/** Learning from use whose end is given: for what the command line makes of it. It keeps versions as the real one does. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GateVerdict, LearningReport } from '../../src/core/learning/learningReport.ts';
import type { IterationMetrics } from '../../src/core/rl/metrics.ts';
import type { LearningEnd, LearningPlan, RunLearning } from '../../src/node/learning/learningPlan.ts';
import { createPolicyStore } from '../../src/node/stores/policyStore.ts';

const STEPS = 3;

/**
 * Takes three steps, each kept in the run's folder. The last one ends as `end` says; `halt` holds a step up until it is
 * over or the run is stopped.
 */
export function scriptedLearning(
  end: Partial<GateVerdict> | { readonly missing: number; readonly sentence: string } = {},
  halt: (step: number) => Promise<void> = () => Promise.resolve(),
): RunLearning {
  return async (plan, { emit, signal }) => {
    const kept = join(plan.directory, 'kept.json');
    const done = existsSync(kept) ? (JSON.parse(readFileSync(kept, 'utf8')) as number) : 0;
    emit({ type: 'progress', phase: 'gather', done: 0, total: 0 });
    for (let step = done + 1; step <= STEPS; step++) {
      emit({ type: 'progress', phase: 'train', done: step - 1, total: STEPS, leftMs: 1000 * (STEPS - step + 1) });
      await halt(step);
      if (signal.aborted) return { kind: 'stopped' };
      emit({ type: 'iteration', metrics: metricsOf(step) });
      writeFileSync(kept, JSON.stringify(step));
    }
    if ('sentence' in end) return { kind: 'too-little', ...end };
    return finished(plan, end);
  };
}

async function finished(plan: LearningPlan, verdict: Partial<GateVerdict>): Promise<LearningEnd> {
  const report = learningReport(verdict, plan);
  const { number } = await createPolicyStore({ directory: plan.versions }).add({
    model: new TextEncoder().encode(`learned with seed ${plan.seed}`),
    report,
  });
  return { kind: 'finished', report, version: number };
}

function learningReport(
  verdict: Partial<GateVerdict>,
  { history, feedback }: Pick<LearningPlan, 'history' | 'feedback'>,
): LearningReport {
  const change = { mean: 0.031, low: 0.008, high: 0.054 };
  return {
    version: 1,
    startedMs: 1_795_392_000_000,
    endedMs: 1_795_392_180_000,
    workspace: 'shop',
    sources: { answers: feedback.length > 0, history },
    learned: { answers: feedback.length ? 21 : 0, rejected: feedback.length, history: history ? 1_200 : 0 },
    held: { answers: 7, history: 30, frozen: 300 },
    dropped: [{ reason: 'answers whose lines are not there any more', count: 2 }],
    curves: [{ iteration: 1, reward: 0.4, recall: 0.5, kl: 0, searches: 3 }],
    gate: {
      isPromoted: true,
      reasons: ['It finds more of what was asked for.'],
      comparisons: [
        { set: 'own', measure: 'utility', questions: 37, before: 0.412, after: 0.443, change },
        { set: 'own', measure: 'calls', questions: 37, before: 9.1, after: 9.2, change },
        {
          set: 'frozen',
          measure: 'utility',
          questions: 300,
          before: 0.5,
          after: 0.498,
          change: { mean: -0.002, low: -0.006, high: 0.003 },
        },
      ],
      missing: 0,
      ...verdict,
    },
    questions: [],
    before: { name: 'shipped', digest: '0123456789abcdef' },
    after: { name: 'version 1', digest: 'fedcba9876543210' },
    notes: [],
  };
}

const metricsOf = (iteration: number): IterationMetrics => ({
  iteration,
  episodes: 96,
  choices: 2_000,
  reward: 0.412,
  rewardDeviation: 0.2,
  equalGroups: 0,
  klReference: 0.0031,
  klOld: 0.001,
  entropy: 0.81,
  loss: 0,
  meanRatio: 1,
  clippedShare: 0,
  positiveLogProb: -1,
  gradientNorm: 1,
  brokenGradients: 0,
  updates: 4,
  innerEpochs: 1,
  entropyWeight: 0.002,
  measures: { recall: 0.6, searches: 3.2 },
});
