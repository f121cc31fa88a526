/** What a run that learns from use is asked for, what it tells, and how it ends. Plain data: it goes between processes. */
import type { IterationMetrics } from '#core/rl/metrics.ts';
import type { LearningReport } from '#core/learning/learningReport.ts';
import type { LearningSettings } from '#node/learning/learningSettings.ts';

export interface LearningPlan {
  /** Folder of this run alone; a run that was stopped is taken up by a plan with the same folder. */
  readonly directory: string;
  /** Full paths of the workspace's folders. */
  readonly folders: readonly string[];
  /** Caches of the searcher, as `ServiceSettings.storage`. */
  readonly storage: string;
  /** Files of feedback to learn from; none when only the history is learned from. */
  readonly feedback: readonly string[];
  readonly history: boolean;
  /** Model file to begin with; the shipped one without. */
  readonly start?: string;
  /** To be shown for it: `shipped 1`. */
  readonly startName: string;
  /** Folder of `policyStore.ts` that the new version is kept in. */
  readonly versions: string;
  readonly docsFolders: readonly string[];
  /** False: no documentation is searched, as `ServiceSettings.docs`; true by default. */
  readonly docs?: boolean;
  /**
   * False: git is not run at all, as in a workspace that is not trusted, and as `ServiceSettings.history`; true by
   * default. Then `history` is false as well.
   */
  readonly git?: boolean;
  readonly rg?: string;
  readonly appRoot?: string;
  readonly seed: number;
  /** How long the run may take from the first question to the report, in minutes. */
  readonly minutes: number;
  /** Processes that record and play. */
  readonly processes: number;
  /** Most tasks made of the history, kept aside ones among them. */
  readonly historyTasks: number;
  /** Other values than `LEARNING_SETTINGS`, for experiments. */
  readonly settings?: Partial<LearningSettings>;
}

/** What editor and command line ask for where nothing else is said: on two cores it ends within five minutes. */
export const LEARNING_DEFAULTS = {
  minutes: 5,
  processes: 2,
  historyTasks: 120,
  seed: 1,
} as const satisfies Partial<LearningPlan>;

export type LearningPhase = 'gather' | 'record' | 'before' | 'train' | 'after';

export type LearningEvent =
  /** A phase begins or goes on; `leftMs` is an estimate for the whole run, absent as long as there is none. */
  | {
      readonly type: 'progress';
      readonly phase: LearningPhase;
      readonly done: number;
      readonly total: number;
      readonly leftMs?: number;
    }
  | { readonly type: 'iteration'; readonly metrics: IterationMetrics }
  | { readonly type: 'note'; readonly sentence: string };

export type LearningEnd =
  /** The report is whole and stands beside the version; `version` is the number that the policy got in the store. */
  | { readonly kind: 'finished'; readonly report: LearningReport; readonly version: number }
  /** There is too little to learn from or to check with: what is missing, a sentence. */
  | { readonly kind: 'too-little'; readonly sentence: string; readonly missing: number }
  | { readonly kind: 'stopped' };

/** What `runLearning` is given beside the plan. */
export interface LearningControls {
  readonly emit: (event: LearningEvent) => void;
  /** Aborted to stop; what was done is kept, so that the run can be taken up. */
  readonly signal: AbortSignal;
  /** Milliseconds since any fixed moment. Stands still while the run is held, so that waiting uses up no time of it. */
  readonly nowMs: () => number;
  /**
   * Awaited before each unit of work: a world that is recorded, a question that is answered, a task that is played, a
   * step that is learned. Waits while the run is held, and never rejects. Units take about a second, so the run holds
   * within that; nothing waits by default.
   */
  readonly gate?: () => Promise<void>;
}

/** `runLearning` of `learningRun.ts`. Rejects with a sentence when it cannot go on; it can be taken up nevertheless. */
export type RunLearning = (plan: LearningPlan, controls: LearningControls) => Promise<LearningEnd>;
