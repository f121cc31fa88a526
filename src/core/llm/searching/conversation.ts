/**
 * The conversation between the environment and a model that searches, apart from how a protocol writes it down. What does
 * not fit the model's context any more is left out: the lines of the oldest documents, and the oldest moves.
 */
import type { ToolCall } from '#core/llm/chatModel.ts';
import { estimateTokens, inertLine, inertText } from '#core/llm/prompt.ts';
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

/** Of the room, for the lines of documents: old moves go before these do. */
const SHARE_OF_DOCUMENTS = 0.5;
/** Tokens that a piece of a document is worth showing with. */
const LEAST_PIECE = 100;

/** Lines of the documents that are shown with any, by number. */
type Bodies = ReadonlyMap<number, string>;

/** @param tokensOf tokens of a view as its protocol writes it. */
export function fittingView(
  question: string,
  entries: readonly Entry[],
  room: number,
  tokensOf: (view: View) => number,
): View {
  const view = (from: number, bodies: Bodies): View => ({
    // Selected code may be part of it.
    question: inertText(question, MAX_QUESTION),
    entries: shownEntries(entries.slice(from), bodies),
  });
  const bare = (from: number): number => tokensOf(view(from, new Map()));
  let from = 0;
  while (bare(from) > room * (1 - SHARE_OF_DOCUMENTS) && nextMove(entries, from) < lastMove(entries))
    from = nextMove(entries, from);
  return view(from, bodiesFor(newestFirst(entries.slice(from)), room - bare(from)));
}

/** What fits, the first documents first; of one that does not fit, its beginning. */
function bodiesFor(documents: readonly FoundDocument[], room: number): Bodies {
  const bodies = new Map<number, string>();
  let left = room;
  for (const document of documents) {
    const { body, tokens } = document.tokens < left ? document : beginningOf(document, left);
    if (body === '') break;
    left -= tokens + 1;
    bodies.set(document.number, body);
  }
  return bodies;
}

function beginningOf({ body }: FoundDocument, room: number): Pick<FoundDocument, 'body' | 'tokens'> {
  if (room < LEAST_PIECE) return { body: '', tokens: 0 };
  const lines = body.split('\n');
  let kept = 0;
  let tokens = 1;
  for (; kept < lines.length; kept++) {
    const cost = Math.ceil(estimateTokens(lines[kept]!)) + 1;
    if (tokens + cost >= room) break;
    tokens += cost;
  }
  return { body: kept > 0 ? [...lines.slice(0, kept), '…'].join('\n') : '', tokens };
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

/**
 * A document's lines stand where it was found first: what was said before stays as it is, and a model that keeps what it
 * has read need not read it again.
 */
function shownEntries(entries: readonly Entry[], bodies: Bodies): ShownEntry[] {
  const told = new Set<number>();
  return entries.map((entry): ShownEntry => {
    if (entry.kind === 'wrote') return { ...entry, text: entry.text.slice(-MAX_WROTE).toWellFormed() };
    if (entry.kind === 'told') return entry;
    return { kind: 'found', text: entry.results.map((result) => resultText(result, bodies, told)).join('\n\n') };
  });
}

function resultText({ query, documents }: QueryResult, bodies: Bodies, told: Set<number>): string {
  const asked = `Found for "${inertLine(query, MAX_QUERY)}":`;
  if (documents.length === 0) return `${asked} nothing.`;
  return [asked, ...documents.map((document) => documentText(document, bodies, told))].join('\n');
}

function documentText({ number, head }: FoundDocument, bodies: Bodies, told: Set<number>): string {
  const body = bodies.get(number);
  if (body === undefined) return `${head} (its lines are left out)`;
  if (told.has(number)) return `${head} (its lines stand above)`;
  told.add(number);
  return `${head}\n${body}`;
}
