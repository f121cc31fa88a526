/**
 * Names found on the way that are worth a search of their own: a line that matches the question, in a test, a docs
 * section or a source, often names the function or the type that does the work somewhere else. This is what makes a
 * second turn worth having.
 */
import type { TermOrigin } from '#core/agent/action.ts';
import type { Candidate } from '#core/agent/candidates.ts';
import { termIdfs } from '#core/agent/fileScores.ts';
import type { EvidencePool, FileEvidence } from '#core/agent/pool.ts';
import { identifiersIn, termOf, type Term } from '#core/search/words.ts';

export interface Lead {
  readonly term: Term;
  readonly origin: TermOrigin;
  /** In (0, 1]; 1 for the strongest. */
  readonly strength: number;
}

export const MAX_LEADS = 32;
/** Lines and files that are looked at for names. */
const MAX_LINES = 200;
const MAX_TESTS = 8;
const MAX_SOURCES = 0;
const MAX_SECTIONS = 8;

interface Vote {
  readonly term: Term;
  readonly origins: Map<TermOrigin, number>;
  total: number;
}

/** The strongest names that the question does not have itself, best first; ties go by name. */
export function findLeads(pool: EvidencePool, candidates: readonly Candidate[]): Lead[] {
  const votes = new Map<string, Vote>();
  const idfs = termIdfs(pool);
  for (const file of topFiles(candidates, 'test', MAX_TESTS)) voteLines(file, 'test', pool, idfs, votes);
  for (const file of topFiles(candidates, 'source', MAX_SOURCES)) voteLines(file, 'source', pool, idfs, votes);
  for (const [i, section] of pool.sections.slice(0, MAX_SECTIONS).entries())
    for (const name of new Set(identifiersIn(section.text))) vote(name, 'docs', 1 / (1 + i), pool, votes);
  const ranked = [...votes.values()]
    .sort((a, b) => b.total - a.total || (a.term.key < b.term.key ? -1 : 1))
    .slice(0, MAX_LEADS);
  const best = ranked[0]?.total ?? 1;
  return ranked.map(({ term, origins, total }) => ({ term, origin: mainOrigin(origins), strength: total / best }));
}

function topFiles(candidates: readonly Candidate[], kind: FileEvidence['kind'], most: number): FileEvidence[] {
  const files = new Set<FileEvidence>();
  for (const { file } of candidates) if (file.kind === kind && files.size < most) files.add(file);
  return [...files];
}

/** A name gets the weight of the question's terms on its line; several lines add up. */
function voteLines(
  file: FileEvidence,
  origin: TermOrigin,
  pool: EvidencePool,
  idfs: Float64Array,
  votes: Map<string, Vote>,
): void {
  const lines = new Map<number, { text: string; weight: number }>();
  for (const { term, lines: hits } of file.hits) {
    const value = pool.terms[term]!.weight * idfs[term]!;
    if (value === 0) continue;
    for (const { line, text } of hits) {
      const known = lines.get(line);
      if (known) known.weight += value;
      else lines.set(line, { text, weight: value });
    }
  }
  const heaviest = [...lines.values()].sort((a, b) => b.weight - a.weight).slice(0, MAX_LINES);
  for (const { text, weight } of heaviest)
    for (const name of new Set(identifiersIn(text))) vote(name, origin, weight, pool, votes);
}

function vote(name: string, origin: TermOrigin, weight: number, pool: EvidencePool, votes: Map<string, Vote>): void {
  if (!isTelling(name)) return;
  const term = termOf(name);
  if (!term) return;
  const known = pool.indexOf(term);
  if (known !== undefined && pool.terms[known]!.searched) return;
  let entry = votes.get(term.key);
  if (!entry) votes.set(term.key, (entry = { term, origins: new Map(), total: 0 }));
  entry.total += weight;
  entry.origins.set(origin, (entry.origins.get(origin) ?? 0) + weight);
}

/** Names of several words; a plain word says too little to be worth a search. */
const isTelling = (name: string): boolean =>
  name.length >= 4 && name.length <= 60 && /[a-z0-9]_[A-Za-z0-9]|[a-z0-9][A-Z]/.test(name);

const mainOrigin = (origins: ReadonlyMap<TermOrigin, number>): TermOrigin =>
  [...origins].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]![0];
