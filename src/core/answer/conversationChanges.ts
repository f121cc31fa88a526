/**
 * What can happen to a conversation. Every change gives a new conversation and is total: what names an exchange or a
 * citation that is not there changes nothing.
 */
import type { EpisodeEvent, TrailTurn } from '#core/agent/event.ts';
import type { Answer } from '#core/answer/answer.ts';
import {
  NO_FEEDBACK,
  type Conversation,
  type Exchange,
  type ExchangeFeedback,
  type ExchangeProse,
  type Failure,
  type Tick,
  type Verdict,
} from '#core/answer/conversation.ts';
import { printable } from '#core/answer/plainText.ts';
import type { Span } from '#core/search/span.ts';

/** A conversation in which nothing has been asked yet; its title comes with the first question. */
export const startConversation = (id: string, nowMs: number): Conversation => ({
  id,
  title: '',
  createdMs: nowMs,
  updatedMs: nowMs,
  exchanges: [],
});

/** Adds a question that runs from now on. One whose id is there already starts anew, with nothing said about it. */
export function startExchange(
  conversation: Conversation,
  asked: Pick<Exchange, 'id' | 'question' | 'scope' | 'selection'>,
  nowMs: number,
): Conversation {
  const exchange: Exchange = {
    id: asked.id,
    question: asked.question,
    scope: asked.scope,
    ...(asked.selection && { selection: asked.selection }),
    askedMs: nowMs,
    state: 'running',
    trail: [],
    feedback: NO_FEEDBACK,
  };
  const { exchanges } = conversation;
  const isKnown = exchanges.some(({ id }) => id === asked.id);
  return {
    ...conversation,
    title: conversation.title || titleOf(asked.question),
    updatedMs: nowMs,
    exchanges: isKnown ? exchanges.map((one) => (one.id === asked.id ? exchange : one)) : [...exchanges, exchange],
  };
}

/** Takes what happens in the search of a running exchange into its trail. */
export const addEvent = (conversation: Conversation, id: string, event: EpisodeEvent): Conversation =>
  changeExchange(conversation, id, (exchange) =>
    exchange.state === 'running' ? { ...exchange, trail: withEvent(exchange.trail, event) } : exchange,
  );

/** The answer has come. One that comes after its exchange was cancelled is left out. */
export const finishExchange = (conversation: Conversation, id: string, answer: Answer, nowMs: number): Conversation =>
  endExchange(conversation, id, nowMs, {
    state: answer.stopReason === 'cancelled' ? 'cancelled' : 'answered',
    answer,
    trail: answer.trail,
  });

export const failExchange = (conversation: Conversation, id: string, failure: Failure, nowMs: number): Conversation =>
  endExchange(conversation, id, nowMs, { state: 'failed', failure });

export const cancelExchange = (conversation: Conversation, id: string, nowMs: number): Conversation =>
  endExchange(conversation, id, nowMs, { state: 'cancelled' });

/** What a language model has written over the answer so far; without an answer there is nothing to write over. */
export function setProse(conversation: Conversation, id: string, prose: ExchangeProse, nowMs: number): Conversation {
  const changed = changeExchange(conversation, id, (exchange) => (exchange.answer ? { ...exchange, prose } : exchange));
  return changed === conversation ? conversation : { ...changed, updatedMs: nowMs };
}

/** `none` takes the verdict back. */
export const giveVerdict = (
  conversation: Conversation,
  id: string,
  verdict: Verdict | 'none',
  nowMs: number,
): Conversation =>
  changeFeedback(conversation, id, nowMs, ({ ticks, places }) =>
    verdict === 'none' ? { ticks, places } : { verdict, ticks, places },
  );

/** Ticks the citation of a number; `none` takes the tick back. */
export function giveTick(
  conversation: Conversation,
  id: string,
  given: { readonly number: number; readonly tick: Tick | 'none' },
  nowMs: number,
): Conversation {
  const answer = findExchange(conversation, id)?.answer;
  if (!answer?.citations.some(({ number }) => number === given.number)) return conversation;
  return changeFeedback(conversation, id, nowMs, (feedback) => {
    const others = Object.entries(feedback.ticks).filter(([number]) => Number(number) !== given.number);
    const ticks = given.tick === 'none' ? others : [...others, [given.number, given.tick] as const];
    return { ...feedback, ticks: Object.fromEntries(ticks) };
  });
}

