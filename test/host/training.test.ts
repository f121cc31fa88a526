/** Learning from use: accept an answer, train, see the report, promote, ask again, compare, roll back. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { makeLearningWorkspace } from '../fakes/learningWorkspace.ts';
import { gatedRipgrep } from './gatedRipgrep.ts';
import {
  clearNotifications,
  enterPath,
  notification,
  quickInput,
  reloadWindow,
  runCommand,
  webview,
} from './hostWindow.ts';
import { askAndWait, button, openPanel, shownPage } from './panel.ts';
import type { Panel } from './panel.ts';
import { makeFolder, removeFolders, writeWorkspaceSettings } from './parcel.ts';
import { until } from './until.ts';
import { useWindow } from './useWindow.ts';

const QUESTION = 'where is an account locked after wrong passwords?';
/** A run of one minute, on a machine that does much else. */
const RUN_MS = 240_000;

const workspace = makeFolder();
makeLearningWorkspace(workspace);
/** Holds a run in the middle: one of so small a workspace would be over before it is stopped. */
const gate = gatedRipgrep(makeFolder());
writeWorkspaceSettings(workspace, {
  'spoor.training.minutes': 1,
  'spoor.training.processes': 2,
  'spoor.ripgrepPath': gate.program,
});
const window = useWindow(() => ({ workspace }));
let panel: Panel;

beforeAll(async () => {
  panel = await openPanel(window());
});
afterAll(() => {
  gate.open();
  removeFolders();
});

const report = (): FrameLocator => webview(window(), 'spoor.spoor', 'editor');
const statusItem = (text: RegExp): Locator => window().page.locator('.statusbar-item', { hasText: text }).first();
const storage = (): string => join(inject('server').userData, 'User', 'globalStorage', 'spoor.spoor');

/** Clicks a row of the list at the top. */
const pick = (text: string | RegExp): Promise<void> =>
  quickInput(window()).locator('.monaco-list-row').filter({ hasText: text }).first().click();

/** Clicks a button of a notification, which stays shown as long as it has buttons. */
async function answer(text: RegExp, name: string, timeout?: number): Promise<void> {
  const shown = notification(window(), text);
  await shown.waitFor(timeout === undefined ? {} : { timeout });
  await button(shown, name).click();
}

/** Digests of the policies that have answered here, in order. */
function answeredBy(): string[] {
  const folder = join(storage(), 'feedback');
  const lines = readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'));
  const events = lines.map(
    (line) => JSON.parse(line) as { type: string; question?: string; policy?: { digest: string } },
  );
  return events.flatMap(({ type, question, policy }) =>
    type === 'answered' && question?.startsWith(QUESTION) ? [policy?.digest ?? ''] : [],
  );
}

/** Folders of runs that say what they are for, and not that they are at their end. */
function unfinishedRuns(): string[] {
  const runs = join(storage(), 'runs');
  const isAtEnd = (end: string): boolean => /"(finished|too-little)"/.test(readFileSync(end, 'utf8'));
  return readdirSync(runs).filter((name) => {
    const [plan, end] = ['plan.json', 'end.json'].map((file) => join(runs, name, file)) as [string, string];
    return existsSync(plan) && !(existsSync(end) && isAtEnd(end));
  });
}

test('one accepted answer is too little; what is missing is said, and the history offered', async () => {
  await askAndWait(panel, QUESTION);
  await button(panel.last, 'Accept').click();
  await button(panel.last, 'Accepted · undo').waitFor();
  await runCommand(window(), 'Spoor: Train From My Answers');
  gate.close();
  await answer(/\d+ more/, 'Train On History Too', 60_000);
});

test('a run shows how far it is; it can be held, and goes on', async () => {
  await notification(window(), 'Spoor trains').waitFor();
  await statusItem(/Training|questions|searches/).waitFor();
  await runCommand(window(), 'Spoor: Show Training Report');
  await report().getByRole('heading', { name: 'Spoor trains' }).waitFor();
  await runCommand(window(), 'Spoor: Pause Training');
  await statusItem(/^\s*Training paused/).waitFor();
  await report()
    .getByText(/^paused/)
    .waitFor();
  await runCommand(window(), 'Spoor: Resume Training');
  await statusItem(/^\s*Training paused/).waitFor({ state: 'detached' });
  gate.open();
});

