/** Why a place is cited, in a few words each, from the evidence that spoke for it. */
import { isDefinedIn, type Place } from '#core/answer/place.ts';
import { cut } from '#core/answer/wording.ts';
import { termIdfs } from '#core/agent/fileScores.ts';
import type { EvidencePool, PoolTerm } from '#core/agent/pool.ts';

const MAX_WORDS = 4;
const MAX_FOUND = 2;
const MAX_SUBJECT = 60;

export function whyCited(place: Place, pool: EvidencePool): string[] {
  const { definition, section, file } = place;
  const reasons: string[] = [];
  if (definition) reasons.push(`${isDefinedIn(definition, place) ? 'defines' : 'inside of'} ${definition.name}`);
  if (section) reasons.push(`section "${cut(section.headings.at(-1)!, MAX_SUBJECT)}"`);
  const { asked, found } = matchedTerms(place, pool);
  if (asked.length) reasons.push(`matches ${asked.map((word) => `"${word}"`).join(', ')}`);
  if (found.length) reasons.push(`has ${found.join(', ')}`);
  const commit = file.commits[0];
  if (commit) reasons.push(`changed by "${cut(commit.commit.subject, MAX_SUBJECT)}"`);
  else if (file.coChange > 0) reasons.push('changed together with the best places');
  if (reasons.length === 0) reasons.push('its path fits the question');
  return reasons;
}

/** Terms of the question, and names found on the way with where they were found; the rarest first. */
function matchedTerms({ file, span, definition }: Place, pool: EvidencePool): { asked: string[]; found: string[] } {
  const idfs = termIdfs(pool);
  const here = file.hits
    .filter(({ lines }) => lines.some(({ line }) => line >= span.start && line <= span.end))
    .map(({ term }) => ({ pooled: pool.terms[term]!, idf: idfs[term]! }))
    .sort((a, b) => b.idf * (b.pooled.weight || 1) - a.idf * (a.pooled.weight || 1))
    .map(({ pooled }) => pooled);
  const asked = here.filter(({ origin }) => origin === 'question');
  const found = here.filter(({ origin, term }) => origin !== 'question' && term.text !== definition?.name);
  return {
    asked: withoutParts(asked)
      .slice(0, MAX_WORDS)
      .map(({ term }) => term.text),
    found: found.slice(0, MAX_FOUND).map(({ term, origin }) => `${term.text} (from ${FOUND_IN[origin]})`),
  };
}

const FOUND_IN = { question: 'the question', test: 'a test', docs: 'the docs', model: 'the model' } as const;

/** `withBackoff` says what `backoff` would say again. */
const withoutParts = (terms: readonly PoolTerm[]): PoolTerm[] =>
  terms.filter(
    (one) =>
      !terms.some(
        (other) => other !== one && other.term.parts.length > 1 && other.term.key.split(' ').includes(one.term.key),
      ),
  );
