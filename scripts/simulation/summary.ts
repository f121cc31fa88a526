/** What the rows of simulated runs add up to, as Markdown. */
import { pairedBootstrap, type MeanChange } from '#core/learning/pairedBootstrap.ts';
import type { Comparison } from '#core/learning/learningReport.ts';
import type { Asked } from './askAll.ts';
import type { PlottedChange } from './answersPlot.ts';
import type { SimulatedRun } from '../simulateUsers.ts';

export function summary(runs: readonly SimulatedRun[]): string {
  const of = (experiment: SimulatedRun['experiment']): SimulatedRun[] =>
    runs.filter((run) => run.experiment === experiment);
  const parts = [
    fitted(of('history')),
    judged('Half of the questions asked and judged; asked the other half', of('users')),
    judged('The same, learned from together with the history', of('both')),
    ...(['noise', 'adversary', 'forgetting'] as const).map((name) => gated(name, of(name))),
  ];
  return parts.filter(Boolean).join('\n\n');
}

function fitted(runs: readonly SimulatedRun[]): string {
  if (runs.length === 0) return '';
  const lines = runs.map((run) => row(run.repo, run, [run], run.isPromoted ? 'yes' : 'no'));
  const all = row('all', undefined, runs, `${runs.filter(({ isPromoted }) => isPromoted).length} of ${runs.length}`);
  const served = row('all, as promoted', undefined, runs.map(asServed), '');
  return [
    '### Fitted on the history before the questions',
    '',
    '| repository | questions | seconds | change in MRR | change in span@10 | promoted |',
    '| --- | --- | --- | --- | --- | --- |',
    ...lines,
    all,
    served,
  ].join('\n');
}

/** Who asks gets the new policy only where it was promoted. */
const asServed = (run: SimulatedRun): SimulatedRun => (run.isPromoted ? run : { ...run, after: run.before });

function row(name: string, one: SimulatedRun | undefined, runs: readonly SimulatedRun[], promoted: string): string {
  const [rank, lines] = changes(runs);
  const count = runs.reduce((sum, { before }) => sum + before.length, 0);
  const seconds = one ? one.seconds.toFixed(0) : '';
  return `| ${name} | ${count} | ${seconds} | ${text(rank)} | ${text(lines)} | ${promoted} |`;
}

function judged(title: string, runs: readonly SimulatedRun[]): string {
  if (runs.length === 0) return '';
  const counts = [...new Set(runs.map(({ key }) => key.split(' ').at(-1)!))];
  const all = [...Map.groupBy(runs, ({ key }) => key.split(' ').slice(0, 2).join(' ')).values()].map(
    (some) => some.toSorted((a, b) => b.accepted - a.accepted)[0]!,
  );
  const groups = [
    ...counts
      .filter((count) => count !== 'all')
      .map((count) => [count, runs.filter(({ key }) => key.endsWith(` ${count}`))] as const),
    ['all of the half', all] as const,
    ['all, as promoted', all.map(asServed)] as const,
  ];
  return [
    `### ${title}`,
    '',
    '| accepted answers | repositories | questions | change in MRR | change in span@10 | promoted |',
    '| --- | --- | --- | --- | --- | --- |',
    ...groups.map(([count, some]) => {
      const [rank, lines] = changes(some);
      const questions = some.reduce((sum, { before }) => sum + before.length, 0);
      const repos = new Set(some.map(({ repo }) => repo)).size;
      const promoted = `${some.filter(({ isPromoted }) => isPromoted).length} of ${some.length}`;
      return `| ${count} | ${repos} | ${questions} | ${text(rank)} | ${text(lines)} | ${promoted} |`;
    }),
  ].join('\n');
}

/** Change of 1 / rank, and of the lines found, by number of accepted answers. */
export function answersCurves(runs: readonly SimulatedRun[]): readonly [PlottedChange[], PlottedChange[]] {
  const counted = runs.filter(({ experiment, key }) => experiment === 'users' && /\d$/.test(key));
  const groups = [...Map.groupBy(counted, ({ accepted }) => accepted)].sort(([a], [b]) => a - b);
  const of = (index: 0 | 1): PlottedChange[] =>
    groups.map(([answers, some]) => ({ answers, change: changes(some)[index] }));
  return [of(0), of(1)];
}

function gated(name: string, runs: readonly SimulatedRun[]): string {
  if (runs.length === 0) return '';
  const lines = runs.map(({ key, repo, accepted, isPromoted, comparisons }) => {
    const frozen = comparisons.find(({ set, measure }) => set === 'frozen' && measure === 'utility');
    return `| ${key} | ${repo} | ${accepted} | ${frozen ? text(frozen.change) : '–'} | ${isPromoted ? 'yes' : 'no'} |`;
  });
  const promoted = runs.filter(({ isPromoted }) => isPromoted);
  const worst = Math.min(0, ...promoted.map(({ comparisons }) => frozenChange(comparisons)));
  return [
    `### ${name}: ${promoted.length} of ${runs.length} promoted, the worst of them ${worst.toFixed(3)} on the frozen set`,
    '',
    '| run | repository | accepted answers | change on the frozen set | promoted |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

const frozenChange = (comparisons: readonly Comparison[]): number =>
  comparisons.find(({ set, measure }) => set === 'frozen' && measure === 'utility')?.change.mean ?? 0;

/** Of 1 / rank and of the lines found, over the questions of all runs. */
function changes(runs: readonly SimulatedRun[]): readonly [MeanChange, MeanChange] {
  const pairs = runs.flatMap(({ before, after }) => before.map((one, i) => [one, after[i]!] as const));
  const change = (of: (asked: Asked) => number | undefined): MeanChange =>
    pairedBootstrap(
      pairs.flatMap(([one, other]) => {
        const [before, after] = [of(one), of(other)];
        return before === undefined || after === undefined ? [] : [{ stratum: '', before, after }];
      }),
      1,
    );
  return [change((asked) => asked.reciprocalRank), change((asked) => asked.spanRecall)];
}

const text = ({ mean, low, high }: Pick<MeanChange, 'mean' | 'low' | 'high'>): string =>
  `${signed(mean)} [${signed(low)}, ${signed(high)}]`;

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3).slice(1)}`;
