/**
 * The last look at what a model wrote, after links and marks were read: whatever is still an address, or has become one
 * when something between its parts was taken out, goes. What stands in its place can be part of none.
 */
import { markAt } from '#core/llm/citationMarks.ts';

export interface Disarmed {
  readonly text: string;
  readonly hasLinks: boolean;
  /** Marks that were taken out. */
  readonly marks: number;
}

/** Plain text outside of code. */
export function disarm(text: string): Disarmed {
  let hasLinks = false;
  const plain = text.replace(ADDRESS, (address: string) => {
    hasLinks = true;
    return `(link left out)${STOPS.exec(address)?.[0] ?? ''}`;
  });
  const { text: unmarked, marks } = withoutMarks(plain);
  return { text: unmarked.replace(/\](?=[([])/g, '] ').replace(TAG, '‹'), hasLinks, marks };
}

/** Code: only what a terminal would take for an address. */
export const disarmCode = (text: string): string => text.replace(/[a-z][a-z0-9+.-]*:\/\/|\bwww\.(?=\w)/gi, '…');

const SCHEMES = 'javascript|vbscript|mailto|vscode|vscode-insiders|vscodium|about|blob|magnet|sms';
const NO_SPACE = '[^\\s<>"`\\[\\]]';
/** With a scheme, `www.`, `file:/…`, `command:…`, a mail address. Not `file:line`, not `react@18.2.0`. */
const ADDRESS = new RegExp(
  [
    `[a-z][a-z0-9+.-]*://${NO_SPACE}*`,
    `\\bwww\\.\\w${NO_SPACE}*`,
    `\\b(?:${SCHEMES}):${NO_SPACE}+`,
    `\\bfile:[/\\\\~.%]${NO_SPACE}*`,
    `\\bdata:\\w+/${NO_SPACE}*`,
    `\\bcommand:\\w${NO_SPACE}*`,
    '[\\w.+-]{1,64}@[\\w-]{1,63}(?:\\.[a-z][\\w-]{0,62}){1,8}',
  ].join('|'),
  'gi',
);
const STOPS = /[.,;:!?)'*_]+$/;
const TAG =
  /<(?=[!?/]|(?:a|img|svg|script|style|iframe|object|embed|link|meta|base|form|input|button|video|audio)\b)/gi;
const NONE: ReadonlySet<number> = new Set();

function withoutMarks(text: string): { text: string; marks: number } {
  let out = '';
  let from = 0;
  let marks = 0;
  for (let at = 0; at < text.length; at++) {
    const mark = markAt(text, at, NONE);
    if (!mark) continue;
    out += `${text.slice(from, at)}…`;
    from = mark.end;
    at = mark.end - 1;
    marks++;
  }
  return { text: out + text.slice(from), marks };
}
