/** A version of a policy in words, for lists. */
import type { Comparison, LearnedFrom, Measure } from '#core/learning/learningReport.ts';
import type { PolicyScope, PolicyVersionCard } from '#node/stores/policyVersion.ts';
import { changeText, dateText, decimal, type Language } from '#vscode/language.ts';

export interface VersionText {
  readonly label: string;
  /** When it was made, and whether it is in use. */
  readonly description: string;
  /** What it learned from, and its figures. */
  readonly detail: string;
}

export function versionText(
  {
    card,
    scope,
    isInUse,
  }: { readonly card: PolicyVersionCard; readonly scope: PolicyScope; readonly isInUse: boolean },
  language: Language,
): VersionText {
  const { t } = language;
  const { learned, before, gate } = card.report;
  const made = dateText(card.madeMs, language);
  const parts = [
    gate.isPromoted ? t('passed the check') : t('did not pass the check'),
    figureText(mainComparison(gate.comparisons), language),
    t('learned from {0}', learnedText(learned, language)),
    t('began with {0}', before.name),
  ];
  return {
    label: versionName(scope, card.number, language),
    description: isInUse ? t('{0} · in use', made) : made,
    detail: parts.filter(Boolean).join(' · '),
  };
}

export const versionName = (scope: PolicyScope, number: number, { t }: Language): string =>
  scope === 'workspace' ? t('This workspace, version {0}', number) : t('All my workspaces, version {0}', number);

/** `12 answers, 40 commits`. */
export function learnedText({ answers, rejected, history }: LearnedFrom, { t }: Language): string {
  const parts = [
    answers === 1 ? t('1 answer') : answers ? t('{0} answers', answers) : '',
    rejected === 1 ? t('1 rejected answer') : rejected ? t('{0} rejected answers', rejected) : '',
    history === 1 ? t('1 commit') : history ? t('{0} commits', history) : '',
  ].filter(Boolean);
  return parts.length ? parts.join(', ') : t('nothing');
}

/** What is told of a version in one line: the user's own questions before all. */
export const mainComparison = (comparisons: readonly Comparison[]): Comparison | undefined => {
  const utility = comparisons.filter(({ measure, questions }) => measure === 'utility' && questions > 0);
  return utility.find(({ set }) => set === 'own') ?? utility.find(({ set }) => set === 'all') ?? utility[0];
};

/** `score 52.1 → 58.4 on 20 questions kept aside`. */
export function figureText(comparison: Comparison | undefined, language: Language): string {
  if (!comparison) return '';
  const [before, after] = [figure(comparison, 'before', language), figure(comparison, 'after', language)];
  const { t } = language;
  return comparison.questions === 1
    ? t('score {0} → {1} on 1 question kept aside', before, after)
    : t('score {0} → {1} on {2} questions kept aside', before, after, comparison.questions);
}

/** Shares in points of 100, as in the report. */
export const figure = (comparison: Comparison, when: 'before' | 'after', language: Language): string =>
  decimal(scaleOf(comparison.measure) * comparison[when], language);

/** `+6.0 (+1.2 to +11.4)`. */
export function intervalText({ measure, change }: Comparison, language: Language): string {
  const said = (value: number): string => changeText(scaleOf(measure) * value, language);
  return language.t('{0} ({1} to {2})', said(change.mean), said(change.low), said(change.high));
}

const scaleOf = (measure: Measure): number => (measure === 'calls' || measure === 'policyMs' ? 1 : 100);
