/** Why a place is cited, in a few words each, from the evidence that spoke for it. */
import type { Place } from '#core/answer/place.ts';
import type { EvidencePool } from '#core/agent/pool.ts';
import { termIdfs } from '#core/agent/fileScores.ts';

const MAX_WORDS = 4;
const MAX_SUBJECT = 60;

export function whyCited(place: Place, pool: EvidencePool): string[] {
  const reasons: string[] = [];
  if (place.definition && place.definition.line >= place.span.start && place.definition.line <= place.span.end)
    reasons.push(`defines ${place.definition.name}`);
  const { asked, found } = matchedTerms(place, pool);
  if (asked.length) reasons.push(`matches ${asked.map((word) => `"${word}"`).join(', ')}`);
  if (found.length) reasons.push(`has ${found.join(', ')}, named nearby`);
  const commit = place.file.commits[0];
  if (commit) reasons.push(`changed by "${cut(commit.commit.subject, MAX_SUBJECT)}"`);
  else if (place.file.coChange > 0) reasons.push('changed together with the best places');
  if (reasons.length === 0) reasons.push('its path fits the question');
  return reasons;
}

/** Terms of the question, and names found on the way, that stand in the lines; the rarest first. */
function matchedTerms({ file, span }: Place, pool: EvidencePool): { asked: string[]; found: string[] } {
  const idfs = termIdfs(pool);
  const here = file.hits.filter(({ lines }) => lines.some(({ line }) => line >= span.start && line <= span.end));
  const byValue = here
    .map(({ term }) => ({ pooled: pool.terms[term]!, idf: idfs[term]! }))
    .sort((a, b) => b.idf * (b.pooled.weight || 1) - a.idf * (a.pooled.weight || 1));
  const texts = (origin: boolean): string[] =>
    byValue.filter(({ pooled }) => (pooled.origin === 'question') === origin).map(({ pooled }) => pooled.term.text);
  return { asked: texts(true).slice(0, MAX_WORDS), found: texts(false).slice(0, 2) };
}

export const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;
