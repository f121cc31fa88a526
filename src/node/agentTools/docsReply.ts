/** Sections of documents, for another agent: read from the files as they are, not from the index. */
import type { CallContext, DocsSection, DocsState } from '#core/agent/tools.ts';
import { codeMarkdown } from '#core/answer/markdownText.ts';
import { parseQuestion } from '#core/search/question.ts';
import { QuestionError, type WorkspaceSearcher } from '#node/searcher.ts';
import type { AgentReply, DocsPlace } from './agentTools.ts';
import { lineText, placeName, QUOTED_NOTE, quotedText } from './quotedText.ts';
import { waitForIndex } from './waitForIndex.ts';

/** Lines of a section that are read. */
const MAX_SECTION_LINES = 80;

/** Throws `QuestionError` for a text without a word to search for. */
export async function docsReply(
  { tools }: Pick<WorkspaceSearcher, 'tools'>,
  { query, limit }: { readonly query: string; readonly limit: number },
  context: AgentContext,
): Promise<AgentReply<readonly DocsPlace[]>> {
  const request = { terms: wordsOf(query), limit };
  let result = await tools.docs.search(request, context);
  if (result.ok && !result.value.state.complete && (await waitForIndex(tools.docs.ready(), context.signal)))
    result = await tools.docs.search(request, context);
  const sections = result.ok ? result.value.sections : [];
  const read = await Promise.all(sections.map((section) => readSection(section, tools, context)));
  const data = read.filter((place) => place !== undefined);
  const notes = (result.ok ? stateNotes(result.value.state) : [result.message]).map((note) => lineText(note));
  const above = [
    data.length
      ? `${data.length} ${data.length === 1 ? 'section' : 'sections'}, best first.`
      : 'No section of the documents fits.',
    ...notes.map((note) => `Note: ${note}`),
    ...(data.length ? [QUOTED_NOTE] : []),
  ];
  const places = data.map((place) => ({
    head: `${placeName(place)} · section ${codeMarkdown(place.title)}`,
    path: place.path,
    start: place.start,
    lines: place.text.split('\n'),
  }));
  return { text: quotedText(above, places, []), data, notes };
}

export interface AgentContext extends CallContext {
  readonly signal: AbortSignal;
}

/** The words of a query that an index is searched by. */
export function wordsOf(query: string): ReturnType<typeof parseQuestion>['terms'][number]['term'][] {
  const terms = parseQuestion(query).terms.map(({ term }) => term);
  if (terms.length === 0)
    throw new QuestionError('The query has no word to search for. Search for a name, a behaviour or a message.');
  return terms;
}

/** Undefined for a section that is gone. */
async function readSection(
  { span, headings }: DocsSection,
  { read }: WorkspaceSearcher['tools'],
  context: CallContext,
): Promise<DocsPlace | undefined> {
  const range = { start: span.start, end: Math.min(span.end, span.start + MAX_SECTION_LINES - 1) };
  const result = await read.read({ path: span.path, range }, context);
  if (!result.ok || result.value.lines.length === 0) return undefined;
  const { start, lines } = result.value;
  const title = lineText(headings.join(' › '), MAX_TITLE_UNITS);
  return { path: span.path, start, end: start + lines.length - 1, title, text: lines.join('\n') };
}

const MAX_TITLE_UNITS = 200;

const stateNotes = ({ complete, filesIndexed, leftOut }: DocsState): string[] => [
  ...(complete ? [] : [`The docs index is still being made: ${filesIndexed} files so far. Ask again for more.`]),
  ...leftOut,
];
