/** Runs questions: sends them to the searching process, shows the trail as it comes, and keeps what came out. */
import type { Conversation, Exchange } from '#core/answer/conversation.ts';
import {
  addEvent,
  cancelExchange,
  failExchange,
  findExchange,
  finishExchange,
  startExchange,
} from '#core/answer/conversationChanges.ts';
import { FEEDBACK_VERSION, type FeedbackEvent } from '#core/feedback/feedbackEvent.ts';
import type { AskReply, SearchService } from '#node/service/searchService.ts';
import type { ChatHost } from './chatHost.ts';
import { failureOf, missingTool } from './failures.ts';
import type { KeepEvent } from './giveFeedback.ts';
import type { OpenConversations } from './openConversations.ts';

export interface AskQuestions {
  /** Asks in the conversation that is shown. */
  ask(asked: Pick<Exchange, 'question' | 'scope' | 'selection'>): Promise<void>;
  /** Asks again what was not answered. */
  retry(id: string): Promise<void>;
  cancel(id: string): void;
  cancelAll(): void;
  /** Ends what runs without a word about it: the editor goes away. */
  stop(): void;
}

export interface AskParts {
  readonly service: SearchService;
  readonly conversations: OpenConversations;
  readonly keep: KeepEvent;
  readonly host: ChatHost;
  /** Called with an exchange that has got its answer. */
  answered(exchange: Exchange): void;
}

export function askQuestions(parts: AskParts): AskQuestions {
  const { conversations, host } = parts;
  const running = new Map<string, AbortController>();
  let isStopped = false;

  const begin = async (
    conversation: Conversation,
    asked: Pick<Exchange, 'id' | 'question' | 'scope' | 'selection'>,
  ): Promise<void> => {
    const control = new AbortController();
    running.set(asked.id, control);
    const change = (next: (now: Conversation) => Conversation): void =>
      conversations.change(conversation.id, next, { exchange: asked.id });
    change((now) => startExchange(now, asked, host.nowMs()));
    try {
      const reply = await search(parts, conversation, asked, control.signal);
      if (!isStopped) await keep(parts, asked, reply, change);
    } catch (error) {
      if (isStopped) return;
      const failed = control.signal.aborted ? undefined : failureOf(error, host.sentences.unexpected);
      if (failed) host.log(error);
      change((now) =>
        failed ? failExchange(now, asked.id, failed, host.nowMs()) : cancelExchange(now, asked.id, host.nowMs()),
      );
    } finally {
      running.delete(asked.id);
    }
  };

  const cancel = (id: string): void => {
    const conversation = conversations.withExchange(id);
    running.get(id)?.abort();
    if (conversation)
      conversations.change(conversation.id, (now) => cancelExchange(now, id, host.nowMs()), { exchange: id });
  };

  return {
    ask: (asked) => begin(conversations.shown(), { ...asked, id: host.newId() }),
    async retry(id) {
      const conversation = conversations.withExchange(id);
      const exchange = conversation && findExchange(conversation, id);
      if (exchange && !running.has(id) && exchange.state !== 'answered') await begin(conversation, exchange);
    },
    cancel,
    cancelAll: () => [...running.keys()].forEach(cancel),
    stop() {
      isStopped = true;
      for (const control of running.values()) control.abort();
    },
  };
}

function search(
  { service, conversations, host }: AskParts,
  conversation: Conversation,
  { id, question, scope, selection }: Pick<Exchange, 'id' | 'question' | 'scope' | 'selection'>,
  signal: AbortSignal,
): Promise<AskReply> {
  const earlier = questionsBefore(conversation, id);
  return service.ask(
    { question, scope, earlier, ...(selection && { selection }) },
    (event) => {
      if (signal.aborted) return;
      conversations.change(conversation.id, (now) => addEvent(now, id, event), { exchange: id, saved: false });
      if (conversations.shown().id === conversation.id) host.post({ type: 'events', id, events: [event] });
    },
    signal,
  );
}

/** What was asked before in the conversation, as far as it got an answer. */
export function questionsBefore({ exchanges }: Conversation, id: string): string[] {
  const index = exchanges.findIndex((exchange) => exchange.id === id);
  const before = index < 0 ? exchanges : exchanges.slice(0, index);
  return before.filter(({ state }) => state === 'answered').map(({ question }) => question);
}

async function keep(
  { conversations, keep: keepEvent, host, answered }: AskParts,
  asked: Pick<Exchange, 'id' | 'question' | 'scope'>,
  reply: AskReply,
  change: (next: (now: Conversation) => Conversation) => void,
): Promise<void> {
  const missing = missingTool(reply);
  change((now) =>
    missing
      ? failExchange(now, asked.id, missing, host.nowMs())
      : finishExchange(now, asked.id, reply.answer, host.nowMs()),
  );
  const conversation = conversations.withExchange(asked.id);
  const exchange = conversation && findExchange(conversation, asked.id);
  if (exchange?.state !== 'answered') return;
  answered(exchange);
  await keepEvent(answeredEvent(asked, reply, host.nowMs()));
}

export function answeredEvent(
  { id, question, scope }: Pick<Exchange, 'id' | 'question' | 'scope'>,
  { answer, episode }: AskReply,
  timeMs: number,
): FeedbackEvent {
  return {
    version: FEEDBACK_VERSION,
    id,
    timeMs,
    type: 'answered',
    question,
    searchedFor: episode.searchedFor,
    scope,
    folders: episode.folders,
    policy: episode.policy,
    steps: episode.steps,
    citations: answer.citations.map(({ path, start, end, lines }) => ({ path, start, end, lines })),
    found: answer.found,
    confidence: answer.confidence,
  };
}
