/** What a docs section says, in a sentence of its own. */
import type { Place } from '#core/answer/place.ts';
import type { DocsSection } from '#core/agent/tools.ts';
import { firstSentence } from '#core/answer/wording.ts';

/** Headings, tables, lists' marks, rules, fences, directives: no prose. */
const NOT_PROSE = /^\s*(#|\||[-=~*_]{3,}|```|<|\.\. |:\w+:|!\[|\[!|=+ )/;

/** The first sentence of the section's first paragraph, as it was read; undefined if it has no prose. */
export function sectionSays({ span, lines }: Place, section: DocsSection): string | undefined {
  const own = lines.slice(section.span.start - span.start + 1, section.span.end - span.start + 1);
  const first = own.findIndex((line) => line.trim() !== '' && !NOT_PROSE.test(line));
  if (first < 0) return undefined;
  const end = own.findIndex((line, i) => i > first && line.trim() === '');
  const said = firstSentence(own.slice(first, end < 0 ? undefined : end).join('\n'));
  return said || undefined;
}
