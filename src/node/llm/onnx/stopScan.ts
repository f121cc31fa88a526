/** Finds the first of some texts in a text that comes piece by piece, and never gives away the beginning of one. */

export interface StopScan {
  /** What is certainly before any stop text; once one came, it and what came after it. Then nothing may be pushed. */
  push(piece: string): Scanned;
  /** What was held back. */
  end(): string;
}

export type Scanned =
  | { readonly before: string; readonly stop?: undefined }
  | { readonly before: string; readonly stop: string; readonly after: string };

export function createStopScan(stops: readonly string[]): StopScan {
  const sought = stops.filter((stop) => stop !== '');
  let held = '';
  return {
    push(piece) {
      held += piece;
      const stop = firstEnding(held, sought);
      if (stop !== undefined) {
        const at = held.indexOf(stop);
        return { before: held.slice(0, at), stop, after: held.slice(at + stop.length) };
      }
      const before = held.slice(0, held.length - beginningAtEnd(held, sought));
      held = held.slice(before.length);
      return { before };
    },
    end: () => held,
  };
}

/** The stop text that is complete first; of two that end together the longer one. */
function firstEnding(text: string, stops: readonly string[]): string | undefined {
  const endOf = (stop: string): number => text.indexOf(stop) + stop.length;
  const found = stops.filter((stop) => text.includes(stop));
  return found.sort((a, b) => endOf(a) - endOf(b) || b.length - a.length)[0];
}

/** Length of the longest end of the text that a stop text begins with. */
function beginningAtEnd(text: string, stops: readonly string[]): number {
  const longest = Math.max(0, ...stops.map((stop) => stop.length - 1));
  for (let length = Math.min(longest, text.length); length > 0; length--)
    if (stops.some((stop) => stop.startsWith(text.slice(-length)))) return length;
  return 0;
}
