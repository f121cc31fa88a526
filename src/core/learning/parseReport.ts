/** Reads a report from JSON. It may come from another machine, or be damaged. */
import {
  isBoolean,
  isCount,
  isListOf,
  isNumber,
  isObject,
  isOneOf,
  isOptional,
  isText,
  SPAN_FIELDS,
  type Check,
} from '#core/feedback/checkShape.ts';
import { REPORT_VERSION, type LearningReport } from '#core/learning/learningReport.ts';

/** Undefined for what is no report of this version. Fields that it does not know are left as they are. */
export const parseReport = (value: unknown): LearningReport | undefined =>
  isReport(value, '') === undefined ? (value as LearningReport) : undefined;

const isVersion: Check = (value, at) => (value === REPORT_VERSION ? undefined : `\`${at}\` must be ${REPORT_VERSION}`);

const SETS = ['answers', 'history', 'frozen'] as const;
const isLabel = isObject({ name: isText, digest: isText });
const isTexts = isListOf(isText);

const isComparison = isObject({
  set: isOneOf(...SETS, 'own', 'all'),
  measure: isOneOf('utility', 'reciprocalRank', 'spanRecall', 'calls', 'policyMs', 'notFound'),
  questions: isCount(1),
  before: isNumber,
  after: isNumber,
  change: isObject({ mean: isNumber, low: isNumber, high: isNumber }),
});

const isAnswer = isObject({
  notFound: isBoolean,
  rank: isOptional(isCount(1)),
  places: isListOf(isObject({ ...SPAN_FIELDS, isRight: isBoolean })),
});

const isReport = isObject({
  version: isVersion,
  startedMs: isNumber,
  endedMs: isNumber,
  workspace: isText,
  sources: isObject({ answers: isBoolean, history: isBoolean }),
  learned: isObject({ answers: isCount(0), rejected: isCount(0), history: isCount(0) }),
  held: isObject({ answers: isCount(0), history: isCount(0), frozen: isCount(0) }),
  dropped: isListOf(isObject({ reason: isText, count: isCount(0) })),
  curves: isListOf(
    isObject({ iteration: isCount(0), reward: isNumber, recall: isNumber, kl: isNumber, searches: isNumber }),
  ),
  gate: isObject({
    isPromoted: isBoolean,
    reasons: isTexts,
    comparisons: isListOf(isComparison),
    missing: isCount(0),
  }),
  questions: isListOf(
    isObject({
      id: isText,
      set: isOneOf(...SETS),
      question: isText,
      change: isNumber,
      before: isAnswer,
      after: isAnswer,
    }),
  ),
  before: isLabel,
  after: isLabel,
  notes: isTexts,
});
