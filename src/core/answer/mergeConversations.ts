/** Two windows may go on with one conversation: what each of them did is kept. */
import type { Conversation, Exchange } from '#core/answer/conversation.ts';

/**
 * What is to be kept of a conversation that was changed here (`ours`) and elsewhere (`theirs`) since both were `base`.
 * All exchanges stay. One that both changed is kept as it is here, as without a base; a title likewise. Gives `ours`
 * itself where nothing was changed elsewhere.
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
    const isTheirs = changed && isEqual(exchange, known.get(exchange.id)) && !isEqual(exchange, changed);
    return isTheirs ? changed : exchange;
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

const isSame = (a: Conversation, b: Conversation): boolean =>
  a.title === b.title &&
  a.createdMs === b.createdMs &&
  a.updatedMs === b.updatedMs &&
  a.exchanges.length === b.exchanges.length &&
  a.exchanges.every((exchange, i) => exchange === b.exchanges[i]);

const isEqual = (a: Exchange, b: Exchange | undefined): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);
