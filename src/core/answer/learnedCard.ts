/** What the card of a policy that learned from use says beside the others: from what, and how it did before and after. */
import { grouped, listAt, numberAt, textAt } from '#core/answer/cardValues.ts';
import { inlineMarkdown } from '#core/answer/markdownText.ts';

/** Markdown sections; `card` as the JSON beside the version says it. What it lacks is left out. */
export function learnedSections(card: unknown): readonly string[] {
  return [learnedFrom(card), figuresOf(card), BACK];
}

const SOURCES: readonly (readonly [key: string, one: string, many: string])[] = [
  ['answers', 'answer that was accepted or corrected', 'answers that were accepted or corrected'],
  ['rejected', 'answer that was rejected', 'answers that were rejected'],
  ['history', 'question made of a commit', 'questions made of commits'],
];

function learnedFrom(card: unknown): string {
  const began = textAt(card, 'report', 'before', 'name');
  const lines = SOURCES.flatMap(([key, one, many]) => {
    const count = numberAt(card, 'report', 'learned', key);
    return count ? [`- ${grouped(count)} ${count === 1 ? one : many}`] : [];
  });
  if (began !== undefined) lines.push('', `It began with the policy "${inlineMarkdown(began)}".`);
  return lines.length ? ['## Learned from', '', ...lines].join('\n') : '';
}

const SETS: Readonly<Record<string, string>> = {
  own: 'this workspace',
  answers: 'your questions',
  history: 'newest commits',
  frozen: 'those that come with Spoor',
  all: 'all',
};

interface MeasureText {
  readonly text: string;
  readonly shown: (value: number) => string;
}

const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
const plain = (value: number): string => value.toFixed(3);

const MEASURES: Readonly<Record<string, MeasureText>> = {
  utility: { text: 'Right files and lines, 1 is best', shown: plain },
  reciprocalRank: { text: 'Mean of 1 / rank of the first right file', shown: plain },
  spanRecall: { text: 'Right lines among 10 citations', shown: percent },
  calls: { text: 'Searches', shown: (value) => value.toFixed(1) },
  policyMs: { text: 'Time that the policy took, ms', shown: (value) => value.toFixed(1) },
  notFound: { text: 'Answered "not found here"', shown: percent },
};

function figuresOf(card: unknown): string {
  const rows = listAt(card, 'report', 'gate', 'comparisons').flatMap(figureRow);
  const reasons = listAt(card, 'report', 'gate', 'reasons').filter((reason) => typeof reason === 'string');
  if (rows.length + reasons.length === 0) return '';
  const table = rows.length ? [...HEAD, ...rows, ''] : [];
  return ['## Figures', '', ...table, ...reasons.map(inlineMarkdown)].join('\n').trimEnd();
}

const HEAD: readonly string[] = [
  'On questions that it did not learn from. In brackets: where the change lies with a certainty of 95 %.',
  '',
  '| | questions | before | after | change |',
  '| :-- | :-- | --: | --: | --: |',
];

function figureRow(comparison: unknown): string[] {
  const [set, measure] = [textAt(comparison, 'set') ?? '', textAt(comparison, 'measure') ?? ''];
  if (!Object.hasOwn(SETS, set) || !Object.hasOwn(MEASURES, measure)) return [];
  const [before, after, questions] = ['before', 'after', 'questions'].map((key) => numberAt(comparison, key));
  const [mean, low, high] = ['mean', 'low', 'high'].map((key) => numberAt(comparison, 'change', key));
  if (before === undefined || after === undefined) return [];
  const { text, shown } = MEASURES[measure]!;
  const signed = (value: number): string => `${value < 0 ? '−' : '+'}${shown(Math.abs(value))}`;
  const change =
    mean === undefined || low === undefined || high === undefined
      ? '–'
      : `${signed(mean)} (${signed(low)} to ${signed(high)})`;
  const asked = questions === undefined ? SETS[set]! : `${SETS[set]}: ${grouped(questions)}`;
  return [`| ${text} | ${asked} | ${shown(before)} | ${shown(after)} | ${change} |`];
}

const BACK = `## Back

The command "Spoor: Roll Back" puts in use what was in use before it. "Spoor: Reset To Shipped Policy" goes back to the policy that comes with Spoor. All versions are kept.`;
