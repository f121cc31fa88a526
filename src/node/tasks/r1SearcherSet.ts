/**
 * Data sets as R1-Searcher reads them (https://github.com/RUCAIBox/R1-Searcher, `data/training_set/stage_1.jsonl` and
 * `stage_2.jsonl`, `data/eval_set`): its training takes `idx` and `question`, its reward servers `question` and `answer`,
 * its evaluation adds to `gen_text_store`.
 */
import type { TrainingExample } from './trainingExample.ts';
import type { TrainingSplit } from './trainingSplit.ts';

/** Stage 1 learns to search at all, from few questions; they had 350 beside 8,148. */
const STAGE_1_SHARE = 20;
const STAGE_1_MOST = 350;

/** Contents by file name. */
export function r1SearcherSet({ train, test }: TrainingSplit): ReadonlyMap<string, string> {
  const most = Math.min(STAGE_1_MOST, Math.ceil(train.length / STAGE_1_SHARE));
  // What one file answers is easier to find.
  const first = new Set([...train].sort((a, b) => a.files - b.files).slice(0, most));
  return new Map([
    ['stage_1.jsonl', linesOf([...first])],
    ['stage_2.jsonl', linesOf(train.filter((one) => !first.has(one)))],
    ['test.jsonl', linesOf(test)],
  ]);
}

const linesOf = (examples: readonly TrainingExample[]): string =>
  examples
    .map(({ question, path }, i) => `${JSON.stringify({ idx: i + 1, question, answer: path, gen_text_store: '' })}\n`)
    .join('');
