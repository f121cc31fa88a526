/**
 * The conversation between the environment and a model that searches, apart from how a protocol writes it down. What does
 * not fit the model's context any more is left out: first the text of the oldest documents, then the oldest moves.
 */
import type { ToolCall } from '#core/llm/chatModel.ts';
import { inertLine } from '#core/llm/prompt.ts';
import type { FoundDocument } from './documents.ts';

export interface QueryResult {
  readonly query: string;
  /** Best first. */
  readonly documents: readonly FoundDocument[];
}

export type Entry =
  | { readonly kind: 'wrote'; readonly text: string; readonly calls: readonly ToolCall[] }
  | { readonly kind: 'found'; readonly results: readonly QueryResult[] }
  /** A remark to the model: what was wrong, or that it can search no more. */
  | { readonly kind: 'told'; readonly text: string };

/** What a protocol writes down. */
export interface View {
  readonly question: string;
  readonly entries: readonly ShownEntry[];
}

export type ShownEntry = Exclude<Entry, { readonly kind: 'found' }> | { readonly kind: 'found'; readonly text: string };

/** What a model writes before its query matters less the older it is; the query stands at its end. */
const MAX_WROTE = 2_000;
const MAX_QUERY = 300;
const MAX_QUESTION = 4_000;

/** @param tokensOf tokens of a view as its protocol writes it. */
export function fittingView(
  question: string,
  entries: readonly Entry[],
  room: number,
  tokensOf: (view: View) => number,
): View {
  const view = (from: number, shown: ReadonlySet<FoundDocument>): View => ({
    question: question.slice(0, MAX_QUESTION).toWellFormed(),
    entries: entries.slice(from).map((entry) => shownEntry(entry, shown)),
  });
  const bare = (from: number): number => tokensOf(view(from, new Set()));
  let from = 0;
  while (bare(from) > room && nextMove(entries, from) < lastMove(entries)) from = nextMove(entries, from);
  let left = room - bare(from);
  const shown = new Set<FoundDocument>();
  for (const document of newestFirst(entries.slice(from))) {
    if (document.tokens + 1 > left) break;
    left -= document.tokens + 1;
    shown.add(document);
  }
  return view(from, shown);
}

/** Where the next thing that the model wrote stands behind the one at `from`. */
function nextMove(entries: readonly Entry[], from: number): number {
  const next = entries.findIndex(({ kind }, i) => i > from && kind === 'wrote');
  return next < 0 ? entries.length : next;
}

/** What came after the model's last move stays, and that move with it. */
const lastMove = (entries: readonly Entry[]): number => entries.findLastIndex(({ kind }) => kind === 'wrote') + 1;

/** Documents of the last search, best first; then those of the one before; each number once. */
function newestFirst(entries: readonly Entry[]): FoundDocument[] {
  const documents = entries
    .toReversed()
    .flatMap((entry) => (entry.kind === 'found' ? entry.results.flatMap((result) => result.documents) : []));
  const numbers = new Set<number>();
  return documents.filter(({ number }) => !numbers.has(number) && numbers.add(number));
}

function shownEntry(entry: Entry, shown: ReadonlySet<FoundDocument>): ShownEntry {
  if (entry.kind === 'wrote') return { ...entry, text: entry.text.slice(-MAX_WROTE).toWellFormed() };
  if (entry.kind === 'told') return entry;
  return { kind: 'found', text: entry.results.map((result) => resultText(result, shown)).join('\n\n') };
}

function resultText({ query, documents }: QueryResult, shown: ReadonlySet<FoundDocument>): string {
  const asked = `Found for "${inertLine(query, MAX_QUERY)}":`;
  if (documents.length === 0) return `${asked} nothing.`;
  const shownNumbers = new Set([...shown].map(({ number }) => number));
  const texts = documents.map((one) => {
    if (shown.has(one)) return `${one.head}\n${one.body}`;
    return `${one.head} (${shownNumbers.has(one.number) ? 'its lines stand elsewhere' : 'its lines are left out'})`;
  });
  return [asked, ...texts].join('\n');
}
