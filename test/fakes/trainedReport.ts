/** A report of a training run as a run writes it, made up but in itself right: its figures come from the gate. */
import { gate } from '#core/learning/gate.ts';
import type { HeldResult, HeldSet } from '#core/learning/heldResult.ts';
import { REPORT_VERSION, type LearningReport } from '#core/learning/learningReport.ts';
import { questionChanges, type AnsweredQuestion } from '#core/learning/questionChanges.ts';
import { createRng } from '#core/rl/rng.ts';

const QUESTIONS = [
  'where do we retry a request that failed?',
  'which file decides how long a session lives',
  'how are prices rounded before they are shown to the customer, and where does the rounding of taxes differ from it?',
  'what removes stale locks',
  'parse the address of a parcel',
];
const FILES = [
  'src/net/retry.ts',
  'src/session/lifetime.ts',
  'lib/prices/round.ts',
  'src/locks.ts',
  'src/parcel/address.ts',
];

/** `gain` is added to the chance of a right answer. */
export function trainedReport(gain: number, seed = 1): LearningReport {
  const before = answers(0.4, seed);
  const after = answers(0.4 + gain, seed);
  const results = (some: readonly AnsweredQuestion[]): HeldResult[] => some.map(({ result }) => result);
  const [was, is] = [results(before), results(after)];
  return {
    version: REPORT_VERSION,
    startedMs: Date.UTC(2026, 10, 23, 9, 30),
    endedMs: Date.UTC(2026, 10, 23, 9, 34, 12),
    workspace: 'parcels',
    sources: { answers: true, history: true },
    learned: { answers: 14, rejected: 3, history: 80 },
    held: { answers: 12, history: 28, frozen: 150 },
    dropped: [
      { reason: 'commits without a message that could be asked', count: 41 },
      { reason: 'answers whose lines are not there any more', count: 2 },
    ],
    curves: madeUpCurves(seed),
    gate: gate(was, is, seed),
    questions: questionChanges(before, after).filter(({ set }) => set !== 'frozen'),
    before: { name: 'shipped 1', digest: 'a12d8a6a5d88330b' },
    after: { name: 'this workspace, version 1', digest: '3f786850e387550f' },
    notes: ['Training stopped after 5 minutes, before all rounds had been played.'],
  };
}

function answers(chance: number, seed: number): AnsweredQuestion[] {
  const rng = createRng(seed);
  return (
    [
      ['answers', 12],
      ['history', 28],
      ['frozen', 150],
    ] as const
  ).flatMap(([set, count]) =>
    Array.from({ length: count }, (_, i) => answer(set, i, set === 'frozen' ? 0.5 : chance, rng.next())),
  );
}

function answer(set: HeldSet, index: number, chance: number, luck: number): AnsweredQuestion {
  const rank = luck < chance ? 1 : luck < chance + 0.2 ? 2 : luck < chance + 0.4 ? 5 : undefined;
  const file = FILES[index % FILES.length]!;
  const notFound = luck > 0.98;
  return {
    question: QUESTIONS[index % QUESTIONS.length]!,
    result: {
      id: `${index}`,
      set,
      reciprocalRank: rank ? 1 / rank : 0,
      ...(index % 4 > 0 && { spanRecall: rank ? 2 / (1 + rank) : 0 }),
      calls: set === 'frozen' ? 0 : 9 + Math.round(4 * chance + luck),
      policyMs: set === 'frozen' ? 0 : 5 + luck,
      notFound,
    },
    shown: {
      notFound,
      ...(rank !== undefined && { rank }),
      places: [1, 2, 3, 4, 5].map((place) => ({
        path: place === rank ? file : `src/other/place${place}.ts`,
        start: 20 * place,
        end: 20 * place + (place === 4 ? 0 : 18),
        isRight: place === rank,
      })),
    },
  };
}

function madeUpCurves(seed: number): LearningReport['curves'] {
  const rng = createRng(seed);
  return Array.from({ length: 40 }, (_, i) => {
    const learned = 1 - Math.exp(-i / 15);
    return {
      iteration: i + 1,
      reward: 0.42 + 0.08 * learned + 0.06 * (rng.next() - 0.5),
      recall: 0.51 + 0.06 * learned + 0.06 * (rng.next() - 0.5),
      kl: 0.02 * learned + 0.002 * rng.next(),
      searches: 9 + 1.2 * learned + rng.next(),
    };
  });
}
