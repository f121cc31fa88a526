/** Reads a line of a feedback file. docs/feedback.md says what stands in it. */
import {
  isBoolean,
  isCount,
  isListOf,
  isNumber,
  isObject,
  isOneOf,
  isOptional,
  isText,
  isVariant,
  SPAN_FIELDS,
  type Check,
} from '#core/feedback/checkShape.ts';
import { FEEDBACK_VERSION, type FeedbackEvent } from '#core/feedback/feedbackEvent.ts';

export type ParsedLine =
  | { readonly ok: true; readonly event: FeedbackEvent }
  /** One sentence: what is wrong with the line. */
  | { readonly ok: false; readonly message: string };

/** Fields that this version does not know are left as they are. */
export function parseFeedbackLine(line: string): ParsedLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { ok: false, message: 'This line is not whole JSON.' };
  }
  if (isDeep(value)) return { ok: false, message: `This line is nested deeper than ${MOST_DEPTH} times.` };
  const version = (value as { version?: unknown } | null)?.version;
  if (typeof version === 'number' && version > FEEDBACK_VERSION)
    return { ok: false, message: `This line is of version ${version}: a newer Spoor has written it.` };
  const wrong = isEvent(value, '');
  return wrong
    ? { ok: false, message: `This line is no feedback: ${wrong}.` }
    : { ok: true, event: value as FeedbackEvent };
}

/** Lists and objects inside of each other; what Spoor writes has six. */
const MOST_DEPTH = 100;

/** Deep values can be read, but comparing or writing them would overflow the stack. */
const isDeep = (value: unknown, depth = 0): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (depth === MOST_DEPTH || Object.values(value).some((one) => isDeep(one, depth + 1)));

const isSpan = isObject(SPAN_FIELDS);
const isPlace = isObject({ ...SPAN_FIELDS, lines: isListOf(isText) });
const isTerm = isObject({ text: isText, parts: isListOf(isText), key: isText });

const isAction = isVariant('kind', {
  grep: isObject({ term: isTerm, origin: isOneOf('question', 'test', 'docs', 'model'), lead: isNumber }),
  docs: isObject({ terms: isOptional(isListOf(isTerm)) }),
  history: isObject({ terms: isOptional(isListOf(isTerm)) }),
  'co-change': isObject({}),
  symbols: isObject({ name: isText }),
  read: isObject({ span: isSpan, candidate: isCount(0) }),
  run: isObject({}),
  answer: isObject({}),
  cite: isObject({ span: isSpan, candidate: isCount(0) }),
  finish: isObject({}),
  'not-found': isObject({}),
});

const isVersion: Check = (value, at) =>
  value === FEEDBACK_VERSION ? undefined : `\`${at}\` must be ${FEEDBACK_VERSION}`;
const COMMON = { version: isVersion, id: isText, timeMs: isNumber };

const isEvent = isVariant('type', {
  answered: isObject({
    ...COMMON,
    question: isText,
    searchedFor: isText,
    scope: isListOf(isText),
    folders: isListOf(isObject({ name: isText, repository: isOptional(isText), commit: isOptional(isText) })),
    policy: isObject({ name: isText, digest: isText }),
    steps: isListOf(isObject({ action: isAction, logProb: isNumber, legal: isCount(1) })),
    citations: isListOf(isPlace),
    found: isBoolean,
    confidence: isNumber,
  }),
  verdict: isObject({ ...COMMON, verdict: isOneOf('accepted', 'rejected', 'none') }),
  tick: isObject({ ...COMMON, number: isCount(1), tick: isOneOf('right', 'wrong', 'none') }),
  place: isObject({ ...COMMON, place: isPlace, taken: isOneOf('added', 'removed') }),
  signal: isObject({ ...COMMON, signal: isOneOf('opened', 'copied'), number: isCount(1) }),
});
