/** The words of a hover: an explanation as at most five lines of parts, each line with a place to go to. */
import type { Explanation, Use } from '#core/answer/explanation.ts';
import { printable } from '#core/answer/plainText.ts';
import { cut, firstSentence } from '#core/answer/wording.ts';
import type { Span } from '#core/search/span.ts';

export type ExplainTarget =
  | { readonly type: 'place'; readonly span: Span }
  | { readonly type: 'commit'; readonly id: string }
  | { readonly type: 'ask'; readonly text: string };

export interface ExplainPart {
  /** One line, without control and bidirectional characters; Markdown and HTML in it are just text. */
  readonly text: string;
  readonly target?: ExplainTarget;
  /** What to say of the target when it is pointed at. */
  readonly tip?: string;
  readonly strong?: boolean;
}

export type ExplainLine = readonly ExplainPart[];

/** Translates a message with `{0}`, `{1}`, … in it. */
export type Say = (message: string, ...values: (string | number)[]) => string;

export const sayEnglish: Say = (message, ...values) =>
  message.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)] ?? ''));

const MAX_NAME = 80;
const MAX_DOC = 200;
const MAX_SUBJECT = 72;
const MAX_HEADING = 60;
const MAX_TIP = 200;

/** `nowS` is the time of showing, seconds since 1970. */
export function explainText(explanation: Explanation, nowS: number, say: Say = sayEnglish): ExplainLine[] {
  const { definition } = explanation;
  const lines = [
    headLine(explanation),
    definition?.doc === undefined ? [] : docLine(definition.doc, definition.span, say),
    usesLine(explanation, say),
    changeLine(explanation, nowS, say),
    [{ text: say('Ask about this'), target: { type: 'ask', text: askText(explanation) } } as const],
  ];
  return lines.filter((line) => line.length > 0);
}

/** `**withBackoff**  function · src/net/retry.ts:12` */
function headLine({ name, definition }: Explanation): ExplainPart[] {
  const head: ExplainPart = { text: shown(name, MAX_NAME), strong: true };
  if (!definition) return [head];
  const { kind, span, line, inside, signature } = definition;
  const owner = inside.length > 0 ? ` ${shown(inside.slice(-2).join('.'), MAX_NAME)}` : '';
  const what = kind === 'other' ? owner : ` ${kind}${owner && ` ·${owner}`}`;
  const target: ExplainTarget = {
    type: 'place',
    span: { path: span.path, start: line, end: Math.max(line, span.end) },
  };
  return [
    head,
    { text: `${what} · ` },
    { text: `${shown(span.path)}:${line}`, target, ...(signature && { tip: shown(signature, MAX_TIP) }) },
  ];
}

/** The first sentence, and the way to the rest. */
function docLine(doc: string, span: Span, say: Say): ExplainPart[] {
  const text = shown(firstSentence(doc.replace(/^@\w+\s*/gm, '')), MAX_DOC);
  if (text === '') return [];
  return [{ text: `${text} ` }, { text: say('Read'), target: { type: 'place', span } }];
}

/** `Used in 4 places: UploadQueue.send, syncOnce, …` */
function usesLine({ uses }: Explanation, say: Say): ExplainPart[] {
  if (!uses || uses.most.length === 0) return [];
  const count = uses.places === 1 ? say('Used in 1 place') : say('Used in {0} places', uses.places);
  const parts: ExplainPart[] = [{ text: `${count}: ` }];
  for (const use of uses.most) {
    if (parts.length > 1) parts.push({ text: ', ' });
    parts.push(usePart(use));
  }
  return uses.places > uses.most.length ? [...parts, { text: ', …' }] : parts;
}

const usePart = ({ span, inside }: Use): ExplainPart => {
  const where = `${span.path}:${span.start}`;
  const file = where.slice(where.lastIndexOf('/') + 1);
  const target: ExplainTarget = { type: 'place', span };
  return inside === undefined
    ? { text: shown(file, MAX_NAME), target, tip: shown(where, MAX_TIP) }
    : { text: shown(inside, MAX_NAME), target, tip: shown(where, MAX_TIP) };
};

/** `Last changed: “do not retry on 401” (3 weeks ago) · docs/uploads.md § Retries` */
function changeLine({ change, docs }: Explanation, nowS: number, say: Say): ExplainPart[] {
  const parts: ExplainPart[] = [];
  if (change) {
    const subject = `“${shown(change.subject, MAX_SUBJECT)}”`;
    parts.push(
      { text: `${say('Last changed')}: ` },
      { text: subject, target: { type: 'commit', id: change.id }, tip: change.id.slice(0, 10) },
      { text: ` (${ageText(nowS - change.timeS, say)})` },
    );
  }
  if (docs) {
    const heading = docs.headings.at(-1);
    const text = heading ? `${docs.span.path} § ${shown(heading, MAX_HEADING)}` : docs.span.path;
    if (parts.length > 0) parts.push({ text: ' · ' });
    parts.push({ text: shown(text), target: { type: 'place', span: docs.span } });
  }
  return parts;
}

const MINUTE = 60;
const DAY = 86_400;
const AGES: readonly (readonly [unitS: number, one: string, many: string])[] = [
  [365.25 * DAY, '1 year ago', '{0} years ago'],
  [30.44 * DAY, '1 month ago', '{0} months ago'],
  [7 * DAY, '1 week ago', '{0} weeks ago'],
  [DAY, '1 day ago', '{0} days ago'],
  [60 * MINUTE, '1 hour ago', '{0} hours ago'],
  [MINUTE, '1 minute ago', '{0} minutes ago'],
];

function ageText(seconds: number, say: Say): string {
  for (const [unitS, one, many] of AGES) {
    const count = Math.floor(seconds / unitS);
    if (count >= 1) return count === 1 ? say(one) : say(many, count);
  }
  return say('just now');
}

/** Not translated: its words are searched for in code. */
const askText = ({ name, definition }: Explanation): string =>
  definition ? `How does ${name} in ${definition.span.path} work?` : `How is ${name} used?`;

const shown = (text: string, most = Infinity): string =>
  cut(printable(text.trim().replace(/\s+/g, ' ')), most).toWellFormed();
