/** The tools that a question is searched with: for the user's question, and where its world is recorded. */
import { withFoundDocs } from '#core/agent/foundDocs.ts';
import { scopedTools } from '#core/agent/scopedTools.ts';
import type { DocsSource, Tools } from '#core/agent/tools.ts';
import { askedKind } from '#core/search/askedKind.ts';
import type { Question } from '#core/search/question.ts';

export interface SearchedPlaces {
  /** Workspace files and folders that every tool stays inside of; the whole workspace when empty. */
  readonly scope: readonly string[];
  /** Whether documents are searched at all. */
  readonly docs: boolean;
  /** Whether the user added docs folders outside of the workspace. */
  readonly hasAddedDocs: boolean;
}

/** Inside of the scope, among tests or documents where nothing else is asked for, and in documents outside where they count. */
export function questionTools(tools: Tools, question: Question, { scope, docs, hasAddedDocs }: SearchedPlaces): Tools {
  const outside: DocsSource[] = docs
    ? [...(hasAddedDocs ? ['added' as const] : []), ...(question.asksDocs ? ['dependency' as const] : [])]
    : [];
  return withFoundDocs(scopedTools(tools, scope, askedKind(question.text)), question, outside);
}
