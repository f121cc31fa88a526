/**
 * Whether an answer is as often right as it says, and whether a question asked of the wrong repository is told by it:
 *
 *     reliability.ts --questions FILE [--split SPLIT] --wrong OUT [--count 100]
 *     reliability.ts --questions FILE --results FILE --wrong-results FILE [--plot FILE]
 *
 * The first form writes questions that are asked of another repository than their own, for `spoor batch`; the second one
 * goes by the results of two batches, of the questions themselves and of these. FILE of `--questions` is what `spoor batch`
 * reads. An answer is right if one of its first three files is; one about the wrong repository is never right.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Task } from '#core/agent/task.ts';
import { parseTaskLine } from '#core/agent/taskLine.ts';
import { wrongTasks } from '#node/training/wrongTasks.ts';
import { areaUnderRoc, reliabilityOf, type Stated } from './reliability/figures.ts';
import { reliabilityPlot } from './reliability/plot.ts';

const FIRST_FILES = 3;

interface Row {
  readonly id: string;
  readonly files: readonly string[];
  readonly found: boolean;
  readonly confidence: number;
}

const { values } = parseArgs({
  options: {
    questions: { type: 'string', default: '' },
    split: { type: 'string', default: 'validation' },
    wrong: { type: 'string', default: '' },
    count: { type: 'string', default: '100' },
    results: { type: 'string', default: '' },
    'wrong-results': { type: 'string', default: '' },
    plot: { type: 'string', default: '' },
  },
});

if (values.wrong) writeFileSync(values.wrong, wrongTasks(tasksOf(values.questions), Number(values.count), 1));
else report();

function report(): void {
  const gold = new Map(tasksOf(values.questions).map((task) => [task.id, task.goldFiles]));
  const own = rowsOf(values.results).flatMap(({ id, files, found, confidence }): Stated[] => {
    const right = gold.get(id);
    if (!right) return [];
    return [{ confidence, isRight: found && files.slice(0, FIRST_FILES).some((file) => right.includes(file)) }];
  });
  const others = rowsOf(values['wrong-results']).map(({ confidence }): Stated => ({ confidence, isRight: false }));
  const confidenceOf = ({ confidence }: Stated): number => confidence;
  const bins = reliabilityOf([...own, ...others]);
  const difference = bins.reduce((sum, { count, stated, right }) => sum + count * Math.abs(stated - right), 0);
  const lines = [
    `${own.length} questions of their own repository, ${others.length} of another one`,
    `area under the ROC curve: ${areaUnderRoc(own.map(confidenceOf), others.map(confidenceOf)).toFixed(3)}`,
    `mean difference of stated and true: ${(difference / (own.length + others.length)).toFixed(3)}`,
    'from  to   questions  stated  true',
    ...bins.map(({ from, to, count, stated, right }) =>
      [from.toFixed(1), to.toFixed(1), String(count).padStart(9), stated.toFixed(2).padStart(7), right.toFixed(2)].join(
        '  ',
      ),
    ),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  if (values.plot) writeFileSync(values.plot, reliabilityPlot(bins));
}

function tasksOf(file: string): Task[] {
  const rows = linesOf(file).filter((line) => (JSON.parse(line) as { split?: string }).split === values.split);
  return rows.map(parseTaskLine).filter((task) => typeof task !== 'string');
}

/** Rows that failed are left out. */
function rowsOf(file: string): Row[] {
  const rows = linesOf(file).map((line) => JSON.parse(line) as Row);
  return rows.filter(({ confidence }) => confidence !== undefined);
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').filter(Boolean);
}
