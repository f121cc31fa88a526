/**
 * Grep that also looks into the documents outside of the workspace which the docs index names for the question. Grep
 * alone sees the workspace only, and what no line speaks for is never read or cited.
 */
import { OUTSIDE_DOCS, type DocsSource, type GrepResult, type TermHits, type Tools } from '#core/agent/tools.ts';
import type { Question } from '#core/search/question.ts';

/** @param sources the documents to look into; without one the tools stay as they are. */
export function withFoundDocs(tools: Tools, { terms }: Question, sources: readonly DocsSource[]): Tools {
  if (sources.length === 0) return tools;
  const wanted = { terms: terms.map(({ term }) => term), limit: LIMIT };
  return {
    ...tools,
    grep: {
      async search(request, context) {
        if (request.within) return tools.grep.search(request, context);
        const inWorkspace = tools.grep.search(request, context);
        const docs = await tools.docs.search(wanted, context);
        const sections = docs.ok ? docs.value.sections.filter(({ source }) => sources.includes(source)) : [];
        const paths = sections.map(({ span }) => span.path).filter((path) => path.startsWith(OUTSIDE_DOCS));
        const within = [...new Set(paths)].slice(0, MAX_FILES);
        const inDocs = within.length ? await tools.grep.search({ ...request, within }, context) : undefined;
        const found = await inWorkspace;
        return found.ok && inDocs?.ok ? { ...found, value: joined(found.value, inDocs.value) } : found;
      },
    },
  };
}

/** As the turn asks for them, so that a cache has to search but once. */
const LIMIT = 20;
const MAX_FILES = 10;

const joined = (a: GrepResult, b: GrepResult): GrepResult => ({
  terms: a.terms.map((hits, i) => joinedHits(hits, b.terms[i]!)),
  filesSearched: a.filesSearched + b.filesSearched,
  bytesSearched: a.bytesSearched + b.bytesSearched,
});

const joinedHits = (a: TermHits, b: TermHits): TermHits => ({
  files: [...a.files, ...b.files].sort((one, other) => (one.path < other.path ? -1 : 1)),
  matches: a.matches + b.matches,
});
