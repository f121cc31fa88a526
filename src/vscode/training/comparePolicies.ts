/** Two policies side by side, as Markdown: what each learned from and its figures, and what can be concluded. */
import { inlineMarkdown } from '#core/answer/markdownText.ts';
import type { Comparison } from '#core/learning/learningReport.ts';
import type { PolicyVersionCard } from '#node/stores/policyVersion.ts';
import { dateText, type Language } from '#vscode/language.ts';
import { reportWords } from './reportWords.ts';
import { shippedDigest } from './shippedDigest.ts';
import { figure, intervalText, learnedText } from './versionText.ts';

/** The shipped policy has no card: it did not learn here. */
export interface ComparedPolicy {
  readonly name: string;
  readonly card?: PolicyVersionCard;
}

interface KnownPolicy extends ComparedPolicy {
  readonly digest: string;
}

type Pair = readonly [KnownPolicy, KnownPolicy];

/** @param shipped digest of the shipped policy. */
export function comparePolicies(
  [a, b]: readonly [ComparedPolicy, ComparedPolicy],
  language: Language,
  shipped: string = shippedDigest(),
): string {
  const { t } = language;
  const known = (one: ComparedPolicy): KnownPolicy => ({ ...one, digest: one.card?.digest ?? shipped });
  const policies: Pair = [known(a), known(b)];
  const rows = [...factRows(policies, language), ...figureRows(policies, language)];
  return [
    `# ${t('Policies compared')}`,
    tableOf(['', ...policies.map(({ name }) => name)], rows),
    conclusion(policies, language),
    t(
      'A score is the mean of two figures: how far up the first right file stands, and how many of the right places are among the first ten. 100 is best.',
    ),
  ]
    .join('\n\n')
    .concat('\n');
}

type Row = readonly string[];

function factRows(policies: readonly ComparedPolicy[], language: Language): Row[] {
  const { t } = language;
  const row = (title: string, cell: (card: PolicyVersionCard) => string, without: string): Row => [
    title,
    ...policies.map(({ card }) => (card ? cell(card) : without)),
  ];
  return [
    row(t('Made'), ({ madeMs }) => dateText(madeMs, language), t('comes with Spoor')),
    row(t('Learned from'), ({ report }) => learnedText(report.learned, language), t('public repositories')),
    row(t('Began with'), ({ report }) => report.before.name, NOTHING),
    row(t('Check'), ({ report }) => (report.gate.isPromoted ? t('passed') : t('not passed')), NOTHING),
    row(t('Why'), ({ report }) => report.gate.reasons.join(' '), NOTHING),
  ];
}

/** A row for each figure that one of them has. */
function figureRows(policies: Pair, language: Language): Row[] {
  const figures = policies.map(({ card }) => card?.report.gate.comparisons ?? []);
  const cells = heirOf(policies) === undefined ? ownCells : sharedCells(policies);
  const keys = [...new Set(figures.flat().map(keyOf))];
  return keys.map((key) => {
    const found = figures.map((comparisons) => comparisons.find((one) => keyOf(one) === key));
    return [
      titleOf(
        found.find((one) => one !== undefined)!,
        language,
      ),
      ...cells(found, language),
    ];
  });
}

type Found = readonly (Comparison | undefined)[];

/** Each on the questions that were kept aside in its own run. */
const ownCells = (found: Found, language: Language): string[] =>
  found.map((one) =>
    one
      ? `${figure(one, 'before', language)} → ${figure(one, 'after', language)}, ${intervalText(one, language)}`
      : NOTHING,
  );

/** What one began with and what came of it, on the same questions: those of the run that led from one to the other. */
const sharedCells =
  (policies: Pair) =>
  (found: Found, language: Language): string[] => {
    const heir = heirOf(policies)!;
    const one = found[heir];
    const before = one ? figure(one, 'before', language) : NOTHING;
    const after = one ? `${figure(one, 'after', language)}, ${intervalText(one, language)}` : NOTHING;
    return heir === 0 ? [after, before] : [before, after];
  };

const NOTHING = '–';

const keyOf = ({ set, measure }: Comparison): string => `${set} ${measure}`;

const titleOf = ({ set, measure }: Comparison, language: Language): string =>
  `${reportWords(language)[measure]}, ${setText(set, language)}`;

function setText(set: Comparison['set'], { t }: Language): string {
  switch (set) {
    case 'answers':
      return t('questions of yours');
    case 'history':
      return t('questions from commits');
    case 'own':
      return t('questions of this workspace');
    case 'frozen':
      return t('questions that come with Spoor');
    case 'all':
      return t('all questions');
  }
}

function conclusion(policies: Pair, { t }: Language): string {
  const heir = heirOf(policies);
  return heir === undefined
    ? t(
        'The figures of each are on the questions that were kept aside in its own run, so figures of different columns cannot be compared with each other. Before the arrow stands the policy that it began with.',
      )
    : t(
        '{0} began with {1}, and both have answered the same questions, which neither has learned from. In brackets stands where the change lies with 95 % certainty.',
        inlineMarkdown(policies[heir].name),
        inlineMarkdown(policies[heir === 0 ? 1 : 0].name),
      );
}

/** Which of them began with the other: only its run has put the same questions to both. */
function heirOf([a, b]: Pair): 0 | 1 | undefined {
  if (descends(b, a)) return 1;
  return descends(a, b) ? 0 : undefined;
}

/** By the model file: the shipped policy of another version of Spoor has the same name. */
const descends = ({ card }: KnownPolicy, { digest }: KnownPolicy): boolean => card?.report.before.digest === digest;

function tableOf(head: readonly string[], rows: readonly Row[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cellText).join(' | ')} |`;
  return [line(head), `|${head.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n');
}

/** Within code a bar is not escaped yet. */
const cellText = (text: string): string => inlineMarkdown(text).replaceAll(/(?<!\\)\|/g, String.raw`\|`);