test('its end says what came of it and why; the report shows all of it', { timeout: RUN_MS + 60_000 }, async () => {
  await answer(/policy .*version 1/, 'Show Report', RUN_MS);
  await report().getByRole('heading', { name: 'Before and after' }).waitFor();
  await report().getByRole('img', { name: 'Reward' }).waitFor();
  await runCommand(window(), 'Spoor: Save Training Report');
  const file = join(makeFolder(), 'report.html');
  await enterPath(window(), file);
  await notification(window(), `The report was written to ${file}`).waitFor();
  expect(readFileSync(file, 'utf8')).toContain('Before and after');
  await clearNotifications(window());
});

test('the new policy is promoted, and answers the next question', async () => {
  await runCommand(window(), 'Spoor: Promote');
  await pick('This workspace, version 1');
  await pick('For this workspace');
  await notification(window(), 'From the next question on this answers: This workspace, version 1.').waitFor();
  await statusItem(/Spoor: this workspace 1/).waitFor();
  await askAndWait(panel, `${QUESTION} again`);
  const [before, after] = await until('both answers in the feedback', () => {
    const digests = answeredBy();
    return digests.length === 2 && digests;
  });
  expect(before).not.toBe(after);
  await clearNotifications(window());
});

test('policies are compared side by side', async () => {
  await runCommand(window(), 'Spoor: Compare Policies');
  await pick('This workspace, version 1');
  await pick('Shipped policy');
  await shownPage(window()).getByRole('heading', { name: 'Policies compared' }).waitFor();
  await shownPage(window())
    .getByText(/began with Shipped policy/)
    .waitFor();
});

test('rolling back leads to the policy before, which can be undone; resetting to the shipped one', async () => {
  await runCommand(window(), 'Spoor: Roll Back');
  await answer(/From the next question on this answers: Shipped policy/, 'Undo');
  await statusItem(/Spoor: this workspace 1/).waitFor();
  await clearNotifications(window());
  await runCommand(window(), 'Spoor: Reset To Shipped Policy');
  await notification(window(), 'From the next question on this answers: Shipped policy').waitFor();
  await statusItem(/Spoor: shipped/).waitFor();
  await clearNotifications(window());
});

test('a run that is stopped is kept: it is offered when training is asked for again', async () => {
  gate.close();
  await runCommand(window(), "Spoor: Train On This Repository's History");
  await notification(window(), 'Spoor trains').waitFor();
  await gate.reached();
  await runCommand(window(), 'Spoor: Stop Training');
  await notification(window(), 'The training was stopped').waitFor({ timeout: 60_000 });
  await clearNotifications(window());
  await runCommand(window(), "Spoor: Train On This Repository's History");
  await answer(/is not at its end yet/, 'Go On');
  await notification(window(), 'Spoor trains').waitFor();
  await runCommand(window(), 'Spoor: Stop Training');
  await answer(/The training was stopped/, 'Discard', 60_000);
  await until('no unfinished run', () => unfinishedRuns().length === 0);
});

test('a run that is cut off by a reload of the window is offered to go on', async () => {
  gate.close();
  await runCommand(window(), "Spoor: Train On This Repository's History");
  await notification(window(), 'Spoor trains').waitFor();
  await until('a run on disk', () => unfinishedRuns().length === 1);
  await reloadWindow(window());
  await answer(/The training that began .* was cut off/, 'Go On', 60_000);
  await notification(window(), 'Spoor trains').waitFor();
  await runCommand(window(), 'Spoor: Stop Training');
  await answer(/The training was stopped/, 'Discard', 60_000);
  await until('no unfinished run', () => unfinishedRuns().length === 0);
});
