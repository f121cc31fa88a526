/**
 * Tools that remember what they returned, so that thousands of episodes over one workspace state cost one search for
 * each distinct call. Terms of a grep are remembered one by one: a turn searches only for those that are new.
 *
 * A cache belongs to one workspace state; the caller drops it when the workspace changes. Failures and partial results
 * are not remembered: the next call may fare better.
 */
import type { GrepRequest, GrepResult, GrepTool, TermHits, ToolResult, Tools } from '#core/agent/tools.ts';
import { grepKey } from '#core/agent/worldRecord.ts';
import type { Term } from '#core/search/words.ts';

export interface CacheLimits {
  /** Hit lines of grep that are kept; about 300 bytes each. */
  readonly lines: number;
  /** Results of each other tool that are kept. */
  readonly results: number;
}

export const DEFAULT_CACHE_LIMITS: CacheLimits = { lines: 200_000, results: 500 };

export function cachedTools(tools: Tools, limits: CacheLimits = DEFAULT_CACHE_LIMITS): Tools {
  const outline = remembered(tools.symbols.outline.bind(tools.symbols), limits.results);
  const definitions = remembered(tools.symbols.definitions.bind(tools.symbols), limits.results);
  return {
    grep: cachedGrep(tools.grep, limits.lines),
    read: { read: remembered(tools.read.read.bind(tools.read), limits.results) },
    symbols: { outline, definitions },
    docs: {
      search: remembered(
        tools.docs.search.bind(tools.docs),
        limits.results,
        (result) => result.ok && result.value.state.complete,
      ),
    },
    history: {
      search: remembered(
        tools.history.search.bind(tools.history),
        limits.results,
        (result) => result.ok && result.value.state.complete,
      ),
      coChanges: remembered(tools.history.coChanges.bind(tools.history), limits.results),
    },
  };
}

/** A call whose whole results are kept by request, the least recently used dropped first. */
function remembered<Q, C, T>(
  call: (request: Q, context: C) => Promise<ToolResult<T>>,
  most: number,
  isFinal: (result: ToolResult<T>) => boolean = () => true,
): (request: Q, context: C) => Promise<ToolResult<T>> {
  const known = new Map<string, ToolResult<T>>();
  return async (request, context) => {
    const key = JSON.stringify(request);
    const hit = known.get(key);
    if (hit) {
      known.delete(key);
      known.set(key, hit);
      return hit;
    }
    const result = await call(request, context);
    if (!result.ok || result.partial !== undefined || !isFinal(result)) return result;
    known.set(key, result);
    if (known.size > most) known.delete(known.keys().next().value!);
    return result;
  };
}

interface KnownTerm {
  readonly hits: TermHits;
  readonly lines: number;
}

function cachedGrep(grep: GrepTool, mostLines: number): GrepTool {
  const known = new Map<string, KnownTerm>();
  const scopes = new Map<string, { filesSearched: number; bytesSearched: number }>();
  let lines = 0;
  const keep = (key: string, hits: TermHits): void => {
    const entry = { hits, lines: hits.files.reduce((sum, file) => sum + file.lines.length, 0) };
    known.set(key, entry);
    lines += entry.lines;
    for (const [oldest, { lines: freed }] of known) {
      if (lines <= mostLines || oldest === key) break;
      known.delete(oldest);
      lines -= freed;
    }
  };
  const take = (key: string): TermHits | undefined => {
    const entry = known.get(key);
    if (!entry) return undefined;
    known.delete(key);
    known.set(key, entry);
    return entry.hits;
  };
  return {
    async search(request, context) {
      const scope = JSON.stringify(request.within ?? null);
      const keyOf = (term: Term): string => `${grepKey(term)}\n${scope}`;
      const found = new Map(request.terms.map((term) => [keyOf(term), take(keyOf(term))]));
      const missing = [...new Map(request.terms.map((term) => [keyOf(term), term])).values()].filter(
        (term) => !found.get(keyOf(term)),
      );
      let searched = scopes.get(scope);
      if (missing.length || !searched) {
        const result = await grep.search({ ...request, terms: missing }, context);
        if (!result.ok) return result;
        missing.forEach((term, i) => found.set(keyOf(term), result.value.terms[i]!));
        searched = { filesSearched: result.value.filesSearched, bytesSearched: result.value.bytesSearched };
        if (result.partial !== undefined) return { ...whole(request, found, keyOf, searched), partial: result.partial };
        for (const term of missing) keep(keyOf(term), found.get(keyOf(term))!);
        scopes.set(scope, searched);
      }
      return whole(request, found, keyOf, searched);
    },
  };
}

const whole = (
  { terms }: GrepRequest,
  found: ReadonlyMap<string, TermHits | undefined>,
  keyOf: (term: Term) => string,
  searched: { filesSearched: number; bytesSearched: number },
): { ok: true; value: GrepResult } => ({
  ok: true,
  value: { ...searched, terms: terms.map((term) => found.get(keyOf(term))!) },
});
