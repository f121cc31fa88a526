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

/** The words in the user's language; `{0}` stands for a number. */
export interface ExplainWords {
  readonly ask: string;
  readonly read: string;
  readonly usedOnce: string;
  readonly used: string;
  readonly lastChanged: string;
  readonly justNow: string;
  /** From years to minutes, one and many. */
  readonly ages: readonly (readonly [one: string, many: string])[];
}

const MAX_NAME = 80;
const MAX_DOC = 200;
const MAX_SUBJECT = 72;
const MAX_HEADING = 60;
const MAX_TIP = 200;

/** `nowS` is the time of showing, seconds since 1970. */
export function explainText(explanation: Explanation, words: ExplainWords, nowS: number): ExplainLine[] {
  const { definition } = explanation;
  const lines = [
    headLine(explanation),
    definition?.doc === undefined ? [] : docLine(definition.doc, definition.span, words),
    usesLine(explanation, words),
    changeLine(explanation, words, nowS),
    [{ text: words.ask, target: { type: 'ask', text: askText(explanation) } } as const],
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
function docLine(doc: string, span: Span, words: ExplainWords): ExplainPart[] {
  const text = shown(firstSentence(proseOf(doc)), MAX_DOC);
  if (text === '') return [];
  return [{ text: `${text} ` }, { text: words.read, target: { type: 'place', span } }];
}

/** What stands before the first tag (`@param`, `:param`, `Args:`), links by their names. */
const proseOf = (doc: string): string =>
  doc
    .split(/^\s*(?:[@\\:]\w|(?:Args|Arguments|Parameters|Returns|Raises|Example)s?:)/m, 1)[0]!
    .replace(/\{@\w+\s+([^}]{1,200})\}/g, '$1');

/** `Used in 4 places: UploadQueue.send, syncOnce, …` */
function usesLine({ uses }: Explanation, words: ExplainWords): ExplainPart[] {
  if (!uses || uses.most.length === 0) return [];
  const count = uses.places === 1 ? words.usedOnce : filled(words.used, uses.places);
  const parts: ExplainPart[] = [{ text: `${count}: ` }];
  for (const use of uses.most) {
    if (parts.length > 1) parts.push({ text: ', ' });
    parts.push(usePart(use));
  }
  return uses.places > uses.most.length ? [...parts, { text: ', …' }] : parts;
}

const usePart = ({ span, inside }: Use): ExplainPart => {
  const where = `${span.path}:${span.start}`;
  const file = where.split('/').slice(-2).join('/');
  return {
    text: shown(inside ?? file, MAX_NAME),
    target: { type: 'place', span },
    tip: shown(where, MAX_TIP),
  };
};

/** `Last changed: “do not retry on 401” (3 weeks ago) · docs/uploads.md § Retries` */
function changeLine({ change, docs }: Explanation, words: ExplainWords, nowS: number): ExplainPart[] {
  const parts: ExplainPart[] = [];
  if (change) {
    const subject = `“${shown(change.subject, MAX_SUBJECT)}”`;
    parts.push(
      { text: `${words.lastChanged}: ` },
      { text: subject, target: { type: 'commit', id: change.id }, tip: change.id.slice(0, 10) },
      { text: ` (${ageText(nowS - change.timeS, words)})` },
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
const UNITS_S = [365.25 * DAY, 30.44 * DAY, 7 * DAY, DAY, 60 * MINUTE, MINUTE];

function ageText(seconds: number, { ages, justNow }: ExplainWords): string {
  const unit = UNITS_S.findIndex((unitS) => seconds >= unitS);
  const forms = ages[unit];
  if (!forms) return justNow;
  const count = Math.floor(seconds / UNITS_S[unit]!);
  return count === 1 ? forms[0] : filled(forms[1], count);
}

const filled = (words: string, count: number): string => words.replace('{0}', String(count));

/** Not translated: its words are searched for in code. */
const askText = ({ name, definition }: Explanation): string =>
  definition ? `How does ${name} in ${definition.span.path} work?` : `How is ${name} used?`;

const shown = (text: string, most = Infinity): string =>
  cut(printable(text.trim().replace(/\s+/g, ' ')), most).toWellFormed();
