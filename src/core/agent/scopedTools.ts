/**
 * Tools that stay inside of some folders and files of the workspace, as the user has narrowed a question to them.
 * What they return does not tell of anything outside: hits, definitions, sections and changed files elsewhere are left
 * out, and reading elsewhere is refused.
 */
import type { CommitHit, ToolFailure, ToolResult, Tools } from '#core/agent/tools.ts';

/**
 * @param scope workspace paths of folders and files; an empty list, or one with the workspace itself, narrows nothing.
 */
export function scopedTools(tools: Tools, scope: readonly string[]): Tools {
  const within = [...new Set(scope.map(plainPath))];
  if (within.length === 0 || within.includes('')) return tools;
  const isInside = (path: string): boolean => within.some((place) => holds(place, path));
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

const holds = (place: string, path: string): boolean => path === place || path.startsWith(`${place}/`);

function scopedGrep({ grep }: Tools, scope: readonly string[], isInside: IsInside): Tools['grep'] {
  return {
    search(request, context) {
      if (!request.within) return grep.search({ ...request, within: scope }, context);
      const inside = [
        ...request.within.filter(isInside),
        ...scope.filter((place) => request.within!.some((wide) => holds(plainPath(wide), place))),
      ];
      return grep.search({ ...request, within: [...new Set(inside)] }, context);
    },
  };
}

function scopedSymbols({ symbols }: Tools, scope: readonly string[], isInside: IsInside): Tools['symbols'] {
  return {
    outline: (path, context) => (isInside(path) ? symbols.outline(path, context) : refused(path)),
    async definitions(request, context) {
      const place = request.within ? { within: request.within.filter(isInside) } : { under: scope };
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
