/** What `spoor train` prints when it has learned from use. */
import { printable } from '#core/answer/plainText.ts';
import type { LearningReport } from '#core/learning/learningReport.ts';
import type { LearnRequest } from '#cli/learnRequest.ts';
import type { Finished, HandedOut } from '#cli/learnResult.ts';
import { shownPath } from '#cli/shownPath.ts';
import { counted } from '#cli/trailText.ts';

export function finishedText(
  { report, version }: Finished,
  { kept, out }: HandedOut,
  { reports, promote }: LearnRequest,
  cwd: string,
): string {
  const { isPromoted, reasons } = report.gate;
  const lines = [
    isPromoted ? 'The new policy is better.' : 'The new policy is not taken; the one in use stays.',
    ...reasons.map((reason) => printable(reason)),
    '',
    learnedText(report),
    '',
    `Version ${version} is kept: ${shownPath(kept, cwd)}`,
    ...(out === undefined ? [] : [`${outText(isPromoted, promote)}: ${shownPath(out, cwd)}`]),
    ...reports.map((file) => `Report: ${shownPath(file, cwd)}`),
  ];
  return `${lines.join('\n')}\n`;
}

const outText = (isPromoted: boolean, promote: LearnRequest['promote']): string =>
  isPromoted || promote === 'gate' ? 'Policy' : 'Policy, written because of --promote always';

/** `Learned from 41 answers, 3 rejected answers and 98 commits; checked with 20 questions kept aside and 156 that come with Spoor.` */
function learnedText({ learned, held, dropped }: LearningReport): string {
  const parts = [
    ...(learned.answers ? [counted(learned.answers, 'answer')] : []),
    ...(learned.rejected ? [counted(learned.rejected, 'rejected answer')] : []),
    ...(learned.history ? [counted(learned.history, 'commit')] : []),
  ];
  const own = counted(held.answers + held.history, 'question');
  const left = dropped.reduce((sum, { count }) => sum + count, 0);
  const checked = `checked with ${own} kept aside and ${held.frozen.toLocaleString('en')} that come with Spoor`;
  return `Learned from ${LIST.format(parts)}; ${checked}.${left ? ` Not learned from: ${left.toLocaleString('en')}.` : ''}`;
}

const LIST = new Intl.ListFormat('en-GB');
