/** What the user says about answers: shown, and kept as events that nothing changes afterwards. */
import type { Conversation, Exchange, Tick, Verdict } from '#core/answer/conversation.ts';
import { addPlace, findExchange, giveTick, giveVerdict, removePlace } from '#core/answer/conversationChanges.ts';
import { FEEDBACK_VERSION, type FeedbackEvent, type PlaceText } from '#core/feedback/feedbackEvent.ts';
import type { ChatHost } from './chatHost.ts';
import type { OpenConversations } from './openConversations.ts';

export interface GiveFeedback {
  verdict(id: string, verdict: Verdict | 'none'): Promise<void>;
  tick(id: string, number: number, tick: Tick | 'none'): Promise<void>;
  /** The active editor's selection is a right place. */
  addSelection(id: string): Promise<void>;
  removePlace(id: string, index: number): Promise<void>;
  signal(id: string, signal: 'opened' | 'copied', number: number): Promise<void>;
}

type Said = FeedbackEvent extends infer E
  ? E extends FeedbackEvent
    ? Omit<E, 'version' | 'id' | 'timeMs'>
    : never
  : never;

/** Keeps an event. Never rejects. */
export type KeepEvent = (event: FeedbackEvent) => Promise<void>;

export function giveFeedback(conversations: OpenConversations, keep: KeepEvent, host: ChatHost): GiveFeedback {
  const append = (id: string, said: Said): Promise<void> =>
    keep({ version: FEEDBACK_VERSION, id, timeMs: host.nowMs(), ...said } as FeedbackEvent);
  /** Nothing is kept of what changes nothing: a tick on a citation that is not there. */
  const say = async (id: string, change: (now: Conversation) => Conversation, said: Said): Promise<void> => {
    const conversation = conversations.withExchange(id);
    if (!conversation || change(conversation) === conversation) return;
    conversations.change(conversation.id, change, { exchange: id });
    await append(id, said);
  };
  const exchangeOf = (id: string): Exchange | undefined => {
    const conversation = conversations.withExchange(id);
    return conversation && findExchange(conversation, id);
  };

  return {
    async verdict(id, verdict) {
      await say(id, (now) => giveVerdict(now, id, verdict, host.nowMs()), { type: 'verdict', verdict });
      if (verdict === 'accepted') host.setFact('accepted', true);
    },
    tick: (id, number, tick) =>
      say(id, (now) => giveTick(now, id, { number, tick }, host.nowMs()), { type: 'tick', number, tick }),
    async addSelection(id) {
      const place = host.selection();
      if (!place) return host.tell(host.sentences.selectFirst);
      await say(id, (now) => addPlace(now, id, place, host.nowMs()), { type: 'place', place, taken: 'added' });
    },
    async removePlace(id, index) {
      const place = exchangeOf(id)?.feedback.places[index];
      if (place)
        await say(id, (now) => removePlace(now, id, index, host.nowMs()), {
          type: 'place',
          place: { ...place, lines: [] },
          taken: 'removed',
        });
    },
    async signal(id, signal, number) {
      if (isCited(exchangeOf(id), number)) await append(id, { type: 'signal', signal, number });
    },
  };
}

const isCited = (exchange: Exchange | undefined, number: number): boolean =>
  exchange?.answer?.citations.some((citation) => citation.number === number) ?? false;

/** A citation with its lines, to be found again. */
export function citedPlaces(exchange: Exchange | undefined, number?: number): PlaceText[] {
  const citations = exchange?.answer?.citations ?? [];
  return citations
    .filter((citation) => number === undefined || citation.number === number)
    .map(({ path, start, end, lines }) => ({ path, start, end, lines }));
}
