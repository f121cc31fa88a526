/**
 * Measures what a training run costs those who work beside it, without an editor:
 * `node scripts/node.mjs scripts/measureTraining.ts [--workspace DIR] [--rounds 4] [--minutes 5] [--processes 1]`.
 *
 * A run that learns from the workspace's history is begun as the editor begins it, paused and resumed in turns; in each
 * turn the same questions are asked. This process stands for the extension host. Prints a table and exits with 1 when a
 * bound is missed. Memory is measured on Linux only. Whatever else runs on the machine is in the times, so the machine's
 * load is printed too.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { quantile } from '../src/cli/batchSummary.ts';
import { createLearningClient, type LearningRun } from '../src/node/learning/learningClient.ts';
import { LEARNING_DEFAULTS, type LearningEvent, type LearningPlan } from '../src/node/learning/learningPlan.ts';
import { createServiceClient, type ServiceClient } from '../src/node/service/serviceClient.ts';
import { watchMemory } from './processMemory.ts';

const BOUNDS = { lagP99Ms: 30, ratio: 1.5, memoryMb: 1_000 };
const QUESTIONS = [
  'How are command line options parsed?',
  'Where are errors handled and reported?',
  'How is the configuration file loaded?',
  'Where is caching implemented?',
  'How is a timeout handled?',
  'How is the JSON output formatted?',
];
/** The histogram holds the time from one tick to the next, so this is taken off. */
const TICK_MS = 10;

const { values } = parseArgs({
  options: {
    workspace: { type: 'string', default: '.' },
    rounds: { type: 'string', default: '4' },
    minutes: { type: 'string', default: '5' },
    processes: { type: 'string', default: String(Math.max(1, availableParallelism() >> 1)) },
  },
});

/** What was measured by turn: with a run that rests, and beside one that works. */
interface Turns {
  readonly resting: Turn[];
  readonly beside: Turn[];
  /** From the wish to hold until work waits, in milliseconds. */
  readonly pauseMs: number[];
}

interface Turn {
  /** From question to answer, for each question. */
  readonly answerMs: readonly number[];
  /** Of the event loop of this process meanwhile. */
  readonly lagP99Ms: number;
}

const base = mkdtempSync(join(tmpdir(), 'spoor-measure-training-'));
try {
  await measure(resolve(values.workspace));
} finally {
  rmSync(base, { recursive: true, force: true, maxRetries: 5 });
}

async function measure(workspace: string): Promise<void> {
  const service = createServiceClient({
    modulePath: programOf('service/serviceProcess'),
    settings: {
      folders: [workspace],
      storage: join(base, 'storage'),
      docsFolders: [],
      docs: true,
      history: true,
      policy: 'learned',
      turns: 4,
      runtime: 'auto',
    },
    log: () => undefined,
    onEvent: () => undefined,
  });
  const client = createLearningClient({ modulePath: programOf('learning/learningProcess'), log: console.error });
  try {
    await warm(service);
    const phases = new Set<string>();
    const onEvent = (event: LearningEvent): void => void (event.type === 'progress' && phases.add(event.phase));
    const run = client.start(planFor(workspace), onEvent);
    const memory = watchMemory(process.pid, 'learningProcess');
    const turns = await takeTurns(service, run);
    tell(turns, memory.stop(), [...phases]);
    run.stop();
    await run.end;
  } finally {
    await Promise.all([client.dispose(), service.dispose()]);
  }
}

function programOf(name: string): string {
  return join(import.meta.dirname, '..', 'src', 'node', `${name}.ts`);
}

function planFor(workspace: string): LearningPlan {
  return {
    ...LEARNING_DEFAULTS,
    directory: join(base, 'runs', 'one'),
    folders: [workspace],
    storage: join(base, 'storage'),
    feedback: [],
    history: true,
    startName: 'shipped',
    versions: join(base, 'versions'),
    docsFolders: [],
    minutes: Number(values.minutes),
    processes: Number(values.processes),
  };
}

/** History and docs index are there, and every question was asked once. */
async function warm(service: ServiceClient): Promise<void> {
  await askAll(service);
  while (!(await service.docs('status')).complete) await delay(200);
  await askAll(service);
}

async function takeTurns(service: ServiceClient, run: LearningRun): Promise<Turns> {
  const turns: Turns = { resting: [], beside: [], pauseMs: [] };
  let isOver = false as boolean;
  void run.end.catch(() => undefined).then(() => (isOver = true));
  for (let round = 0; round < Number(values.rounds) && !isOver; round++) {
    // Long enough for the run to get on, so that different parts of it are met.
    await delay((Number(values.minutes) * 60_000) / (Number(values.rounds) * 2));
    const beside = await askAll(service);
    if (isOver) break;
    const beganMs = performance.now();
    run.pause();
    while (run.state === 'pausing') await delay(20);
    if (isOver) break;
    turns.pauseMs.push(performance.now() - beganMs);
    const resting = await askAll(service);
    turns.beside.push(beside);
    turns.resting.push(resting);
    run.resume();
  }
  return turns;
}

async function askAll(service: ServiceClient): Promise<Turn> {
  const answerMs: number[] = [];
  const lag = monitorEventLoopDelay({ resolution: TICK_MS });
  lag.enable();
  for (const question of QUESTIONS) {
    const beganMs = performance.now();
    await service.ask({ question, scope: [], earlier: [] }, () => undefined, new AbortController().signal);
    answerMs.push(performance.now() - beganMs);
  }
  lag.disable();
  return { answerMs, lagP99Ms: lag.percentile(99) / 1e6 - TICK_MS };
}

function tell({ resting, beside, pauseMs }: Turns, memoryMb: number, phases: readonly string[]): void {
  const median = (values: readonly number[]): number => quantile(values, 0.5);
  const ofQuestion = (turns: readonly Turn[], i: number): number => median(turns.map(({ answerMs }) => answerMs[i]!));
  const ratios = QUESTIONS.map((_, i) => ofQuestion(beside, i) / ofQuestion(resting, i));
  const lagMs = (turns: readonly Turn[]): number => median(turns.map(({ lagP99Ms }) => lagP99Ms));
  const answerMs = (turns: readonly Turn[]): number => median(turns.flatMap((turn) => turn.answerMs));
  console.log('| what | measured | bound |\n| --- | --- | --- |');
  row('question to answer, the run at rest: median, ms', answerMs(resting));
  row('question to answer beside the run: median, ms', answerMs(beside));
  row('the second in times of the first, median of the questions', median(ratios), BOUNDS.ratio);
  row('lag of the event loop of this process, the run at rest: median of p99, ms', lagMs(resting));
  row('lag of the event loop of this process beside the run: median of p99, ms', lagMs(beside), BOUNDS.lagP99Ms);
  row('from pausing until work waits: most, ms', Math.max(...pauseMs));
  row('memory of all processes of the run: most, MB', memoryMb, BOUNDS.memoryMb);
  const load = loadavg()
    .map((one) => one.toFixed(1))
    .join(', ');
  console.log(`\n${beside.length} turns, in which the run was at: ${phases.join(', ')}.`);
  console.log(`Load of the last 1, 5 and 15 minutes: ${load} on ${availableParallelism()} processors.`);
}

function row(what: string, measured: number, bound?: number): void {
  const isMissed = bound !== undefined && !(measured <= bound);
  if (isMissed) process.exitCode = 1;
  const wanted = bound === undefined ? '' : `≤ ${bound}${isMissed ? ', MISSED' : ''}`;
  console.log(`| ${what} | ${measured.toFixed(2)} | ${wanted} |`);
}
