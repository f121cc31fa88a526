/** Versions of a policy for tests: models that differ and can be opened, and a report. */
import { readFileSync } from 'node:fs';
import type { LearningReport } from '#core/learning/learningReport.ts';
import { parametersOfFile, policyFile } from '#core/policy/policyModel.ts';

const parameters = parametersOfFile(readFileSync(new URL('../../models/searcher.onnx', import.meta.url)));

/** The shipped policy with a mark in it, so that its digest is another one. */
export const markedModel = (mark: string): Uint8Array => policyFile(parameters, { mark });

export const learningReport = (changes: Partial<LearningReport> = {}): LearningReport => ({
  version: 1,
  startedMs: 1_795_392_000_000,
  endedMs: 1_795_392_240_000,
  workspace: 'parcel',
  sources: { answers: true, history: true },
  learned: { answers: 12, rejected: 3, history: 240 },
  held: { answers: 4, history: 60, frozen: 80 },
  dropped: [{ reason: 'answers whose lines are not there any more', count: 2 }],
  curves: [{ iteration: 1, reward: 0.4, recall: 0.6, kl: 0.001, searches: 5.5 }],
  gate: {
    isPromoted: true,
    reasons: ['Questions that it did not learn from are answered better.'],
    comparisons: [
      {
        set: 'own',
        measure: 'utility',
        questions: 64,
        before: 0.612,
        after: 0.655,
        change: { mean: 0.043, low: 0.012, high: 0.074 },
      },
    ],
    missing: 0,
  },
  questions: [
    {
      id: 'q1',
      change: 1,
      set: 'answers',
      question: 'where do we retry?',
      before: { notFound: true, places: [] },
      after: { notFound: false, rank: 1, places: [{ path: 'src/a.ts', start: 1, end: 4, isRight: true }] },
    },
  ],
  before: { name: 'shipped 1', digest: '0123456789abcdef' },
  after: { name: 'this workspace', digest: 'fedcba9876543210' },
  notes: [],
  ...changes,
});
