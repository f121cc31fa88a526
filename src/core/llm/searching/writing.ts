/** Has a model write, no further than is wanted: models go on after their query, and some never end. */
import type { CancelSignal } from '#core/agent/tools.ts';
import type { ModelReply, TakePiece } from '#core/llm/chatModel.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';

/** A token has hardly more characters than this; a server that does not count them is stopped here. */
const CHARACTERS_A_TOKEN = 12;

export type Write = (take: TakePiece, signal: CancelSignal) => Promise<ModelReply>;

/**
 * The reply, or what there is of it when `isEnough` says so or when it grows beyond `maxTokens`. Rejects with the
 * `ModelFailure` of `write` otherwise.
 */
export async function writeUntil(
  write: Write,
  isEnough: (text: string) => boolean,
  maxTokens: number,
  signal: CancelSignal,
): Promise<ModelReply> {
  const stop = stopSignal(signal);
  let text = '';
  const take: TakePiece = (piece) => {
    if (stop.isStopped()) return;
    text += piece;
    if (isEnough(text) || text.length > maxTokens * CHARACTERS_A_TOKEN) stop.stop();
  };
  try {
    const reply = await write(take, stop.signal);
    return { ...reply, text: reply.text.slice(0, maxTokens * CHARACTERS_A_TOKEN) };
  } catch (error) {
    const isOwnStop =
      stop.isStopped() && !signal.aborted && error instanceof ModelFailure && error.kind === 'cancelled';
    if (!isOwnStop) throw error;
    return { text, calls: [], end: 'stop' };
  } finally {
    stop.release();
  }
}

interface StopSignal {
  readonly signal: CancelSignal;
  isStopped(): boolean;
  stop(): void;
  /** Listens to the outer signal no longer. */
  release(): void;
}

/** Aborted with the outer signal, or before it. */
function stopSignal(outer: CancelSignal): StopSignal {
  const listeners = new Set<() => void>();
  let isStopped = false;
  const tell = (): void => [...listeners].forEach((listener) => listener());
  outer.addEventListener('abort', tell);
  return {
    signal: {
      get aborted() {
        return isStopped || outer.aborted;
      },
      addEventListener: (_type, listener) => void listeners.add(listener),
      removeEventListener: (_type, listener) => void listeners.delete(listener),
    },
    isStopped: () => isStopped,
    stop() {
      if (isStopped) return;
      isStopped = true;
      tell();
    },
    release: () => outer.removeEventListener('abort', tell),
  };
}
