/** One process that runs a language model, as the side sees it that asks. */
import { fork } from 'node:child_process';
import type { CancelSignal } from '#core/agent/tools.ts';
import type { TakePiece } from '#core/llm/chatModel.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { startProcess } from '#node/service/startProcess.ts';
import { parseFromModel, type FromModel, type OpenedFacts, type ToModel } from './modelWire.ts';
import type { OnnxModelOptions } from './onnxModel.ts';

export interface ModelHolder {
  /** Rejects with a `ModelFailure`. */
  readonly opened: Promise<OpenedFacts>;
  /** It is of no more use. */
  readonly isGone: boolean;
  /** Rejects with a `ModelFailure`; of the kind `cancelled` as soon as the signal says so. */
  call(message: CallMessage, take: TakePiece, signal?: CancelSignal): Promise<Answer>;
  /** Resolves when the process is gone. */
  end(): Promise<void>;
}

export interface ModelStart {
  readonly modulePath: string;
  readonly idleMs: number;
  /** Time for a cancelled call to stop, in milliseconds; then the process is ended. */
  readonly cancelMs: number;
  readonly log: (text: string) => void;
  readonly open: OnnxModelOptions;
}

type WithoutId<M> = M extends { readonly id: number } ? Omit<M, 'id'> : never;
export type CallMessage = WithoutId<Extract<ToModel, { readonly kind: 'chat' | 'continue' | 'count' }>>;
export type Answer = Extract<FromModel, { readonly kind: 'reply' | 'counted' }>;

/** Time for a process to end by itself, in milliseconds. */
const GRACE_MS = 1_000;
/** Of the process itself, in MB: weights and tensors are not in it, a tokenizer of many words is. */
const FLAGS = ['--max-old-space-size=1024'];

/** Says to a call that another one did not stop, so the process was ended before its turn came: it may be made again. */
export const LEFT_WAITING = new ModelFailure('failed', 'The model was ended before it was the turn of this call.');

export function startModel({ modulePath, idleMs, cancelMs, log, open }: ModelStart): ModelHolder {
  const opened = Promise.withResolvers<OpenedFacts>();
  // Nobody may be waiting for it: calls are rejected one by one.
  opened.promise.catch(() => undefined);
  const pending = new Map<number, Pending>();
  let lastId = 0;
  /** The call whose turn it is. */
  let begun = 0;
  let needs = '';
  let isGone = false;
  let idle: NodeJS.Timeout | undefined;

  const fail = (failure: ModelFailure): void => {
    isGone = true;
    clearTimeout(idle);
    opened.reject(failure);
    for (const { reject } of pending.values()) reject(failure);
    pending.clear();
  };
  const end = (why: string): Promise<void> => {
    fail(new ModelFailure('failed', why));
    return child.end();
  };
  const rest = (): void => {
    clearTimeout(idle);
    if (pending.size === 0 && !isGone) idle = setTimeout(() => void end('Nobody asked any more.'), idleMs).unref();
  };
  /** What waits, for other calls or for the weights, may take its time to stop. */
  const watch = (id: number): void => {
    if (id !== begun || pending.get(id) !== DEAF) return;
    setTimeout(() => {
      if (!pending.has(id)) return;
      log('The model did not stop when it was told to, so its process is ended.');
      fail(LEFT_WAITING);
      void child.end();
    }, cancelMs).unref();
  };
  const take = (said: FromModel): void => {
    if (said.kind === 'opened') {
      needs = ` ${said.facts.needs}`;
      opened.resolve(said.facts);
    } else if (said.kind === 'begun') {
      begun = said.id;
      watch(begun);
    } else if (said.id !== undefined) settle(pending, said.id, said);
    else if (said.kind === 'failure') {
      fail(new ModelFailure(said.failure.kind, said.failure.message));
      void child.end();
    }
    rest();
  };
  const child = startProcess<ToModel>({
    modulePath,
    fork,
    graceMs: GRACE_MS,
    log,
    flags: FLAGS,
    onMessage(message) {
      const said = parseFromModel(message);
      if (said) take(said);
      else log("The model's process said something that is not understood.");
    },
    onEnd(how) {
      log(`The model's process ${how}.`);
      fail(new ModelFailure('failed', `The model's process ${how}.${needs} Ask again: it is started anew.`));
    },
  });
  log(`The model's process was started (${child.pid}).`);
  child.send({ kind: 'open', options: open });

  return {
    opened: opened.promise,
    get isGone() {
      return isGone;
    },
    end: () => end('The model was closed before it was done.'),
    call(message, takePiece, signal) {
      if (signal?.aborted) return Promise.reject(cancelled());
      clearTimeout(idle);
      const id = ++lastId;
      const { promise, resolve, reject } = Promise.withResolvers<Answer>();
      const cancel = (): void => {
        reject(cancelled());
        if (!pending.has(id)) return;
        pending.set(id, DEAF);
        child.send({ kind: 'cancel', id });
        watch(id);
      };
      pending.set(id, { take: takePiece, resolve, reject });
      signal?.addEventListener('abort', cancel);
      child.send({ ...message, id });
      return promise.finally(() => signal?.removeEventListener('abort', cancel));
    },
  };
}

const cancelled = (): ModelFailure => new ModelFailure('cancelled', 'This was cancelled.');

interface Pending {
  readonly take: TakePiece;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (failure: ModelFailure) => void;
}

/** Of a cancelled call: the process has still to say that it is over. */
const DEAF: Pending = { take: () => undefined, resolve: () => undefined, reject: () => undefined };

function settle(
  pending: Map<number, Pending>,
  id: number,
  said: Exclude<FromModel, { readonly kind: 'opened' | 'begun' }>,
): void {
  const call = pending.get(id);
  if (!call) return;
  if (said.kind === 'piece') return call.take(said.text);
  pending.delete(id);
  if (said.kind === 'failure') call.reject(new ModelFailure(said.failure.kind, said.failure.message));
  else call.resolve(said);
}