/** Adds a right place; one that was pointed out before stays where it is. */
export const addPlace = (conversation: Conversation, id: string, place: Span, nowMs: number): Conversation =>
  changeFeedback(conversation, id, nowMs, (feedback) =>
    feedback.places.some((known) => isSame(known, place))
      ? feedback
      : {
          ...feedback,
          places: [...feedback.places, { path: place.path, start: place.start, end: place.end }],
        },
  );

/** Takes the right place of an index away. */
export const removePlace = (conversation: Conversation, id: string, index: number, nowMs: number): Conversation =>
  changeFeedback(conversation, id, nowMs, (feedback) =>
    feedback.places[index] ? { ...feedback, places: feedback.places.filter((_, i) => i !== index) } : feedback,
  );

/** An empty title brings back the one made of the first question. */
export function renameConversation(conversation: Conversation, title: string, nowMs: number): Conversation {
  const shown = printable(title).trim().slice(0, MAX_TITLE).toWellFormed();
  const renamed = shown || titleOf(conversation.exchanges[0]?.question ?? '');
  return renamed === conversation.title ? conversation : { ...conversation, title: renamed, updatedMs: nowMs };
}

/** What was running when the editor went away does not run any more. */
export function afterRestart(conversation: Conversation): Conversation {
  const exchanges = conversation.exchanges.map(interrupted);
  return exchanges.some((exchange, i) => exchange !== conversation.exchanges[i])
    ? { ...conversation, exchanges }
    : conversation;
}

export const findExchange = (conversation: Conversation, id: string): Exchange | undefined =>
  conversation.exchanges.find((exchange) => exchange.id === id);

/** The question in one line, shortened after a word. */
export function titleOf(question: string): string {
  const line = printable(question).trim().replace(/\s+/g, ' ');
  if (line.length <= SHORT_TITLE) return line;
  const cut = line.slice(0, SHORT_TITLE).toWellFormed();
  const space = cut.lastIndexOf(' ');
  return `${cut.slice(0, space > SHORT_TITLE / 2 ? space : undefined).replace(/[\s,;:.\u2026\ufffd]+$/, '')}…`;
}

/** UTF-16 units. */
const SHORT_TITLE = 60;
const MAX_TITLE = 120;

function changeExchange(
  conversation: Conversation,
  id: string,
  change: (exchange: Exchange) => Exchange,
): Conversation {
  const exchange = findExchange(conversation, id);
  const changed = exchange && change(exchange);
  if (!changed || changed === exchange) return conversation;
  return { ...conversation, exchanges: conversation.exchanges.map((one) => (one.id === id ? changed : one)) };
}

function interrupted(exchange: Exchange): Exchange {
  if (exchange.state === 'running') return { ...exchange, state: 'interrupted' };
  if (exchange.prose?.state !== 'running') return exchange;
  return { ...exchange, prose: { ...exchange.prose, state: 'interrupted' } };
}

/** Only what runs can end; what was interrupted may have gone on in another window. */
function endExchange(conversation: Conversation, id: string, nowMs: number, end: Partial<Exchange>): Conversation {
  const ended = changeExchange(conversation, id, (exchange) =>
    exchange.state === 'running' || exchange.state === 'interrupted' ? { ...exchange, ...end } : exchange,
  );
  return ended === conversation ? conversation : { ...ended, updatedMs: nowMs };
}

function changeFeedback(
  conversation: Conversation,
  id: string,
  nowMs: number,
  change: (feedback: ExchangeFeedback) => ExchangeFeedback,
): Conversation {
  const changed = changeExchange(conversation, id, (exchange) => {
    const feedback = change(exchange.feedback);
    return !exchange.answer || feedback === exchange.feedback ? exchange : { ...exchange, feedback };
  });
  return changed === conversation ? conversation : { ...changed, updatedMs: nowMs };
}

/** Events come in their order, but a panel may have missed the first of them. */
function withEvent(trail: readonly TrailTurn[], event: EpisodeEvent): readonly TrailTurn[] {
  if (event.type === 'stopped') return trail;
  const known = trail.find(({ turn }) => turn === event.turn) ?? { turn: event.turn, calls: [], ms: 0 };
  const changed = changedTurn(known, event);
  const others = trail.filter(({ turn }) => turn !== event.turn);
  return [...others, changed].sort((a, b) => a.turn - b.turn);
}

function changedTurn(turn: TrailTurn, event: Exclude<EpisodeEvent, { type: 'stopped' }>): TrailTurn {
  if (event.type === 'call-ended') return { ...turn, calls: [...turn.calls, event.call] };
  return event.type === 'turn-ended' ? { ...turn, ms: event.ms } : turn;
}

const isSame = (a: Span, b: Span): boolean => a.path === b.path && a.start === b.start && a.end === b.end;
