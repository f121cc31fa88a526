/** The text of a reply as it comes in pieces: passed on, and ended after a stop text or when there is too much of it. */
import type { TakePiece } from '#core/llm/chatModel.ts';

export interface StoppedText {
  push(piece: string): void;
  /** All that was passed on. */
  text(): string;
  /** `stop`: its end is a stop text. `full`: it has `maxCharacters`. Nothing is taken after either. */
  end(): 'open' | 'stop' | 'full';
}

export interface TextLimits {
  readonly stop: readonly string[];
  readonly maxCharacters: number;
}

/** Pieces are well-formed: a server may cut between the halves of a character. */
export function createStoppedText(take: TakePiece, { stop, maxCharacters }: TextLimits): StoppedText {
  const stops = stop.filter((text) => text !== '');
  const overlap = Math.max(0, ...stops.map((text) => text.length - 1));
  const parts: string[] = [];
  let room = maxCharacters;
  let [half, tail] = ['', ''];
  let end: 'open' | 'stop' | 'full' = 'open';
  function pass(piece: string): void {
    const stopped = endOfStop(tail + piece, stops);
    const whole = stopped === undefined ? piece : piece.slice(0, stopped - tail.length);
    const part = whole.slice(0, room).toWellFormed();
    room -= part.length;
    if (part.length < whole.length) end = 'full';
    else if (stopped !== undefined) end = 'stop';
    tail = overlap ? (tail + part).slice(-overlap) : '';
    if (part === '') return;
    parts.push(part);
    take(part);
  }
  return {
    push(piece) {
      if (piece === '' || end !== 'open') return;
      const all = half + piece;
      half = /[\ud800-\udbff]$/.test(all) ? all.slice(-1) : '';
      pass(all.slice(0, all.length - half.length));
    },
    text: () => parts.join(''),
    end: () => end,
  };
}

/** Where the stop text ends that ends first. */
function endOfStop(text: string, stops: readonly string[]): number | undefined {
  const ends = stops.flatMap((stop) => {
    const at = text.indexOf(stop);
    return at < 0 ? [] : [at + stop.length];
  });
  return ends.length ? Math.min(...ends) : undefined;
}
