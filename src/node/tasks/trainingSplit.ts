/** Divides examples into those to train on and those to test with: the newest of each repository. */
import type { TrainingExample } from './trainingExample.ts';

export interface TrainingSplit {
  readonly train: readonly TrainingExample[];
  readonly test: readonly TrainingExample[];
}

/** One in so many is tested with. */
const SHARE = 10;

/** Both in the order of `examples`. What is tested with is never older than what is trained on. */
export function trainingSplit(examples: readonly TrainingExample[]): TrainingSplit {
  const newestFirst = examples.toSorted((a, b) => b.timeS - a.timeS);
  const test = new Set(newestFirst.slice(0, Math.ceil(examples.length / SHARE)));
  if (examples.length < 2) test.clear();
  return { train: examples.filter((one) => !test.has(one)), test: examples.filter((one) => test.has(one)) };
}
