/** A language model of the test's hand: it says what it is told to say, when it is told to. */
import type { ChatModel, ChatRequest } from '#core/llm/chatModel.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';

export interface ScriptedModel {
  readonly model: ChatModel;
  /** What it was asked, in order. */
  readonly requests: readonly ChatRequest[];
  /** Resolves when it has been asked so often. */
  asked(times: number): Promise<void>;
  /** A piece of what it writes now. */
  say(piece: string): void;
  /** Ends what it writes now. */
  finish(): void;
  fail(failure: ModelFailure): void;
}

interface Writing {
  readonly take: (piece: string) => void;
  readonly done: PromiseWithResolvers<void>;
  text: string;
}

export function scriptedModel(name = 'scripted'): ScriptedModel {
  const requests: ChatRequest[] = [];
  const waiting: { readonly times: number; readonly reached: () => void }[] = [];
  let now: Writing | undefined;
  const model: ChatModel = {
    name,
    async chat(request, take, signal) {
      if (signal.aborted) throw cancelled();
      const done = Promise.withResolvers<void>();
      const writing: Writing = { take, done, text: '' };
      now = writing;
      requests.push(request);
      for (const { times, reached } of waiting) if (times <= requests.length) reached();
      signal.addEventListener('abort', () => done.reject(cancelled()));
      await done.promise;
      return { text: writing.text, calls: [], end: 'done' };
    },
  };
  return {
    model,
    requests,
    async asked(times) {
      if (requests.length >= times) return;
      await new Promise<void>((reached) => waiting.push({ times, reached }));
    },
    say(piece) {
      now!.text += piece;
      now!.take(piece);
    },
    finish: () => now!.done.resolve(),
    fail: (failure) => now!.done.reject(failure),
  };
}

const cancelled = (): ModelFailure => new ModelFailure('cancelled', 'This was stopped.');
