/** Answers that were given elsewhere in the editor: what the user says about them counts, and the panel can show them. */
import type { Answer } from '#core/answer/answer.ts';
import type { Exchange, Verdict } from '#core/answer/conversation.ts';
import { finishExchange, giveVerdict, startExchange } from '#core/answer/conversationChanges.ts';
import { FEEDBACK_VERSION } from '#core/feedback/feedbackEvent.ts';
import type { FeedbackStore } from '#node/stores/feedbackStore.ts';
import type { ChatHost } from './chatHost.ts';
import type { GiveFeedback } from './giveFeedback.ts';
import type { OpenConversations } from './openConversations.ts';

/** An answer that feedback knows under its id. */
export interface OtherAnswer extends Pick<Exchange, 'id' | 'question' | 'scope' | 'selection' | 'askedMs'> {
  /** Questions of the chat before it, the latest last. */
  readonly earlier?: readonly string[];
  readonly answer: Answer;
}

export interface OtherAnswers {
  /** Shows it: in the conversation that has it, else in a new one. */
  show(answer: OtherAnswer): Promise<void>;
  /** False for an answer that feedback does not know. Rejects with a `StoreError` when the disk does not do its part. */
  judge(id: string, verdict: Verdict): Promise<boolean>;
}

export function otherAnswers(
  conversations: OpenConversations,
  feedback: GiveFeedback,
  store: FeedbackStore,
  host: ChatHost,
): OtherAnswers {
  /** Conversations of answers that were shown, by the answers' ids. */
  const shownIn = new Map<string, string>();
  const verdicts = new Map<string, Verdict>();

  return {
    async show(other) {
      const known = conversations.withExchange(other.id)?.id ?? shownIn.get(other.id);
      if (known !== undefined && (await conversations.show(known))) return;
      if (conversations.shown().exchanges.length > 0) conversations.begin();
      const { id } = conversations.shown();
      const verdict = verdicts.get(other.id);
      conversations.change(
        id,
        (now) => {
          const finished = finishExchange(
            startExchange(now, other, other.askedMs),
            other.id,
            other.answer,
            host.nowMs(),
          );
          return verdict ? giveVerdict(finished, other.id, verdict, host.nowMs()) : finished;
        },
        { exchange: other.id },
      );
      shownIn.set(other.id, id);
    },
    async judge(id, verdict) {
      if (conversations.withExchange(id)) await feedback.verdict(id, verdict);
      else if (await isKnown(store, id))
        await store.append({ version: FEEDBACK_VERSION, id, timeMs: host.nowMs(), type: 'verdict', verdict });
      else return false;
      verdicts.set(id, verdict);
      if (verdict === 'accepted') host.setFact('accepted', true);
      return true;
    },
  };
}

async function isKnown(store: FeedbackStore, id: string): Promise<boolean> {
  const { events } = await store.readAll();
  return events.some((event) => event.type === 'answered' && event.id === id);
}
