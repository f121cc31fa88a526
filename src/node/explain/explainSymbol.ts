/**
 * What can be said about a name at a place, from the tools alone or from what the editor's language providers said.
 *
 * One pass of grep serves definitions and uses. The parts run side by side, and each may fail alone: what failed is
 * missing from the explanation, which says nothing rather than something wrong.
 */
import type { CallContext, Definition, Tools } from '#core/agent/tools.ts';
import type { NamePlace } from '#core/answer/explainDefinition.ts';
import type { Explanation } from '#core/answer/explanation.ts';
import { indexOfName, type NameLine } from '#core/answer/explainUses.ts';
import { termOf } from '#core/search/words.ts';
import { findDefinition } from '#node/explain/findDefinition.ts';
import { findDocs } from '#node/explain/findDocs.ts';
import { findUses } from '#node/explain/findUses.ts';
import { lastChange } from '#node/explain/lastChange.ts';
import { readPlace } from '#node/explain/readPlace.ts';
import type { ExplainRequest } from '#node/service/searchService.ts';
import type { Workspace } from '#node/workspace.ts';

export interface ExplainParts {
  readonly workspace: Workspace;
  readonly tools: Pick<Tools, 'grep' | 'read' | 'symbols' | 'docs'>;
  /** Whether the docs index is searched. */
  readonly docs: boolean;
  /** Whether git is run. */
  readonly history: boolean;
  /** The git program; `git` on the PATH by default. */
  readonly git?: string;
}

/** Time after which a part is given up; on a tree of 9,000 files a part takes 50 to 200 ms. */
const PART_TIMEOUT_MS = 2_000;
/** Shorter names are everywhere: they are looked for in their own file only. */
const MIN_SEARCHED_UNITS = 3;

/**
 * Undefined where there is nothing to add to what the place itself says: words of the language, comments, strings,
 * local variables, names of which nothing is sure. Never throws for what the workspace holds; undefined on abort.
 */
export async function explainSymbol(
  asking: ExplainRequest,
  parts: ExplainParts,
  signal: AbortSignal,
): Promise<Explanation | undefined> {
  const context: CallContext = { signal, timeoutMs: PART_TIMEOUT_MS };
  const place = await readPlace(asking, parts.tools, context);
  if (!place || signal.aborted) return undefined;
  const request = withoutUnresolved(asking, place);
  const { name } = place;
  const asked = parts.docs
    ? parts.tools.docs.search({ terms: termsOf(name), limit: MAX_SECTIONS }, context)
    : undefined;
  const lines = await linesWith(name, request, parts, context);
  const found = await findDefinition(place, request, lines, parts.tools, context);
  if (found === 'local' || signal.aborted) return undefined;
  const { definition } = found;
  const [uses, change, docs] = await Promise.all([
    findUses({ place, request, lines, found }, parts.tools, context),
    definition && parts.history ? lastChange(definition.span, parts, context) : undefined,
    asked && findDocs({ place, definition, sections: await asked }, parts.tools, context),
  ]);
  if (signal.aborted) return undefined;
  const explanation: Explanation = {
    name,
    ...(definition && { definition: told(definition) }),
    ...(uses && { uses }),
    ...(change && { change }),
    ...(docs && { docs }),
  };
  return addsSomething(explanation, request) ? explanation : undefined;
}

/**
 * A language server that still loads its project takes the import of a name for its definition: then it does not know it
 * yet, nor where it is used.
 */
function withoutUnresolved(request: ExplainRequest, { path, imports, outline }: NamePlace): ExplainRequest {
  const { definitions = [], references: _references, ...rest } = request;
  const isImported = imports.some(({ name }) => name === request.name);
  const isDefined = outline.some(({ name }) => name === request.name);
  const isHere = definitions.length > 0 && definitions.every((span) => span.path === path);
  return isHere && isImported && !isDefined ? rest : request;
}

const MAX_SECTIONS = 12;

const termsOf = (name: string) => [termOf(name) ?? []].flat();

/** All lines that have the name; only those of the files that the editor named, where it named all. */
async function linesWith(
  name: string,
  { path, definitions, references }: ExplainRequest,
  { tools }: ExplainParts,
  context: CallContext,
): Promise<NameLine[]> {
  const known = definitions && references && [...definitions, ...references].map((span) => span.path);
  const within = name.length < MIN_SEARCHED_UNITS ? [path] : known && [...new Set([path, ...known])];
  const hits = await tools.grep.search({ terms: termsOf(name), ...(within && { within }) }, context);
  if (!hits.ok) return [];
  const files = hits.value.terms[0]?.files ?? [];
  return files.flatMap((file) =>
    file.lines
      .filter(({ text }) => indexOfName(text, name) >= 0)
      .map(({ line, text }) => ({ path: file.path, line, text })),
  );
}

const told = ({ kind, span, line, inside, signature, doc }: Definition): NonNullable<Explanation['definition']> => ({
  kind,
  span,
  line,
  inside,
  signature,
  ...(doc !== undefined && { doc }),
});

/** Where a language's own hover tells the definition, that alone is not worth a second card. */
function addsSomething({ definition, uses, change, docs }: Explanation, request: ExplainRequest): boolean {
  if ((uses && uses.most.length > 0) || change || docs) return true;
  const isHere = definition?.span.path === request.path && definition.line === request.line;
  return definition !== undefined && !isHere && request.definitions === undefined;
}
