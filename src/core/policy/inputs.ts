/**
 * What the network reads and what it decides, by name and in order. A model file carries these names; a model of other
 * names is refused.
 *
 * Letters: C candidates, W words (terms and names that a turn may search), F, U, G and P inputs of a candidate, of a
 * word, of a state and of a step.
 */
import { FEATURES, MAX_CANDIDATES } from '#core/agent/candidates.ts';
import { MAX_LEADS } from '#core/agent/leads.ts';
import { MAX_NAMES } from '#core/agent/legalActions.ts';
import { MAX_QUESTION_TERMS } from '#core/search/question.ts';

/** Rows that a state is filled up to with zeros. */
export const CANDIDATES = MAX_CANDIDATES;
export const WORDS = MAX_QUESTION_TERMS + MAX_LEADS + MAX_NAMES;

export const FILE_KINDS = ['source', 'test', 'docs', 'config', 'generated', 'data'] as const;

/** [F] Shares and logarithms, so that all lie near [0, 1]. */
export const CANDIDATE_INPUTS = [
  ...FEATURES,
  ...FILE_KINDS.map((kind) => `kind-${kind}` as const),
  /** The hand-written mixture, as it is and beside the best. */
  'prior',
  'prior-share',
  /** Place among all candidates; place of its file among the files; what its file's best window has. */
  'rank',
  'file-rank',
  'file-prior',
  /** Its prior and its BM25 beside the best of the file; its place in the file; how many candidates the file has. */
  'share-of-file',
  'window-of-file',
  'rank-in-file',
  'windows-in-file',
  /** How far down the file it begins; whether at the top. */
  'depth',
  'top-of-file',
  /** BM25 of the windows before and after it. */
  'before',
  'after',
  /** Whether the episode has read it, and what it saw there: question terms in the names of the definitions around and
   * in it, in their doc comments, and in what stands at their heads. */
  'read',
  'defined-names',
  'doc-comments',
  'signatures',
  /** About the question, the same for all. */
  'asks-tests',
  'asks-docs',
  'question-length',
] as const;

/** [U] */
export const WORD_INPUTS = [
  'is-term',
  'is-test-lead',
  'is-docs-lead',
  'is-symbol',
  'lead',
  'weight',
  'is-name',
  'parts',
  'length',
] as const;

/** [G] */
export const STATE_INPUTS = [
  'citing',
  'turn-1',
  'turn-2',
  'turn-3',
  'turn-4',
  'turns-left',
  'files-found',
  'share-of-files',
  'terms-found',
  'candidates',
  /** Of the candidate with the best prior: coverage, lead over the next file, prior. */
  'first-coverage',
  'first-lead',
  'first-prior',
  'asks-tests',
  'asks-docs',
  'question-terms',
  'question-names',
  'leads',
  /** Calls that this turn could make. */
  'docs-open',
  'history-open',
  'co-change-open',
  /** Share of the first 10 and 40 candidates that was read. */
  'read-of-10',
  'read-of-40',
  'failed-grep',
  'failed-read',
  'failed-symbols',
  'failed-docs',
  'failed-history',
] as const;

/** [P] What changes between two decisions of one turn. */
export const STEP_INPUTS = ['cited', 'none-cited', 'calls', 'greps', 'reads', 'calls-left', 'words-left'] as const;

/** Decisions that do not point at anything. */
export const PLAIN_ACTIONS = ['docs', 'history', 'co-change', 'run', 'answer', 'finish', 'not-found'] as const;
export type PlainAction = (typeof PLAIN_ACTIONS)[number];

/** Kinds of actions in the order in which their logits stand. */
export const ACTIONS = ['cite', 'read', 'word', ...PLAIN_ACTIONS] as const;

/** Where the logits of each kind begin in the one list of a state, and how many there are: V. */
export const SLOTS = {
  cite: 0,
  read: CANDIDATES,
  word: 2 * CANDIDATES,
  plain: 2 * CANDIDATES + WORDS,
  count: 2 * CANDIDATES + WORDS + PLAIN_ACTIONS.length,
} as const;
