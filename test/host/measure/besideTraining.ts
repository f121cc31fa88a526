/** Typing and asking in one workspace while a run learns from its history: what a person feels of it. */
import { setTimeout as delay } from 'node:timers/promises';
import { focusedEditor, runCommand } from '../hostWindow.ts';
import type { HostWindow } from '../hostWindow.ts';
import { askAndWait, openPanel } from '../panel.ts';
import type { Panel } from '../panel.ts';
import { learningProcesses } from '../serverProcesses.ts';
import { until } from '../until.ts';
import { askTimed } from './askTimed.ts';
import { docsIndexed, hostAtRest } from './asking.ts';
import type { MeasuredServer } from './measuredServer.ts';
import type { Lag } from './probe.ts';
import { median } from './statistics.ts';

export interface TrainingCosts {
  /** Of the host's loop while somebody types and asks: without the run, and beside it. */
  readonly aloneLag: Lag;
  readonly besideLag: Lag;
  /** Medians of the rounds, one for each question: without the run, and beside it. */
  readonly aloneMs: readonly number[];
  readonly besideMs: readonly number[];
}

const TYPED = 'A line that somebody types while it learns. ';
const SETTLE_MS = 3_000;

export async function measureTraining(
  measured: MeasuredServer,
  options: { readonly questions: readonly string[]; readonly rounds: number },
): Promise<TrainingCosts> {
  const { server, window, probe } = measured;
  await hostAtRest(measured);
  const panel = await openPanel(window);
  for (const question of options.questions) await askAndWait(panel, question);
  await docsIndexed(window);
  await probe.startLag();
  const aloneMs = await timesOf(window, panel, options);
  const aloneLag = await probe.takeLag();
  await runCommand(window, "Spoor: Train On This Repository's History");
  await until('a run', () => learningProcesses(server).length > 0);
  await delay(SETTLE_MS);
  await probe.startLag();
  const besideMs = await timesOf(window, panel, options);
  const besideLag = await probe.takeLag();
  if (learningProcesses(server).length === 0)
    throw new Error(`The run was at its end before all was asked: ask in fewer rounds. ${await shownText(window)}`);
  await runCommand(window, 'Spoor: Stop Training');
  return { aloneLag, besideLag, aloneMs, besideMs };
}

async function timesOf(
  window: HostWindow,
  panel: Panel,
  { questions, rounds }: { readonly questions: readonly string[]; readonly rounds: number },
): Promise<number[]> {
  const times: number[][] = questions.map(() => []);
  for (let round = 0; round < rounds; round++) {
    await runCommand(window, 'Spoor: New Conversation');
    await panel.last.waitFor({ state: 'detached' });
    for (const [i, question] of questions.entries()) {
      times[i]!.push((await askTimed(panel, question)).answerMs);
      await typeSome(window);
    }
  }
  return times.map(median);
}

/** What the editor says in its notifications. */
const shownText = ({ page }: HostWindow): Promise<string> =>
  page
    .locator('.notifications-toasts .notification-list-item-message')
    .allInnerTexts()
    .then((texts) => texts.join(' '));

async function typeSome(window: HostWindow): Promise<void> {
  await runCommand(window, 'File: New Untitled Text File');
  await focusedEditor(window).waitFor();
  await window.page.keyboard.type(TYPED);
  await runCommand(window, 'View: Revert and Close Editor');
}
