/** Asking in one workspace: the load of the extension host, and the times beside the command line's. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { runCommand } from '../hostWindow.ts';
import type { HostWindow } from '../hostWindow.ts';
import { askAndWait, openPanel } from '../panel.ts';
import type { Panel } from '../panel.ts';
import { searchProcesses, serverProcesses } from '../serverProcesses.ts';
import { until } from '../until.ts';
import { askTimed } from './askTimed.ts';
import { openCommandLine } from './commandLine.ts';
import type { CommandLine } from './commandLine.ts';
import type { MeasuredServer } from './measuredServer.ts';
import { cpuTicks, residentMb } from './processFacts.ts';
import type { Lag } from './probe.ts';
import { median } from './statistics.ts';

export interface AskingCosts {
  /** While nothing is asked: what the machine, the editor and its own extensions do. */
  readonly idle: Lag;
  /** From the opening of the panel until the index is there, with one question after the other, and then on. */
  readonly busy: Lag;
  /** Medians of the rounds, one for each question. */
  readonly stepMs: readonly number[];
  readonly answerMs: readonly number[];
  /** Of its searcher, warm. */
  readonly commandLineMs: readonly number[];
  /** Of a process for each question. */
  readonly programMs: readonly number[];
  /** Share of the questions with the same cited places, in the same order, on both sides. */
  readonly same: number;
  readonly memory: { readonly residentMb: number; readonly peakMb: number };
}

const IDLE_MS = 10_000;

export async function measureAsking(
  measured: MeasuredServer,
  workspace: string,
  options: { readonly questions: readonly string[]; readonly rounds: number },
): Promise<AskingCosts> {
  const { server, window, probe, folder } = measured;
  await hostAtRest(measured);
  await probe.startLag();
  const panel = await openPanel(window);
  for (const question of options.questions) await askAndWait(panel, question);
  await docsIndexed(window);
  const busy = await probe.takeLag();
  await atRest(measured);
  await probe.startLag();
  await delay(IDLE_MS);
  const idle = await probe.takeLag();
  const commandLine = await openCommandLine(workspace, join(folder, 'cache'));
  try {
    const times = await timesOf(measured, panel, commandLine, options);
    const memory = residentMb(searchProcesses(server)[0]!.pid);
    return { idle, busy, ...times, memory };
  } finally {
    commandLine.stop();
  }
}

type Times = Pick<AskingCosts, 'stepMs' | 'answerMs' | 'commandLineMs' | 'programMs' | 'same'>;

interface TimedOnce {
  readonly stepMs: number;
  readonly answerMs: number;
  readonly commandLineMs: number;
  readonly programMs: number;
  readonly isSame: boolean;
}

/** The first round warms both sides and does not count. */
async function timesOf(
  measured: MeasuredServer,
  panel: Panel,
  commandLine: CommandLine,
  { questions, rounds }: { readonly questions: readonly string[]; readonly rounds: number },
): Promise<Times> {
  const rows: TimedOnce[][] = questions.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    await runCommand(measured.window, 'Spoor: New Conversation');
    await panel.last.waitFor({ state: 'detached' });
    for (const [i, question] of questions.entries()) {
      const row = await askBoth(measured, panel, commandLine, question);
      if (round > 0) rows[i]!.push(row);
    }
  }
  const medians = (of: (row: TimedOnce) => number): number[] => rows.map((row) => median(row.map(of)));
  return {
    stepMs: medians(({ stepMs }) => stepMs),
    answerMs: medians(({ answerMs }) => answerMs),
    commandLineMs: medians(({ commandLineMs }) => commandLineMs),
    programMs: medians(({ programMs }) => programMs),
    same: rows.filter((row) => row.every(({ isSame }) => isSame)).length / rows.length,
  };
}

/** One after the other, each when the other is at rest. */
async function askBoth(
  measured: MeasuredServer,
  panel: Panel,
  commandLine: CommandLine,
  question: string,
): Promise<TimedOnce> {
  const { ms: commandLineMs, paths } = await commandLine.ask(question);
  const programMs = await commandLine.askAnew(question);
  const times = await askTimed(panel, question);
  await atRest(measured);
  return { ...times, commandLineMs, programMs, isSame: isDeepStrictEqual(await citedPaths(panel), paths) };
}

/** As the cards' buttons name them. */
async function citedPaths({ cards }: Panel): Promise<string[]> {
  return cards.locator('.path').allInnerTexts();
}

export const docsIndexed = ({ page }: HostWindow): Promise<void> =>
  page.locator('.statusbar-item[aria-label*="Spoor"][aria-label*="sections"]:not([aria-label*="indexing"])').waitFor({
    timeout: 300_000,
  });

/** The editor's own extensions have looked at the workspace: the host uses less than a tenth of a processor. */
export async function hostAtRest({ server }: MeasuredServer): Promise<void> {
  const host = serverProcesses(server).find(({ command }) => command.includes('--type=extensionHost'));
  if (!host) throw new Error('There is no extension host.');
  let before = cpuTicks(host.pid);
  await until(
    'rest of the extension host',
    async () => {
      await delay(1_000);
      const used = cpuTicks(host.pid) - before;
      before += used;
      return used < 10;
    },
    120_000,
  );
}

/** The searching process uses no processor time any more. */
async function atRest({ server }: MeasuredServer): Promise<void> {
  let before = -1;
  await until('rest of the searching process', () => {
    const now = cpuTicks(searchProcesses(server)[0]!.pid);
    const isSame = now === before;
    before = now;
    return isSame;
  });
}
