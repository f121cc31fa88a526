/**
 * Measures the packaged extension in a real VS Code:
 * `node scripts/node.mjs test/host/measure.ts --workspace DIR … [--starts 5] [--rounds 3] [--questions 8]
 * [--training]`. With `--training` only what a training run costs beside it is measured.
 *
 * Prints a table with what was measured and the bound, and exits with 1 when a bound is missed; medians are compared
 * with it. Linux only. Times are milliseconds on the wall: whatever else runs on the machine is in them, so the machine's
 * load is printed too.
 */
import { availableParallelism, loadavg } from 'node:os';
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { measureAsking } from './measure/asking.ts';
import type { AskingCosts } from './measure/asking.ts';
import { measureTraining } from './measure/besideTraining.ts';
import type { TrainingCosts } from './measure/besideTraining.ts';
import { measureHover } from './measure/hoverTimes.ts';
import { withServer } from './measure/measuredServer.ts';
import type { Lag } from './measure/probe.ts';
import { measureStart } from './measure/start.ts';
import type { StartCosts } from './measure/start.ts';
import { median, ms, p95, spread } from './measure/statistics.ts';
import { packedExtension } from './packedExtension.ts';
import { makeParcel, removeFolders } from './parcel.ts';

const BOUNDS = { activationMs: 60, lagP99Ms: 30, stepMs: 150, ratio: 1.3, hoverMs: 5, besideTraining: 1.5 };
const HOVERS = 200;
const QUESTIONS = [
  'How are command line options parsed?',
  'Where are errors handled and reported?',
  'How is the configuration file loaded?',
  'Where is caching implemented?',
  'How is a timeout handled?',
  'How are paths resolved on Windows?',
  'Where are regular expressions compiled?',
  'How is the JSON output formatted?',
];

const { values } = parseArgs({
  options: {
    workspace: { type: 'string', multiple: true, default: [] },
    starts: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    questions: { type: 'string', default: String(QUESTIONS.length) },
    training: { type: 'boolean', default: false },
  },
});

await measureAll(packedExtension());

async function measureAll(vsix: string): Promise<void> {
  console.log('| where | what | measured | bound |\n| --- | --- | --- | --- |');
  const options = { questions: QUESTIONS.slice(0, Number(values.questions)), rounds: Number(values.rounds) };
  try {
    if (!values.training) await measureFixture(vsix);
    for (const workspace of values.workspace.map((path) => resolve(path)))
      await withServer(vsix, workspace, async (measured) => {
        if (values.training) printTraining(basename(workspace), await measureTraining(measured, options));
        else printAsking(basename(workspace), await measureAsking(measured, workspace, options));
      });
  } finally {
    removeFolders();
  }
  const loads = loadavg().map((load) => load.toFixed(1));
  console.log(`\nLoad of the last 1, 5 and 15 minutes: ${loads.join(', ')} on ${availableParallelism()} processors.`);
}

async function measureFixture(vsix: string): Promise<void> {
  const parcel = makeParcel();
  printStart(await withServer(vsix, parcel, (measured) => measureStart(measured, Number(values.starts))));
  const hovers = await withServer(vsix, parcel, (measured) => measureHover(measured, parcel, HOVERS));
  row('fixture', 'hover from the cache, in the provider: median, p95', spread(hovers), BOUNDS.hoverMs, median(hovers));
}

function printTraining(where: string, { aloneLag, besideLag, aloneMs, besideMs }: TrainingCosts): void {
  row(where, "lag of the host's loop while typing and asking, without a run: p99, most", lagText(aloneLag));
  row(where, '… beside a run', lagText(besideLag), BOUNDS.lagP99Ms, besideLag.p99Ms);
  row(where, 'question to the answer drawn, without a run: median, p95', spread(aloneMs));
  row(where, '… beside a run', spread(besideMs));
  const ratios = besideMs.map((beside, i) => beside / aloneMs[i]!);
  const ratio = median(ratios);
  row(where, '… in times of that without: median, p95', two(ratio, p95(ratios)), BOUNDS.besideTraining, ratio);
}

function printStart({ activationMs, loaded, processes }: StartCosts): void {
  row('fixture', 'activation: median, p95', spread(activationMs), BOUNDS.activationMs, median(activationMs));
  row('fixture', 'loaded before the first use', loaded.join('; '));
  row('fixture', 'processes before the first use', String(processes), 0, processes);
}

function printAsking(where: string, costs: AskingCosts): void {
  const { busy, idle, stepMs, answerMs, commandLineMs, programMs, memory } = costs;
  const ratios = answerMs.map((answer, i) => answer / commandLineMs[i]!);
  row(where, "lag of the host's loop while asking and indexing: p99, most", lagText(busy), BOUNDS.lagP99Ms, busy.p99Ms);
  row(where, '… while nothing is asked', lagText(idle));
  row(where, 'question to the first step drawn: median, p95', spread(stepMs), BOUNDS.stepMs, median(stepMs));
  row(where, 'question to the answer drawn: median, p95', spread(answerMs));
  row(where, "the command line's searcher, warm, the same questions: median, p95", spread(commandLineMs));
  row(where, 'the command line, a process for each question: median, p95', spread(programMs));
  const ratio = median(ratios);
  row(where, 'answer, in times of the warm searcher: median, p95', two(ratio, p95(ratios)), BOUNDS.ratio, ratio);
  const added = answerMs.map((answer, i) => answer - commandLineMs[i]!);
  row(where, 'what the editor adds to the warm searcher: median, p95', spread(added));
  row(where, 'questions with the same places on both sides', `${Math.round(costs.same * 100)} %`);
  row(where, 'memory of the searching process: now, most', `${memory.residentMb}, ${memory.peakMb} MB`);
}

function lagText({ p99Ms, maxMs }: Lag): string {
  return `${ms(p99Ms)}, ${ms(maxMs)}`;
}

function two(a: number, b: number): string {
  return `${a.toFixed(2)}, ${b.toFixed(2)}`;
}

/** `decides` is what is compared with the bound. */
function row(where: string, what: string, measured: string, bound?: number, decides?: number): void {
  const isMissed = bound !== undefined && !(Number(decides) <= bound);
  if (isMissed) process.exitCode = 1;
  const wanted = bound === undefined ? '' : `≤ ${bound}${isMissed ? ', MISSED' : ''}`;
  console.log(`| ${where} | ${what} | ${measured} | ${wanted} |`);
}
