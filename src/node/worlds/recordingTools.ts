/**
 * Tools that write down what the real ones answer. What they give comes from the record that is being made, so that an
 * episode played while recording is the episode that the record will give.
 */
import { recordedTools } from '#core/agent/recordedTools.ts';
import type { CallContext, ToolFailure, Tools } from '#core/agent/tools.ts';
import { grepKey, searchKey, type WorldRecord } from '#core/agent/worldRecord.ts';
import type { LineRange } from '#core/search/span.ts';
import type { Term } from '#core/search/words.ts';
import { readPieces } from '#node/worlds/readPieces.ts';
import type { WorldTools } from '#node/worlds/worldTools.ts';

/** A record in the making. */
export type WorldDraft = {
  -readonly [K in keyof WorldRecord]: WorldRecord[K] extends ReadonlyMap<infer Key, infer Value>
    ? Map<Key, Value>
    : WorldRecord[K];
};

export const emptyDraft = (question: string): WorldDraft => ({
  question,
  filesSearched: 0,
  bytesSearched: 0,
  grepNote: undefined,
  terms: new Map(),
  docs: undefined,
  history: undefined,
  definitions: new Map(),
  coChange: undefined,
  files: new Map(),
});

/** A failure that says nothing of the workspace is given back and not written down. */
export function recordingTools(tools: WorldTools, draft: WorldDraft): Tools {
  const recorded = recordedTools(draft);
  return {
    grep: {
      search: async (request, context) =>
        (await recordTerms(tools, draft, request.terms, context)) ?? recorded.grep.search(request, context),
    },
    read: {
      read: async (request, context) =>
        (await recordFile(tools, draft, request.path, [request.range], context)) ??
        recorded.read.read(request, context),
    },
    symbols: {
      outline: (path, context) => recorded.symbols.outline(path, context),
      definitions: async (request, context) =>
        (await recordNames(tools, draft, request.names, context)) ?? recorded.symbols.definitions(request, context),
    },
    docs: {
      async search(request, context) {
        const { terms, limit } = request;
        draft.docs ??= { asked: searchKey(terms), limit, result: await tools.docs.search(request, context) };
        return recorded.docs.search(request, context);
      },
    },
    history: {
      async search(request, context) {
        const { terms, limit } = request;
        draft.history ??= { asked: searchKey(terms), limit, result: await tools.history.search(request, context) };
        return recorded.history.search(request, context);
      },
      coChanges: async (request, context) =>
        (await recordCoChanges(tools, draft, request.paths, context)) ?? recorded.history.coChanges(request, context),
    },
  };
}

export async function recordTerms(
  tools: Tools,
  draft: WorldDraft,
  terms: readonly Term[],
  context: CallContext,
): Promise<ToolFailure | undefined> {
  const missing = [...new Map(terms.map((term) => [grepKey(term), term]))].filter(([key]) => !draft.terms.has(key));
  if (missing.length === 0) return undefined;
  const result = await tools.grep.search({ terms: missing.map(([, term]) => term) }, context);
  if (!result.ok) return result;
  const { filesSearched, bytesSearched, terms: hits } = result.value;
  missing.forEach(([key], i) => draft.terms.set(key, hits[i]!));
  draft.filesSearched = Math.max(draft.filesSearched, filesSearched);
  draft.bytesSearched = Math.max(draft.bytesSearched, bytesSearched);
  draft.grepNote ??= result.partial;
  return undefined;
}

/** `wanted`: lines that matter where the file is too long to be kept whole. */
export async function recordFile(
  tools: Tools,
  draft: WorldDraft,
  path: string,
  wanted: readonly LineRange[],
  context: CallContext,
): Promise<ToolFailure | undefined> {
  const known = draft.files.get(path);
  const kept = known?.ok
    ? known.value.pieces.map(({ start, lines }) => ({ start, end: start + lines.length - 1 }))
    : [];
  const isHere = ({ start, end }: LineRange): boolean =>
    !known?.ok ||
    kept.some((piece) => piece.start <= start && Math.min(end, known.value.totalLines ?? end) <= piece.end);
  if (known && wanted.every(isHere)) return undefined;
  const file = await readPieces(tools, path, [...kept, ...wanted], context);
  if (!file.ok && (file.reason === 'cancelled' || file.reason === 'timeout')) return file;
  draft.files.set(path, file);
  return undefined;
}

/** All names together, and from that each by itself; name by name where a limit cut the search short. */
export async function recordNames(
  tools: Tools,
  draft: WorldDraft,
  names: readonly string[],
  context: CallContext,
): Promise<ToolFailure | undefined> {
  const missing = names.filter((name) => !draft.definitions.has(name));
  if (missing.length === 0) return undefined;
  const all = await tools.symbols.definitions({ names: missing }, context);
  if (!all.ok) return all;
  for (const name of missing) {
    const whole = all.partial === undefined || missing.length === 1;
    const value = whole ? all.value.filter((one) => one.name === name) : undefined;
    const own = value ? { ...all, value } : await tools.symbols.definitions({ names: [name] }, context);
    if (!own.ok) return own;
    draft.definitions.set(name, own);
  }
  if (missing.length > 1) draft.definitions.set(missing.join(' '), all);
  return undefined;
}

/** The record has one list of commits for all files, so a new file has it made anew. */
export async function recordCoChanges(
  tools: WorldTools,
  draft: WorldDraft,
  paths: readonly string[],
  context: CallContext,
): Promise<ToolFailure | undefined> {
  const known = [...(draft.coChange?.touching.keys() ?? [])];
  if (paths.every((path) => known.includes(path))) return undefined;
  const result = await tools.sharedCommits([...new Set([...known, ...paths])], context);
  if (!result.ok) return result;
  draft.coChange = { ...result.value, note: result.partial };
  return undefined;
}
