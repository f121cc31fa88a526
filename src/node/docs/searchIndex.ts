/**
 * A question to the docs index: the terms as one FTS5 expression, BM25 with field weights (Robertson and Zaragoza 2009,
 * as SQLite computes it), best first, equal scores by path and line.
 */
import type { DocsSection } from '#core/agent/tools.ts';
import { stemOf, type Term } from '#core/search/words.ts';
import type { Database } from '#node/sqlite.ts';
import { sectionsById } from './docsIndex.ts';

/** The best sections of what is indexed now. Throws SQLite's errors. */
export function searchIndex(database: Database, terms: readonly Term[], limit: number): DocsSection[] {
  const query = rareTerms(database, expressionsOf(terms)).join(' OR ');
  if (!query || !(limit >= 1)) return [];
  const most = Math.min(Math.floor(limit), MAX_LIMIT);
  const ranked = bestRows(database, query, most);
  const found = sectionsById(
    database,
    ranked.map((row) => row.id),
  );
  const sections: DocsSection[] = [];
  for (const { id, score } of ranked) {
    const section = found.get(id);
    if (section) sections.push({ ...section, score });
  }
  return sections.sort(byScore).slice(0, most);
}

/** A term that more sections than this share have costs time and says nothing, unless there is no other. */
const COMMON_SHARE = 0.1;
/** Below this number of sections every term is used: a share of few is no evidence that a word is common. */
const MIN_SECTIONS = 100;
const MAX_TERMS = 64;
const MAX_TERM = 200;
const MAX_LIMIT = 1_000;

interface RankedRow {
  readonly id: number;
  readonly score: number;
}

const byScore = (a: DocsSection, b: DocsSection): number =>
  b.score - a.score ||
  (a.span.path < b.span.path ? -1 : a.span.path > b.span.path ? 1 : 0) ||
  a.span.start - b.span.start;

/** One expression for each different term: its parts as a phrase, or written as one word. */
function expressionsOf(terms: readonly Term[]): string[] {
  const expressions = new Set<string>();
  for (const { key, parts } of terms) {
    if (expressions.size >= MAX_TERMS) break;
    if (!key || key.length > MAX_TERM || parts.length === 0) continue;
    const joined = parts.length > 1 ? ` OR ${quoted(stemOf(parts.join('')))}` : '';
    expressions.add(`(${quoted(key)}${joined})`);
  }
  return [...expressions];
}

const quoted = (words: string): string => `"${words.replaceAll('"', ' ').replaceAll('\0', ' ')}"`;

function rareTerms(database: Database, expressions: readonly string[]): readonly string[] {
  const total = Number(database.prepare('SELECT count(*) AS n FROM sections').get()?.['n'] ?? 0);
  if (total < MIN_SECTIONS || expressions.length < 2) return expressions;
  const most = Math.floor(total * COMMON_SHARE);
  const count = database.prepare('SELECT count(*) AS n FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)');
  const rare = expressions.filter((expression) => {
    const sections = Number(count.get(expression, most + 1)?.['n'] ?? 0);
    return sections > 0 && sections <= most;
  });
  return rare.length ? rare : expressions;
}

/** The best rows and all that tie with the last of them, so that ties can be broken by path. */
function bestRows(database: Database, query: string, limit: number): RankedRow[] {
  const statement = database.prepare('SELECT rowid AS id, rank FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?');
  for (let most = limit + 16; ; most *= 4) {
    const rows = statement.all(query, most).map((row) => ({ id: Number(row['id']), score: -Number(row['rank']) }));
    const last = rows.at(-1);
    if (rows.length < most || !last || last.score < rows[limit - 1]!.score) return rows;
  }
}
