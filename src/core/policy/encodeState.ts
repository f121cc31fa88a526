/**
 * From an observation to the numbers that the network reads. Made once a turn: between its decisions only the few
 * numbers of `encodeStep` change.
 */
import type { Action } from '#core/agent/action.ts';
import type { Observation } from '#core/agent/observation.ts';
import { actionKey } from '#core/agent/legalActions.ts';
import { countCalls } from '#core/agent/turn.ts';
import { DEFAULT_BUDGET } from '#core/agent/budget.ts';
import { encodeCandidates } from '#core/policy/encodeCandidates.ts';
import {
  PLAIN_ACTIONS,
  SLOTS,
  STATE_INPUTS,
  STEP_INPUTS,
  WORD_INPUTS,
  WORDS,
  type PlainAction,
} from '#core/policy/inputs.ts';
import type { Question } from '#core/search/question.ts';

/** What a network reads of one state. Only the rows that there are; a batch fills them up. */
export interface EncodedState {
  /** [C, F] */
  readonly candidates: Float32Array;
  /** [W, U] */
  readonly words: Float32Array;
  /** [G] */
  readonly state: Float32Array;
}

/** A state, and where its actions stand among the logits. */
export interface StateView {
  readonly encoded: EncodedState;
  /** The slot of an action, in [0, V). Undefined for one that the state did not offer. */
  slotOf(action: Action): number | undefined;
}

/** @param legal the legal actions of the first decision of a turn. */
export function encodeState(observation: Observation, legal: readonly Action[]): StateView {
  const words = legal.filter((action) => action.kind === 'grep' || action.kind === 'symbols').slice(0, WORDS);
  const wordSlots = new Map(words.map((action, i) => [actionKey(action), SLOTS.word + i]));
  const candidates = encodeCandidates(observation);
  return {
    encoded: {
      candidates: candidates.rows,
      words: Float32Array.from(words.flatMap((action) => encodeWord(action, observation.question))),
      state: encodeGlobals(observation, legal, candidates.isRead),
    },
    slotOf(action) {
      if (action.kind === 'cite') return SLOTS.cite + action.candidate;
      if (action.kind === 'read') return SLOTS.read + action.candidate;
      if (action.kind === 'grep' || action.kind === 'symbols') return wordSlots.get(actionKey(action));
      return plainSlot(action.kind);
    },
  };
}

const plainSlot = (kind: PlainAction): number => SLOTS.plain + PLAIN_ACTIONS.indexOf(kind);

function encodeWord(action: Action, { terms }: Question): number[] {
  const isGrep = action.kind === 'grep';
  const text = isGrep ? action.term.text : action.kind === 'symbols' ? action.name : '';
  const asked = isGrep ? terms.find(({ term }) => term.key === action.term.key) : undefined;
  const origin = isGrep ? action.origin : undefined;
  const values: Record<(typeof WORD_INPUTS)[number], number> = {
    'is-term': Number(origin === 'question'),
    'is-test-lead': Number(origin === 'test'),
    // No network has seen a language model's words: they stand as names that the docs have.
    'is-docs-lead': Number(origin === 'docs' || origin === 'model'),
    'is-symbol': Number(action.kind === 'symbols'),
    lead: isGrep ? action.lead : 1,
    weight: (asked?.weight ?? 0) / 3,
    'is-name': Number(asked?.isName ?? true),
    parts: (isGrep ? action.term.parts.length : 1) / 4,
    length: Math.min(text.length, 40) / 20,
  };
  return WORD_INPUTS.map((name) => values[name]);
}

function encodeGlobals(observation: Observation, legal: readonly Action[], isRead: readonly boolean[]): Float32Array {
  const { question, turn, candidates, failed, filesFound, filesSearched } = observation;
  const [first] = candidates;
  const rival = candidates.find(({ span }) => span.path !== first?.span.path);
  const offers = (kind: Action['kind']): number => Number(legal.some((action) => action.kind === kind));
  const readShare = (count: number): number => isRead.slice(0, count).filter(Boolean).length / count;
  const values: Record<(typeof STATE_INPUTS)[number], number> = {
    citing: Number(observation.phase === 'cite'),
    'turn-1': Number(turn === 1),
    'turn-2': Number(turn === 2),
    'turn-3': Number(turn === 3),
    'turn-4': Number(turn >= 4),
    'turns-left': observation.turnsLeft / DEFAULT_BUDGET.turns,
    'files-found': Math.log1p(filesFound) / 8,
    'share-of-files': filesFound / Math.max(1, filesSearched, filesFound),
    'terms-found': observation.termsFound,
    candidates: candidates.length / 300,
    'first-coverage': first?.coverage ?? 0,
    'first-lead': first ? (rival ? 1 - rival.prior / Math.max(first.prior, 1e-9) : 1) : 0,
    'first-prior': first?.prior ?? 0,
    'asks-tests': Number(question.asksTests),
    'asks-docs': Number(question.asksDocs),
    'question-terms': question.terms.length / 32,
    'question-names': Math.min(question.names.length, 8) / 8,
    leads: legal.filter((action) => action.kind === 'grep' && action.origin !== 'question').length / 32,
    'docs-open': offers('docs'),
    'history-open': offers('history'),
    'co-change-open': offers('co-change'),
    'read-of-10': readShare(10),
    'read-of-40': readShare(40),
    'failed-grep': Number(failed.includes('grep')),
    'failed-read': Number(failed.includes('read')),
    'failed-symbols': Number(failed.includes('symbols')),
    'failed-docs': Number(failed.includes('docs')),
    'failed-history': Number(failed.includes('history')),
  };
  return Float32Array.from(STATE_INPUTS, (name) => values[name]);
}

/** [P] */
export function encodeStep({ pending, cited, callsLeft }: Observation, legal: readonly Action[]): Float32Array {
  const count = (kind: Action['kind']): number => pending.filter((action) => action.kind === kind).length;
  const values: Record<(typeof STEP_INPUTS)[number], number> = {
    cited: cited.length / DEFAULT_BUDGET.citations,
    'none-cited': Number(cited.length === 0),
    calls: countCalls(pending, DEFAULT_BUDGET.termsPerGrep) / DEFAULT_BUDGET.callsPerTurn,
    greps: count('grep') / 16,
    reads: count('read') / DEFAULT_BUDGET.callsPerTurn,
    'calls-left': callsLeft / DEFAULT_BUDGET.callsPerTurn,
    'words-left': legal.filter(({ kind }) => kind === 'grep' || kind === 'symbols').length / 32,
  };
  return Float32Array.from(STEP_INPUTS, (name) => values[name]);
}
