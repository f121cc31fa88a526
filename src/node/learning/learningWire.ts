/** What the editor's side and the process that trains tell each other, and the shapes by which each checks it. */
import type { LearningEnd, LearningEvent, LearningPlan } from '#node/learning/learningPlan.ts';
import { count, flag, isRecord, list, oneOf, optional, record, text, type Shape } from '#node/service/shapes.ts';

export type ToLearning =
  | { readonly kind: 'start'; readonly plan: LearningPlan }
  /** Work holds before its next unit, or goes on. */
  | { readonly kind: 'hold'; readonly isHeld: boolean }
  | { readonly kind: 'stop' };

export type FromLearning =
  | { readonly kind: 'event'; readonly event: LearningEvent }
  /** Whether work waits now, after it was told to hold; what was begun before is done within about a second. */
  | { readonly kind: 'rests'; readonly isResting: boolean }
  | { readonly kind: 'end'; readonly end: LearningEnd }
  /** The run cannot go on; it can be taken up. */
  | { readonly kind: 'failure'; readonly sentence: string };

const finite: Shape = (value) => Number.isFinite(value);

const plan = record({
  directory: text,
  folders: list(text),
  storage: text,
  feedback: list(text),
  history: flag,
  start: optional(text),
  startName: text,
  versions: text,
  docsFolders: list(text),
  docs: optional(flag),
  git: optional(flag),
  rg: optional(text),
  appRoot: optional(text),
  seed: count,
  minutes: finite,
  processes: count,
  historyTasks: count,
});
const phase = oneOf('gather', 'record', 'before', 'train', 'after');
const metrics = record({ iteration: count, reward: finite, klReference: finite, measures: isRecord });
const report = record({
  version: count,
  learned: isRecord,
  held: isRecord,
  dropped: list(isRecord),
  curves: list(isRecord),
  gate: record({ isPromoted: flag, reasons: list(text), comparisons: list(isRecord), missing: count }),
  questions: list(isRecord),
  notes: list(text),
});
const EVENTS: readonly Shape[] = [
  record({ type: oneOf('progress'), phase, done: count, total: count, leftMs: optional(finite) }),
  record({ type: oneOf('iteration'), metrics }),
  record({ type: oneOf('note'), sentence: text }),
];
const ENDS: readonly Shape[] = [
  record({ kind: oneOf('finished'), report, version: count }),
  record({ kind: oneOf('too-little'), sentence: text, missing: count }),
  record({ kind: oneOf('stopped') }),
];
const TO: readonly Shape[] = [
  record({ kind: oneOf('start'), plan }),
  record({ kind: oneOf('hold'), isHeld: flag }),
  record({ kind: oneOf('stop') }),
];
const FROM: readonly Shape[] = [
  record({ kind: oneOf('event'), event: anyOf(EVENTS) }),
  record({ kind: oneOf('rests'), isResting: flag }),
  record({ kind: oneOf('end'), end: anyOf(ENDS) }),
  record({ kind: oneOf('failure'), sentence: text }),
];

/** The message, or undefined for what is none. */
export const parseToLearning = (said: unknown): ToLearning | undefined =>
  anyOf(TO)(said) ? (said as ToLearning) : undefined;

/** The message, or undefined for what is none. */
export const parseFromLearning = (said: unknown): FromLearning | undefined =>
  anyOf(FROM)(said) ? (said as FromLearning) : undefined;

/** The plan, or undefined for what is none. */
export const parsePlan = (said: unknown): LearningPlan | undefined => (plan(said) ? (said as LearningPlan) : undefined);

function anyOf(shapes: readonly Shape[]): Shape {
  return (value) => shapes.some((shape) => shape(value));
}
