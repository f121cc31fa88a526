/** Explanations of the names in open documents: kept for as long as they hold, made one at a time, stopped on a move. */
import type { Explanation } from '#core/answer/explanation.ts';

/** A name in a document at one of its versions. Line and column are 0-based. */
export interface Spot {
  readonly uri: string;
  readonly version: number;
  readonly line: number;
  readonly column: number;
  readonly name: string;
}

export type Known =
  | { readonly state: 'running' }
  | { readonly state: 'explained'; readonly explanation: Explanation }
  /** There is nothing to add to what the editor says. */
  | { readonly state: 'nothing' }
  /** Kept until it is tried again. */
  | { readonly state: 'failed'; readonly message: string };

export interface Explanations {
  known(spot: Spot): Known | undefined;
  /** Makes the explanation, or waits for the one being made. Undefined when another name took its place meanwhile. */
  explain(spot: Spot): Promise<Known | undefined>;
  /** Stops what runs, unless it is for this spot. */
  moveTo(spot: Spot): void;
  /** Files, settings or the history have changed: nothing that is known holds. */
  clear(): void;
}

/** Explanations kept; the ones that were used longest ago go first. */
export const MAX_KEPT = 200;

/** `make` gives undefined for nothing to add; a message of what it throws is shown to the user. */
export function createExplanations(
  make: (spot: Spot, signal: AbortSignal) => Promise<Explanation | undefined>,
): Explanations {
  const kept = new Map<string, Known>();
  let running:
    { readonly key: string; readonly stop: AbortController; readonly done: Promise<Known | undefined> } | undefined;

  const keep = (key: string, known: Known): Known => {
    kept.delete(key);
    kept.set(key, known);
    for (const oldest of kept.keys()) {
      if (kept.size <= MAX_KEPT) break;
      kept.delete(oldest);
    }
    return known;
  };
  const stopRunning = (): void => {
    running?.stop.abort();
    running = undefined;
  };
  const run = async (spot: Spot, key: string, { signal }: AbortController): Promise<Known | undefined> => {
    const known = await made(make, spot, signal);
    if (signal.aborted) return undefined;
    running = undefined;
    return keep(key, known);
  };
  return {
    known(spot) {
      const key = keyOf(spot);
      if (running?.key === key) return { state: 'running' };
      const known = kept.get(key);
      return known && keep(key, known);
    },
    async explain(spot) {
      const key = keyOf(spot);
      if (running?.key === key) return running.done;
      const known = kept.get(key);
      if (known && known.state !== 'failed') return known;
      stopRunning();
      const stop = new AbortController();
      const done = run(spot, key, stop);
      running = { key, stop, done };
      return done;
    },
    moveTo(spot) {
      if (running && running.key !== keyOf(spot)) stopRunning();
    },
    clear() {
      stopRunning();
      kept.clear();
    },
  };
}

async function made(
  make: (spot: Spot, signal: AbortSignal) => Promise<Explanation | undefined>,
  spot: Spot,
  signal: AbortSignal,
): Promise<Known> {
  try {
    const explanation = await make(spot, signal);
    return explanation ? { state: 'explained', explanation } : { state: 'nothing' };
  } catch (error) {
    return { state: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

const keyOf = ({ uri, version, line, column, name }: Spot): string => `${version} ${line} ${column} ${name}\n${uri}`;
