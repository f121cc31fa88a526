/**
 * Long work in short slices, so that the event loop is never blocked for long: a generator is run for some
 * milliseconds, then everything else gets its turn. It can be paused and stopped between two slices.
 */
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';

export function createSlicedWork(sliceMs = SLICE_MS): SlicedWork {
  let gate: PromiseWithResolvers<void> | undefined;
  let stopped = false;
  let usedMs = 0;

  async function run<T>(steps: Generator<void, T>, around: Around = (slice) => slice()): Promise<T> {
    for (;;) {
      await gate?.promise;
      if (stopped) throw new WorkStopped();
      const started = performance.now();
      let result: IteratorResult<void, T> | undefined;
      around(() => {
        do result = steps.next();
        while (!result.done && performance.now() - started < sliceMs);
      });
      usedMs += performance.now() - started;
      if (result?.done) return result.value;
      await nextTurn();
    }
  }

  return {
    run,
    pause: () => void (gate ??= Promise.withResolvers()),
    resume() {
      gate?.resolve();
      gate = undefined;
    },
    stop() {
      stopped = true;
      this.resume();
    },
    usedMs: () => usedMs,
    restart: () => void (usedMs = 0),
    async wait(ms) {
      await delay(ms);
      if (stopped) throw new WorkStopped();
    },
  };
}

/** Runs one slice, for instance inside of a transaction. */
export type Around = (slice: () => void) => void;

export interface SlicedWork {
  /** Runs the steps to their end; rejects with what they throw, or with `WorkStopped`. */
  run<T>(steps: Generator<void, T>, around?: Around): Promise<T>;
  pause(): void;
  resume(): void;
  /** For ever; paused work is woken to end. */
  stop(): void;
  /** Time spent in slices since `restart`. */
  usedMs(): number;
  restart(): void;
  /** Rejects with `WorkStopped` when the work is stopped by then. */
  wait(ms: number): Promise<void>;
}

export class WorkStopped extends Error {
  override readonly name = 'WorkStopped';
}

const SLICE_MS = 8;
