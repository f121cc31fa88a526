/**
 * Tools that stay inside of some folders and files of the workspace, as the user has narrowed a question to them, or
 * among its tests or documents, where a question asks for nothing else. What they return does not tell of anything
 * outside: hits, definitions, sections and changed files elsewhere are left out, and reading elsewhere is refused.
 */
import {
  OUTSIDE_DOCS,
  type CommitHit,
  type GrepResult,
  type ToolFailure,
  type ToolResult,
  type Tools,
} from '#core/agent/tools.ts';
import type { AskedKind } from '#core/search/askedKind.ts';
import { fileKind } from '#core/search/fileKind.ts';

/**
 * @param scope workspace paths of folders and files; an empty list, or one with the workspace itself, narrows nothing.
 * @param kind of the files that remain; all by default.
 */
export function scopedTools(tools: Tools, scope: readonly string[], kind?: AskedKind): Tools {
  const within = placesOf(scope);
  if (within.length === 0 && kind === undefined) return tools;
  const isInside = insideOfScope(scope, kind);
  return {
    grep: scopedGrep(tools, within, isInside),
    read: {
      read: (request, context) => (isInside(request.path) ? tools.read.read(request, context) : refused(request.path)),
    },
    symbols: scopedSymbols(tools, within, isInside),
    docs: scopedDocs(tools, isInside),
    history: scopedHistory(tools, isInside),
  };
}

type IsInside = (path: string) => boolean;

/** Says of a workspace path whether tools of such a scope tell of it. */
export function insideOfScope(scope: readonly string[], kind?: AskedKind): IsInside {
  const within = placesOf(scope);
  return (path) =>
    (within.length === 0 || within.some((place) => holds(place, path))) && (!kind || isOfKind(path, kind));
}

/** Empty where nothing is narrowed. */
function placesOf(scope: readonly string[]): readonly string[] {
  const places = [...new Set(scope.map(plainPath))];
  return places.includes('') ? [] : places;
}

/**
 * How many more results are asked for than are wanted, as those outside are left out afterwards: a small folder's own
 * sections and commits may stand far down.
 */
const SURPLUS = 20;

/** `./src/net/` is `src/net`; the workspace itself is empty. */
const plainPath = (path: string): string =>
  path
    .replace(/^(?:\.\/+)+/, '')
    .replace(/\/+$/, '')
    .replace(/^\.$/, '');

/** What lies outside of the workspace is there as documents. */
const isOfKind = (path: string, kind: AskedKind): boolean =>
  fileKind(path) === kind || (kind === 'docs' && path.startsWith(OUTSIDE_DOCS));

const holds = (place: string, path: string): boolean => path === place || path.startsWith(`${place}/`);

function scopedGrep({ grep }: Tools, scope: readonly string[], isInside: IsInside): Tools['grep'] {
  return {
    async search(request, context) {
      const within = request.within ? narrowed(request.within, scope) : scope;
      const found = await grep.search({ ...request, ...(within.length && { within }) }, context);
      return changed(found, (result) => hitsInside(result, isInside));
    },
  };
}

/** What lies in both: each path of one list that lies in the other. */
function narrowed(wanted: readonly string[], scope: readonly string[]): readonly string[] {
  if (scope.length === 0) return wanted;
  const inScope = wanted.filter((path) => scope.some((place) => holds(place, path)));
  const inWanted = scope.filter((place) => wanted.some((path) => holds(plainPath(path), place)));
  return [...new Set([...inScope, ...inWanted])];
}

const hitsInside = (result: GrepResult, isInside: IsInside): GrepResult => ({
  ...result,
  terms: result.terms.map(({ files, matches }) => {
    const inside = files.filter(({ path }) => isInside(path));
    if (inside.length === files.length) return { files, matches };
    const counts = inside.flatMap(({ lines }) => lines.map(({ count }) => count));
    return { files: inside, matches: counts.reduce((sum, count) => sum + count, 0) };
  }),
});

function scopedSymbols({ symbols }: Tools, scope: readonly string[], isInside: IsInside): Tools['symbols'] {
  return {
    outline: (path, context) => (isInside(path) ? symbols.outline(path, context) : refused(path)),
    async definitions(request, context) {
      const place = request.within ? { within: request.within.filter(isInside) } : scope.length > 0 && { under: scope };
      const found = await symbols.definitions({ names: request.names, ...place }, context);
      return changed(found, (definitions) => definitions.filter(({ span }) => isInside(span.path)));
    },
  };
}

const scopedDocs = ({ docs }: Tools, isInside: IsInside): Tools['docs'] => ({
  async search(request, context) {
    const found = await docs.search({ ...request, limit: request.limit * SURPLUS }, context);
    return changed(found, ({ sections, state }) => ({
      sections: sections.filter(({ span }) => isInside(span.path)).slice(0, request.limit),
      state,
    }));
  },
});

const scopedHistory = ({ history }: Tools, isInside: IsInside): Tools['history'] => ({
  async search(request, context) {
    const found = await history.search({ ...request, limit: request.limit * SURPLUS }, context);
    return changed(found, ({ commits, state }) => ({
      commits: commits.flatMap((hit) => insideOf(hit, isInside)).slice(0, request.limit),
      state,
    }));
  },
  async coChanges(request, context) {
    const found = await history.coChanges({ ...request, limit: request.limit * SURPLUS }, context);
    return changed(found, (changes) => changes.filter(({ path }) => isInside(path)).slice(0, request.limit));
  },
});

/** A commit with those of its files that are inside; nothing for a commit that has none. */
function insideOf({ commit, score }: CommitHit, isInside: IsInside): CommitHit[] {
  const files = commit.files.filter(isInside);
  return files.length ? [{ commit: { ...commit, files }, score }] : [];
}

const changed = <T>(result: ToolResult<T>, change: (value: T) => T): ToolResult<T> =>
  result.ok ? { ...result, value: change(result.value) } : result;

const refused = (path: string): Promise<ToolFailure> =>
  Promise.resolve({
    ok: false,
    reason: 'denied',
    message: `${path} is outside of what the search is narrowed to.`,
  });
