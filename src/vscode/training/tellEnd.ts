/** Says what came of a run, and offers what can be done about it. */
import * as vscode from 'vscode';
import { FAULT, LearningError } from '#node/learning/learningError.ts';
import type { LearningEnd, LearningPlan } from '#node/learning/learningPlan.ts';
import { discardRun } from '#node/learning/openRuns.ts';
import { policyName } from '#vscode/policyName.ts';
import type { Parts } from '#vscode/commands/parts.ts';
import { editorLanguage } from '#vscode/editorLanguage.ts';
import { promoteVersion } from './changePolicy.ts';

const { t } = vscode.l10n;

/** What the user wants then. */
export type Wish = 'go-on' | undefined;

export async function tellEnd(parts: Parts, plan: LearningPlan, end: LearningEnd): Promise<Wish> {
  if (end.kind === 'finished') await tellFinished(parts, end);
  else if (end.kind === 'too-little') await tellTooLittle(plan, end.sentence);
  else return tellStopped(plan);
  return undefined;
}

/** A sentence of ours is shown as it is. */
export async function tellFailure(parts: Parts, error: unknown): Promise<Wish> {
  parts.log.error(error instanceof Error ? error : String(error));
  const isOurs = error instanceof LearningError || (error instanceof Error && error.name === 'StoreError');
  const sentence =
    isOurs && error.message !== FAULT
      ? error.message
      : t('The training could not go on. The log says why. The policy in use is as it was.');
  const [goOn, showLog] = [t('Go On'), t('Show Log')];
  const answer = await vscode.window.showErrorMessage(sentence, goOn, showLog);
  if (answer === showLog) parts.log.show();
  return answer === goOn ? 'go-on' : undefined;
}

async function tellFinished(parts: Parts, end: Extract<LearningEnd, { kind: 'finished' }>): Promise<void> {
  const { gate } = end.report;
  const place = { scope: 'workspace', number: end.version } as const;
  await parts.report.show(place, { reveal: false });
  await parts.policyChanged();
  const shadow = gate.isPromoted ? await shadowText(parts, end.report.after.digest) : '';
  const [show, back, anyway] = [t('Show Report'), t('Roll Back'), t('Promote Anyway')];
  const why = gate.reasons[0] ?? '';
  const answer = gate.isPromoted
    ? await vscode.window.showInformationMessage(
        `${t('This workspace has a better policy from now on, version {0}. {1}', end.version, why)} ${shadow}`.trim(),
        show,
        back,
      )
    : await vscode.window.showInformationMessage(
        t(
          'The new policy is kept as version {0} but not used: the one before stays in use. {1}',
          end.version,
          why,
        ).trim(),
        show,
        anyway,
      );
  if (answer === show) await parts.report.show(place, { reveal: true });
  if (answer === back) await vscode.commands.executeCommand('spoor.rollBackPolicy');
  if (answer === anyway) await promoteVersion(parts, place, 'workspace');
}

/** A setting may name another policy; then the new one does not answer. */
async function shadowText({ search }: Parts, digest: string): Promise<string> {
  const status = await search.service.policy();
  const name = policyName(status, editorLanguage());
  return status.digest === digest ? '' : t('But a setting names another policy, which answers before it: {0}.', name);
}

/** The history gives questions where few answers were judged. */
async function tellTooLittle(plan: LearningPlan, sentence: string): Promise<void> {
  const both = t('Train On History Too');
  const offers = plan.history || plan.git === false ? [] : [both];
  const answer = await vscode.window.showInformationMessage(sentence, ...offers);
  if (answer === both) await vscode.commands.executeCommand('spoor.trainOnBoth');
}

async function tellStopped({ directory }: LearningPlan): Promise<Wish> {
  const [goOn, discard] = [t('Go On'), t('Discard')];
  const answer = await vscode.window.showInformationMessage(
    t('The training was stopped. What it had done is kept, and it can go on.'),
    goOn,
    discard,
  );
  if (answer === discard) await discardRun(directory);
  return answer === goOn ? 'go-on' : undefined;
}
