/** The run that learns in this window: one at a time, with all that is shown of it. */
import type { IterationMetrics } from '#core/rl/metrics.ts';
import type { LearningClient, LearningRun } from '#node/learning/learningClient.ts';
import { LearningError } from '#node/learning/learningError.ts';
import type { LearningEnd, LearningEvent, LearningPlan } from '#node/learning/learningPlan.ts';
import { progressShare, type LearningProgress } from './progressText.ts';

/** What is known of a run while it goes on; a new object with each change. */
export interface TrainingState {
  readonly plan: LearningPlan;
  readonly activity: 'running' | 'paused' | 'stopping';
  /** Absent until the first phase begins. */
  readonly progress?: LearningProgress;
  /** How much of the whole is done, from 0 to 1; never goes back. */
  readonly share: number;
  /** Of the iterations so far. */
  readonly metrics: readonly IterationMetrics[];
  /** What a person should know, a sentence each. */
  readonly notes: readonly string[];
}

export interface Trainings {
  /** Undefined while nothing runs. */
  state(): TrainingState | undefined;
  /**
   * Undefined when it was given up by `end`. Rejects with a sentence when the run cannot go on, and when another one goes
   * on already.
   */
  start(plan: LearningPlan): Promise<LearningEnd | undefined>;
  pause(): void;
  resume(): void;
  /** Keeps what was done; `start` resolves a little later. */
  stop(): void;
  /** Gives up what runs, and resolves when its process is gone. */
  end(): Promise<void>;
  /** Called with each change, and with undefined when the run is over. Returns what ends that. */
  onChange(listener: (state: TrainingState | undefined) => void): () => void;
}

export function createTrainings(client: LearningClient): Trainings {
  const listeners = new Set<(state: TrainingState | undefined) => void>();
  let state: TrainingState | undefined;
  let run: LearningRun | undefined;
  let isGivenUp = false;

  const change = (now: TrainingState | undefined): void => {
    state = now;
    for (const listener of listeners) listener(now);
  };
  const add = (part: Partial<TrainingState>): void => {
    if (state) change({ ...state, ...part });
  };
  const begin = async (plan: LearningPlan): Promise<LearningEnd | undefined> => {
    if (state) throw new LearningError('A run is under way. Wait for its end, or stop it.');
    const shareOf = progressShare();
    change({ plan, activity: 'running', share: 0, metrics: [], notes: [] });
    const onEvent = (event: LearningEvent): void => add(partOf(event, state, shareOf));
    try {
      run = client.start(plan, onEvent);
      const end = await run.end;
      return isGivenUp ? undefined : end;
    } finally {
      isGivenUp = false;
      run = undefined;
      change(undefined);
    }
  };
  const stop = (): void => {
    if (!state || state.activity === 'stopping') return;
    add({ activity: 'stopping' });
    run?.stop();
  };
  return {
    state: () => state,
    start: begin,
    pause() {
      if (state?.activity !== 'running') return;
      run?.pause();
      add({ activity: 'paused' });
    },
    resume() {
      if (state?.activity !== 'paused') return;
      run?.resume();
      add({ activity: 'running' });
    },
    stop,
    async end() {
      const ending = run;
      isGivenUp = ending !== undefined;
      stop();
      await ending?.end.catch(() => undefined);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function partOf(
  event: LearningEvent,
  state: TrainingState | undefined,
  shareOf: (leftMs: number | undefined) => number,
): Partial<TrainingState> {
  if (event.type === 'progress') return { progress: event, share: shareOf(event.leftMs) };
  if (event.type === 'note') return { notes: [...(state?.notes ?? []), event.sentence] };
  // A run that was taken up may do its last iteration again.
  const before = (state?.metrics ?? []).filter(({ iteration }) => iteration < event.metrics.iteration);
  return { metrics: [...before, event.metrics] };
}
