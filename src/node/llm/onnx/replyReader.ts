/** Takes a reply apart while it comes: what is shown, where it stops, which tools it calls. */
import type { ModelReply, TakePiece } from '#core/llm/chatModel.ts';
import { CALL_MARKS, writtenCalls } from '#core/llm/writtenCalls.ts';
import { withIds } from '#node/llm/callIds.ts';
import { createStopScan } from './stopScan.ts';

export interface ReplyReader {
  /** True when the reply is over. */
  push(text: string): boolean;
  /** @param how why nothing more comes, unless the reply was over. */
  end(how: 'done' | 'cut'): ModelReply;
}

export interface ReplyForm {
  readonly stop: readonly string[];
  /** Whether a stop text is the end of the reply's text; else it is left out. */
  readonly keepsStop: boolean;
  readonly callsTools: boolean;
  /** Ids of the conversation's calls so far. */
  readonly knownIds: readonly string[];
  /** Whether space before the first word is left out. */
  readonly trims: boolean;
}

export function createReplyReader(form: ReplyForm, take: TakePiece): ReplyReader {
  const stops = createStopScan(form.stop);
  const show = createShowing(form, take);
  let isBegun = !form.trims;
  let isOver = false;
  const receive = (piece: string): void => {
    const text = isBegun ? piece : piece.trimStart();
    isBegun ||= text !== '';
    if (text !== '') show.push(text);
  };
  return {
    push(piece) {
      const { before, stop } = stops.push(piece);
      receive(before);
      if (stop !== undefined && form.keepsStop) receive(stop);
      return (isOver = stop !== undefined);
    },
    end(how) {
      if (!isOver) receive(stops.end());
      const end = isOver ? (form.keepsStop ? 'stop' : 'done') : how;
      return { ...show.end(), end };
    },
  };
}

/** Shows text; from where the call of a tool begins on, everything is held until the end. */
function createShowing({ callsTools, knownIds }: ReplyForm, take: TakePiece) {
  const begin = createStopScan(CALL_MARKS);
  let text = '';
  let held: string | undefined;
  const show = (piece: string): void => {
    text += piece;
    if (piece !== '') take(piece);
  };
  return {
    push(piece: string): void {
      if (!callsTools) show(piece);
      else if (held !== undefined) held += piece;
      else if (text === '' && piece.startsWith('{')) held = piece;
      else {
        const found = begin.push(piece);
        show(found.before);
        if (found.stop !== undefined) held = found.stop + found.after;
      }
    },
    end(): Omit<ModelReply, 'end'> {
      if (held === undefined) show(begin.end());
      const calls = held === undefined ? [] : withIds(writtenCalls(held), knownIds);
      // No call after all: it is shown as it was written.
      if (calls.length === 0) show(held ?? '');
      return { text, calls };
    },
  };
}
