/**
 * Names found on the way that are worth a search of their own: a line that matches the question, in a test or a docs
 * section, often names the function or the type that does the work somewhere else.
 */
import type { TermOrigin } from '#core/agent/action.ts';
import type { Candidate } from '#core/agent/candidates.ts';
import { termIdfs } from '#core/agent/fileScores.ts';
import type { EvidencePool, FileEvidence, PoolTerm } from '#core/agent/pool.ts';
import { identifiersIn, termOf, type Term } from '#core/search/words.ts';

export interface Lead {
  readonly term: Term;
  readonly origin: TermOrigin;
  /** In (0, 1]; 1 for the strongest. */
  readonly strength: number;
}

export const MAX_LEADS = 32;
/** Tests, lines of each and sections that are looked at for names. */
const MAX_TESTS = 8;
const MAX_LINES = 200;
const MAX_SECTIONS = 8;
/** From so many tests on, a name that more than half of them have is the test framework's. */
const TESTS_TO_COMPARE = 4;

interface Vote {
  readonly term: Term;
  /** A name of tests and docs counts as the tests'. */
  readonly origin: TermOrigin;
  tests: number;
  total: number;
}

/** The strongest names that the question does not have itself, best first; ties go by name. */
export function findLeads(pool: EvidencePool, candidates: readonly Candidate[]): Lead[] {
  const votes = new Map<string, Vote>();
  const idfs = termIdfs(pool);
  const tests = bestTests(candidates);
  for (const file of tests) voteTest(file, pool, idfs, votes);
  for (const [i, section] of pool.sections.slice(0, MAX_SECTIONS).entries())
    for (const name of new Set(identifiersIn(section.text))) vote(name, 'docs', 1 / (1 + i), pool, votes);
  const isFramework = (one: Vote): boolean => tests.length >= TESTS_TO_COMPARE && one.tests > tests.length / 2;
  const ranked = [...votes.values()]
    .filter((one) => !isFramework(one))
    .sort((a, b) => b.total - a.total || (a.term.key < b.term.key ? -1 : 1))
    .slice(0, MAX_LEADS);
  const best = ranked[0]?.total ?? 1;
  return ranked.map(({ term, origin, total }) => ({ term, origin, strength: total / best }));
}

function bestTests(candidates: readonly Candidate[]): FileEvidence[] {
  const files = new Set<FileEvidence>();
  for (const { file } of candidates) if (file.kind === 'test' && files.size < MAX_TESTS) files.add(file);
  return [...files];
}

/** A name gets the weight of the question's terms on its best line in each test. */
function voteTest(file: FileEvidence, pool: EvidencePool, idfs: Float64Array, votes: Map<string, Vote>): void {
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
  const voted = new Set<string>();
  for (const { text, weight } of [...lines.values()].sort((a, b) => b.weight - a.weight).slice(0, MAX_LINES))
    for (const name of identifiersIn(text)) {
      if (voted.has(name)) continue;
      voted.add(name);
      vote(name, 'test', weight, pool, votes);
    }
}

function vote(name: string, origin: TermOrigin, weight: number, pool: EvidencePool, votes: Map<string, Vote>): void {
  const term = isTelling(name) ? termOf(name) : undefined;
  const known = term && pool.indexOf(term);
  if (!term || (known !== undefined && needsNoLead(pool.terms[known]!))) return;
  let entry = votes.get(term.key);
  if (!entry) votes.set(term.key, (entry = { term, origin, tests: 0, total: 0 }));
  entry.total += weight;
  if (origin === 'test') entry.tests++;
}

/** Terms of the question are offered anyway until they are searched; twice, one call would be two choices. */
const needsNoLead = ({ origin, searched }: PoolTerm): boolean => searched || origin === 'question';

/** Names of several words; a plain word says too little to be worth a search. */
const isTelling = (name: string): boolean =>
  name.length >= 4 && name.length <= 60 && /[a-z0-9]_[A-Za-z0-9]|[a-z0-9][A-Z]/.test(name);
