/** How long a run still takes. What is not measured yet is guessed, and what is shown moves slowly towards what is found. */
import type { LearningPhase } from '#node/learning/learningPlan.ts';

export interface RunTime {
  /** Used up so far, by this and by earlier processes of the run; in milliseconds. */
  usedMs(): number;
  /** Whether this share of the run's time, in [0, 1], is used up. */
  isPast(share: number): boolean;
  /** Of the whole run, in milliseconds; never less than 0. */
  leftMs(at: PhaseProgress): number;
}

export interface PhaseProgress {
  readonly phase: LearningPhase;
  readonly done: number;
  readonly total: number;
}

export interface RunSize {
  readonly toRecord: number;
  readonly held: number;
  readonly iterations: number;
}

export interface RunTimeOptions {
  readonly nowMs: () => number;
  readonly usedMs: number;
  readonly limitMs: number;
  /** The phases' sizes as far as they are known. */
  readonly size: () => RunSize;
  /** Share of the time after which nothing more is recorded. */
  readonly recordingShare: number;
  /** Keeps what is used up, so that a run that is killed does not get its time again. */
  readonly keep: (usedMs: number) => void;
}

/** Milliseconds of a unit, before one was measured: of a small repository on two cores. */
const GUESSED_MS: Readonly<Record<LearningPhase, number>> = {
  gather: 2_000,
  record: 1_000,
  before: 200,
  train: 2_500,
  after: 200,
};
const PHASES: readonly LearningPhase[] = ['gather', 'record', 'before', 'train', 'after'];
/** Share of a difference that one estimate takes over. */
const YIELDING = 0.2;
const KEPT_EVERY_MS = 3_000;

export function createRunTime({ nowMs, usedMs, limitMs, size, recordingShare, keep }: RunTimeOptions): RunTime {
  const beganMs = nowMs();
  const used = (): number => usedMs + nowMs() - beganMs;
  const measured = new Map<LearningPhase, { sinceMs: number; from: number; unitMs: number }>();
  let keptMs = usedMs;
  let shown: { readonly leftMs: number; readonly atMs: number } | undefined;

  const unitMs = (phase: LearningPhase): number =>
    measured.get(phase)?.unitMs ??
    (phase === 'after' ? measured.get('before')?.unitMs : undefined) ??
    GUESSED_MS[phase];
  function measure({ phase, done }: PhaseProgress): void {
    const known = measured.get(phase);
    if (!known) measured.set(phase, { sinceMs: nowMs(), from: done, unitMs: unitMs(phase) });
    else if (done > known.from) known.unitMs = (nowMs() - known.sinceMs) / (done - known.from);
  }
  function found(at: PhaseProgress): number {
    const { toRecord, held, iterations } = size();
    const units = { gather: 1, record: toRecord, before: held, train: iterations, after: held };
    const later = PHASES.slice(PHASES.indexOf(at.phase) + 1);
    const own = Math.max(0, at.total - at.done) * unitMs(at.phase);
    const recording = Math.max(0, limitMs * recordingShare - used());
    const now = at.phase === 'record' ? Math.min(own, recording) : own;
    const rest = later.reduce((sum, phase) => sum + Math.min(units[phase] * unitMs(phase), mostOf(phase)), 0);
    return Math.min(now + rest, Math.max(0, limitMs - used()));
  }
  const mostOf = (phase: LearningPhase): number => (phase === 'record' ? limitMs * recordingShare : Infinity);

  return {
    usedMs: used,
    isPast: (share) => used() >= limitMs * share,
    leftMs(at) {
      measure(at);
      if (used() - keptMs > KEPT_EVERY_MS) keep((keptMs = used()));
      const atMs = nowMs();
      const expected = shown && Math.max(0, shown.leftMs - (atMs - shown.atMs));
      const leftMs = expected === undefined ? found(at) : expected + YIELDING * (found(at) - expected);
      shown = { leftMs, atMs };
      return leftMs;
    },
  };
}
