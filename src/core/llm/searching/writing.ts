/** Has a model write, no further than is wanted: models go on after their query, and some never end. */
import type { CancelSignal } from '#core/agent/tools.ts';
import type { ModelReply, TakePiece } from '#core/llm/chatModel.ts';
import { linkedCancel } from '#core/llm/linkedCancel.ts';
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
  const stop = linkedCancel(signal);
  const most = maxTokens * CHARACTERS_A_TOKEN;
  let text = '';
  let isStopped = false;
  const take: TakePiece = (piece) => {
    if (isStopped) return;
    text += piece;
    isStopped = isEnough(text) || text.length > most;
    if (isStopped) stop.cancel();
  };
  try {
    const reply = await write(take, stop.signal);
    return { ...reply, text: reply.text.slice(0, most) };
  } catch (error) {
    const isOwnStop = isStopped && !signal.aborted && error instanceof ModelFailure && error.kind === 'cancelled';
    if (!isOwnStop) throw error;
    return { text, calls: [], end: 'stop' };
  } finally {
    stop.release();
  }
}
