/** How a run learns from use: everything that is chosen by measuring, in one place. */

export interface LearningSettings {
  /** Most iterations; the time may end the run before, and few tasks want fewer (`iterationsFor`). */
  readonly iterations: number;
  /** How often a task is played for, on average, as long as `iterations` allows it. */
  readonly passes: number;
  readonly tasksPerIteration: number;
  /** Episodes of a task. */
  readonly groupSize: number;
  readonly learningRate: number;
  /** β of the KL to the shipped policy. */
  readonly klWeight: number;
  readonly entropyWeight: number;
  /** β of the reward's F. */
  readonly beta: number;
  /** Share of a right answer that a call costs. */
  readonly callCost: number;
  /** Least share of the tasks drawn that comes from answers, where there are answers and history. */
  readonly answersShare: number;
  /** An answer is drawn at most so many times as often as a task of the history, however few there are. */
  readonly mostRepeats: number;
  /** Tasks of the history that are practised where only answers are learned from. */
  readonly replayTasks: number;
  /** What a rejected answer earns, beside advantages whose deviation is 1; below 0. */
  readonly rejectedReward: number;
  /** Most rejected answers that an iteration looks at. */
  readonly rejectedAnIteration: number;
  /** Episodes of chance that a world is recorded by, beside the hand-written searcher's. */
  readonly recordedEpisodes: number;
  /** Share of the run's time after which nothing more is recorded. */
  readonly recordingShare: number;
}

export const LEARNING_SETTINGS: LearningSettings = {
  iterations: 40,
  // What is seen more often is learned by heart.
  passes: 4,
  tasksPerIteration: 12,
  groupSize: 12,
  // Half of what the shipped model was trained with: one repository gives few tasks, seen many times.
  learningRate: 1e-3,
  // Ten times what stage 2 has: what was learned from 54 repositories is to be kept.
  klWeight: 1e-2,
  // As stage 2 of the shipped model, whose rewards these are as well.
  entropyWeight: 2e-3,
  beta: 2,
  callCost: 5e-4,
  // What the user asks counts more than what commits say, but a handful must not be all that is seen.
  answersShare: 0.5,
  mostRepeats: 4,
  // As many as an iteration has, twice over: recording them takes some seconds.
  replayTasks: 24,
  // A tenth of a good or bad episode of one's own: it is another policy's, in a world that may have changed.
  rejectedReward: -0.1,
  rejectedAnIteration: 4,
  recordedEpisodes: 4,
  recordingShare: 0.45,
};

/** A handful of tasks needs a few steps to be learned from at all. */
const LEAST_ITERATIONS = 4;

/** @param drawn tasks that are drawn from, each as often as it stands there. */
export const iterationsFor = (
  drawn: number,
  { iterations, passes, tasksPerIteration }: Pick<LearningSettings, 'iterations' | 'passes' | 'tasksPerIteration'>,
): number => Math.min(iterations, Math.max(LEAST_ITERATIONS, Math.ceil((passes * drawn) / tasksPerIteration)));
