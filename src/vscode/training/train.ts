/** Begins a run that learns, once nothing stands in its way, and sees it to its end. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { LearningPlan } from '#node/learning/learningPlan.ts';
import { discardRun, openRuns, sweepRuns, type OpenRun } from '#node/learning/openRuns.ts';
import { onBattery } from '#node/learning/power.ts';
import type { Parts } from '#vscode/commands/parts.ts';
import { dateText } from '#vscode/language.ts';
import { editorLanguage } from '#vscode/editorLanguage.ts';
import { planAnew, planFor, type Sources } from './planFor.ts';
import { showProgress } from './showProgress.ts';
import { tellEnd, tellFailure, type Wish } from './tellEnd.ts';
import { trainingSettings } from './trainingSettings.ts';

const { t } = vscode.l10n;

export async function train(parts: Parts, asked: Sources): Promise<void> {
  if (parts.paths().folders.length === 0) return tell(t('Open a folder first: what is learned is kept for its code.'));
  if (parts.trainings.state()) return tellRunning();
  const sources = await allowed(asked);
  if (!sources) return;
  const unfinished = await unfinishedRun(parts);
  const choice = unfinished ? await askAboutRun(unfinished) : 'begin';
  if (choice === 'go-on') return goOn(parts, unfinished!.plan);
  if (choice !== 'begin' || !(await mayUseBattery())) return;
  if (unfinished) await discardRun(unfinished.plan.directory);
  await runPlan(parts, await planFor(parts, sources, join(parts.storage.runs, randomUUID())));
}

/** Takes a run up where it is; not one of the history where git may not be run any more. */
export async function goOn(parts: Parts, plan: LearningPlan): Promise<void> {
  const isAllowed = await allowed({ answers: false, history: plan.history });
  if (isAllowed && (await mayUseBattery())) await runPlan(parts, planAnew(parts, plan));
}

/** Once per start: a run of this workspace that something has cut off may go on. */
export async function offerToGoOn(parts: Parts): Promise<void> {
  await sweepRuns(parts.storage.runs, Date.now());
  const run = await unfinishedRun(parts);
  if (run?.state !== 'cut-off' || parts.trainings.state()) return;
  const [yes, discard] = [t('Go On'), t('Discard')];
  const began = dateText(run.beganMs, editorLanguage());
  const answer = await vscode.window.showInformationMessage(
    t('The training that began {0} was cut off. What it had done is kept, and it can go on.', began),
    yes,
    discard,
  );
  if (answer === yes) await goOn(parts, run.plan);
  if (answer === discard) await discardRun(run.plan.directory);
}

/** The latest of this workspace that nobody is at. */
async function unfinishedRun({ storage, policies }: Parts): Promise<OpenRun | undefined> {
  const runs = await openRuns(storage.runs);
  return runs.find(({ plan, state }) => plan.versions === policies().folders.workspace && state !== 'running');
}

async function askAboutRun({ beganMs }: OpenRun): Promise<'begin' | 'go-on' | undefined> {
  const [yes, anew] = [t('Go On'), t('Begin Anew')];
  const answer = await vscode.window.showInformationMessage(
    t('The training that began {0} is not at its end yet.', dateText(beganMs, editorLanguage())),
    yes,
    anew,
  );
  return answer === yes ? 'go-on' : answer === anew ? 'begin' : undefined;
}

/** Without trust, or where the settings say so, git is not run: then there is no history. */
async function allowed(asked: Sources): Promise<Sources | undefined> {
  if (!asked.history) return asked;
  const isOff = vscode.workspace.getConfiguration('spoor').get('history.enabled') === false;
  if (vscode.workspace.isTrusted && !isOff) return asked;
  const why = isOff
    ? t('The setting spoor.history.enabled is off, so git is not run and its history cannot be learned from.')
    : t('This workspace is not trusted, so git is not run and its history cannot be learned from.');
  const [remedy, command] = isOff
    ? [t('Open Settings'), 'spoor.openSettings']
    : [t('Manage Trust'), 'workbench.trust.manage'];
  const onlyAnswers = t('Train From My Answers');
  const answer = await vscode.window.showWarningMessage(why, ...(asked.answers ? [onlyAnswers, remedy] : [remedy]));
  if (answer === remedy) await vscode.commands.executeCommand(command);
  return answer === onlyAnswers ? { answers: true, history: false } : undefined;
}

async function mayUseBattery(): Promise<boolean> {
  if (!(await onBattery())) return true;
  const yes = t('Train Now');
  const { minutes } = trainingSettings();
  const answer = await vscode.window.showWarningMessage(
    t('This machine runs on its battery. Training keeps it busy for up to {0} minutes.', minutes),
    yes,
  );
  return answer === yes;
}

async function runPlan(parts: Parts, plan: LearningPlan): Promise<void> {
  if (parts.trainings.state()) return tellRunning();
  let wish: Wish;
  try {
    const running = parts.trainings.start(plan);
    showProgress(parts.trainings, running);
    const end = await running.catch((error: unknown) => {
      parts.report.showOver();
      throw error;
    });
    if (end?.kind !== 'finished') parts.report.showOver();
    wish = end && (await tellEnd(parts, plan, end));
  } catch (error) {
    wish = await tellFailure(parts, error);
  }
  if (wish === 'go-on') await goOn(parts, plan);
}

async function tellRunning(): Promise<void> {
  const show = t('Show Report');
  const answer = await vscode.window.showInformationMessage(t('A training goes on already.'), show);
  if (answer === show) await vscode.commands.executeCommand('spoor.showTrainingReport');
}

const tell = (sentence: string): void => void vscode.window.showInformationMessage(sentence);
