/** Two windows may go on with one conversation: what each of them did is kept. */
import type { Conversation, Exchange } from '#core/answer/conversation.ts';

/**
 * What is to be kept of a conversation that was changed here (`ours`) and elsewhere (`theirs`) since both were `base`.
 * All exchanges stay. One that both changed is kept as it is here, as without a base; a title likewise. What was said
 * about an answer and what a model wrote over it are taken for themselves, because the one may last while the other is
 * done elsewhere. Gives `ours` itself where nothing was changed elsewhere.
 */
export function mergeConversations(
  base: Conversation | undefined,
  ours: Conversation,
  theirs: Conversation,
): Conversation {
  const known = new Map(base?.exchanges.map((exchange) => [exchange.id, exchange]));
  const other = new Map(theirs.exchanges.map((exchange) => [exchange.id, exchange]));
  const kept = ours.exchanges.map((exchange) => {
    const changed = other.get(exchange.id);
    return changed ? mergeExchange(known.get(exchange.id), exchange, changed) : exchange;
  });
  const mine = new Set(ours.exchanges.map(({ id }) => id));
  const added = theirs.exchanges.filter(({ id }) => !mine.has(id));
  const merged = {
    id: ours.id,
    title: base && ours.title === base.title ? theirs.title : ours.title,
    createdMs: Math.min(ours.createdMs, theirs.createdMs),
    updatedMs: Math.max(ours.updatedMs, theirs.updatedMs),
    exchanges: added.length ? [...kept, ...added].sort((a, b) => a.askedMs - b.askedMs) : kept,
  };
  return isSame(merged, ours) ? ours : merged;
}

function mergeExchange(base: Exchange | undefined, ours: Exchange, theirs: Exchange): Exchange {
  if (isEqual(ours, base)) return isEqual(ours, theirs) ? ours : theirs;
  // What was taken for interrupted here has gone on there.
  if (ours.state === 'interrupted' && base?.state === 'running' && theirs.state !== 'running') return theirs;
  if (!base || !ours.answer || !theirs.answer) return ours;
  const feedback = isEqual(ours.feedback, base.feedback) ? theirs.feedback : ours.feedback;
  // What was taken for interrupted here may have gone on there.
  const isOurs = ours.prose && ours.prose.state !== 'interrupted' && !isEqual(ours.prose, base.prose);
  const prose = isOurs ? ours.prose : (theirs.prose ?? ours.prose);
  if (isEqual(feedback, ours.feedback) && isEqual(prose, ours.prose)) return ours;
  return { ...ours, feedback, ...(prose && { prose }) };
}

const isSame = (a: Conversation, b: Conversation): boolean =>
  a.title === b.title &&
  a.createdMs === b.createdMs &&
  a.updatedMs === b.updatedMs &&
  a.exchanges.length === b.exchanges.length &&
  a.exchanges.every((exchange, i) => exchange === b.exchanges[i]);

const isEqual = <T>(a: T, b: T | undefined): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
