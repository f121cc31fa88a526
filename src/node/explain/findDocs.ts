/** The section of the docs that names a symbol. */
import type { CallContext, Definition, DocsResult, DocsSection, Tools, ToolResult } from '#core/agent/tools.ts';
import type { NamePlace } from '#core/answer/explainDefinition.ts';
import { indexOfName } from '#core/answer/explainUses.ts';
import type { Explanation } from '#core/answer/explanation.ts';
import { isTellingName } from '#core/answer/mentions.ts';
import { rangesOverlap } from '#core/search/span.ts';

interface Asked {
  readonly place: NamePlace;
  readonly definition: Definition | undefined;
  readonly sections: ToolResult<DocsResult>;
}

/** Sections that are read whole. */
const MAX_READ = 6;
const MAX_SECTION_LINES = 120;
/** Lists of what changed name everything and explain little. */
const CHANGES = /(?:^|\/)(?:changelog|changes|history|news|release|blog)[^/]*(?:\/|$)/i;

/** What the workspace defines is looked up in its own docs only. */
export async function findDocs(
  { place, definition, sections }: Asked,
  { read }: Pick<Tools, 'read'>,
  context: CallContext,
): Promise<Explanation['docs']> {
  if (!sections.ok) return undefined;
  const usable = sections.value.sections
    .filter(({ source }) => source !== 'dependency' || !definition)
    .filter(({ span }) => span.path !== place.path || !rangesOverlap(span, { start: place.line, end: place.line }))
    .filter(({ span }) => !CHANGES.test(span.path))
    .slice(0, MAX_READ);
  const worths = await Promise.all(
    usable.map(async (section) => worthOf(place.name, section, await textOf(section, read, context))),
  );
  const best = Math.max(0, ...worths);
  const chosen = best > 0 ? usable[worths.indexOf(best)] : undefined;
  return chosen && { span: chosen.span, headings: chosen.headings };
}

async function textOf({ span }: DocsSection, read: Tools['read'], context: CallContext): Promise<readonly string[]> {
  const range = { start: span.start, end: Math.min(span.end, span.start + MAX_SECTION_LINES - 1) };
  const result = await read.read({ path: span.path, range }, context);
  return result.ok && result.value.start === span.start ? result.value.lines : [];
}

/** 0 for a section that does not name it. A word of the language needs the marks of code to be taken for the name. */
function worthOf(name: string, { headings }: DocsSection, lines: readonly string[]): number {
  const named = lines.filter((line) => indexOfName(line, name) >= 0);
  const asCode = named.some(
    (line) => line.includes(`\`${name}`) || line.includes(`${name}(`) || line.includes(`.${name}\``),
  );
  const heading = headings.at(-1) ?? '';
  const inHeading = indexOfName(heading, name) >= 0 && named.length > 0;
  if (!isTellingName(name)) return inHeading && asCode ? 3 : 0;
  return named.length === 0 ? 0 : 1 + (asCode ? 1 : 0) + (inHeading ? 2 : 0);
}
