/**
 * Has the chosen language model write over answers. The answer is there before, and stays whatever becomes of the prose.
 * One answer after the other is written over, in the order of asking: a model on this machine has enough to do with one.
 */
import type { ChatModel } from '#core/llm/chatModel.ts';
import { ModelFailure, type ModelFailureKind } from '#core/llm/modelFailure.ts';
import { writeProse } from '#core/llm/writeProse.ts';
import type { Conversation, Exchange, ExchangeProse, Failure, Remedy } from '#core/answer/conversation.ts';
import type { Prose } from '#core/answer/prose.ts';
import { findExchange, setProse } from '#core/answer/conversationChanges.ts';
import type { ChatHost } from './chatHost.ts';
import { questionsBefore } from './askQuestions.ts';
import type { OpenConversations } from './openConversations.ts';

/** The language model that is chosen. */
export interface ProseModels {
  /** Empty when none is. */
  name(): string;
  /** Rejects with a `ModelFailure`. `again`: the user asked for just this. */
  open(again: boolean): Promise<ChatModel>;
  remedyFor(kind: ModelFailureKind): Remedy;
}

export interface ProseWriter {
  /**
   * Writes over the exchange's answer, from the beginning; not where nothing is cited. Without a model nothing happens,
   * or with `again`, when the user asked for just this, one is to be chosen.
   */
  write(id: string, options: { readonly again: boolean }): Promise<void>;
  cancel(id: string): void;
  cancelAll(): void;
  /** The editor goes away: keeps what is written. */
  stop(): void;
}

export interface ProseParts {
  readonly models: ProseModels;
  readonly conversations: OpenConversations;
  readonly host: ChatHost;
}

export function proseWriter({ models, conversations, host }: ProseParts): ProseWriter {
  const running = new Map<string, AbortController>();
  let turn = Promise.resolve();

  const found = (id: string): Found | undefined => {
    const conversation = conversations.withExchange(id);
    const exchange = conversation && findExchange(conversation, id);
    return exchange && { conversation, exchange };
  };
  const showProse = (id: string, prose: ExchangeProse, saved = true): void => {
    const conversation = conversations.withExchange(id);
    if (!conversation) return;
    conversations.change(conversation.id, (now) => setProse(now, id, prose, host.nowMs()), { exchange: id, saved });
    if (!saved && conversations.shown().id === conversation.id) host.post({ type: 'prose', id, prose });
  };
  const end = (id: string, state: 'cancelled' | 'interrupted'): void => {
    running.get(id)?.abort();
    running.delete(id);
    const prose = found(id)?.exchange.prose;
    if (prose?.state === 'running') showProse(id, { ...prose, state });
  };
  const run = async (id: string, again: boolean, signal: AbortSignal): Promise<void> => {
    const { conversation, exchange } = found(id) ?? {};
    if (!conversation || !exchange?.answer || signal.aborted) return;
    const show = (prose: ExchangeProse, saved: boolean): void => {
      if (!signal.aborted) showProse(id, prose, saved);
    };
    try {
      const failed = noteFailure(await models.open(again));
      if (signal.aborted) return;
      const request = { model: failed.model, question: exchange.question, answer: exchange.answer };
      const emit = (prose: Prose): void => {
        if (prose.state === 'running') show(prose, false);
      };
      const prose = await writeProse({ ...request, earlier: questionsBefore(conversation, id), emit }, signal);
      show(withRemedy(prose, failed.last(), models), true);
      if (failed.last()) host.log(failed.last());
    } catch (error) {
      host.log(error);
      show({ ...emptyProse(models.name()), state: 'failed', failure: failureOf(error, models, host) }, true);
    }
  };
  const fault = (id: string, error: unknown, signal: AbortSignal): void => {
    host.log(error);
    if (signal.aborted) return;
    const failure: Failure = { message: host.sentences.unexpected, remedy: 'show-log' };
    showProse(id, { ...emptyProse(models.name()), state: 'failed', failure });
  };

  return {
    async write(id, { again }) {
      const answer = found(id)?.exchange.answer;
      if (running.has(id) || !answer?.found || answer.citations.length === 0) return;
      if (models.name() === '') return again ? host.chooseModel() : undefined;
      const control = new AbortController();
      running.set(id, control);
      showProse(id, emptyProse(models.name()));
      // Whatever becomes of it, the next one is written.
      turn = turn
        .then(() => run(id, again, control.signal))
        .catch((error: unknown) => fault(id, error, control.signal));
      await turn;
      if (running.get(id) === control) running.delete(id);
    },
    cancel: (id) => end(id, 'cancelled'),
    cancelAll: () => [...running.keys()].forEach((id) => end(id, 'cancelled')),
    stop: () => [...running.keys()].forEach((id) => end(id, 'interrupted')),
  };
}

interface Found {
  readonly conversation: Conversation;
  readonly exchange: Exchange;
}

const emptyProse = (model: string): ExchangeProse => ({ model, sentences: [], state: 'running', notes: [] });

/** `writeProse` tells a failure in words alone; a button and the log need more. */
function noteFailure(model: ChatModel): { readonly model: ChatModel; last(): unknown } {
  let last: unknown;
  return {
    last: () => last,
    model: {
      ...model,
      async chat(request, take, signal) {
        last = undefined;
        try {
          return await model.chat(request, take, signal);
        } catch (error) {
          // It is stopped also when it has written enough.
          if (!(error instanceof ModelFailure && error.kind === 'cancelled')) last = error;
          throw error;
        }
      },
    },
  };
}

/** The last note of prose that is not whole says why. */
function withRemedy(prose: Prose, error: unknown, models: ProseModels): ExchangeProse {
  const message = prose.notes.at(-1);
  if (message === undefined || (!error && prose.state !== 'failed')) return prose;
  const remedy = error instanceof ModelFailure ? models.remedyFor(error.kind) : 'choose-model';
  return { ...prose, notes: prose.notes.slice(0, -1), failure: { message, remedy } };
}

function failureOf(error: unknown, models: ProseModels, { sentences }: ChatHost): Failure {
  if (!(error instanceof ModelFailure)) return { message: sentences.unexpected, remedy: 'show-log' };
  return { message: error.message, remedy: models.remedyFor(error.kind) };
}
