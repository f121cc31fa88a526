/**
 * The hand-written mixture of evidence: which candidates an episode offers first, and what the hand-written searcher
 * goes by. Weights were set on the training repositories; docs/results.md has the figures.
 */
import type { MixtureWeights } from '#core/agent/candidates.ts';
import type { FileEvidence } from '#core/agent/pool.ts';
import type { FileKind } from '#core/search/fileKind.ts';
import type { Question } from '#core/search/question.ts';

export const PRIOR_WEIGHTS: MixtureWeights = {
  window: 1,
  file: 0.08,
  'file-name': 0.28,
  folders: 0.13,
  definition: 0.4,
  coverage: 0.3,
  'line-coverage': 0.3,
  names: 0.08,
  history: 0.65,
  'co-change': 0.1,
  hop: 0.1,
  mention: 0.03,
  tested: 0.14,
  documented: 0.07,
  symbol: 0.35,
  'spelled-out': 1,
};

/** Sources answer most questions; tests and docs come first only when the question is about them. */
const KIND_FACTORS: Record<FileKind, number> = {
  source: 1,
  config: 0.6,
  docs: 0.4,
  test: 0.35,
  data: 0.3,
  generated: 0.2,
};

/** A changelog mentions everything and explains nothing. */
const CHANGELOG = /(^|\/)(changelog|changes|history|news|releases?)(\.[a-z]+)?$/i;
const ASKS_CHANGELOG = /\b(change ?log|release notes?|history|news)\b/i;

export function kindFactor(file: FileEvidence, question: Question): number {
  if (file.kind === 'test' && question.asksTests) return 0.8;
  if (file.kind === 'docs' && question.asksDocs)
    return CHANGELOG.test(file.path) && !ASKS_CHANGELOG.test(question.text) ? KIND_FACTORS.docs : 1;
  return KIND_FACTORS[file.kind];
}
