/** The card of the policy in use, as Markdown: what it is, what it was trained on, its figures, its limits, its file. */
import { grouped, listAt, numberAt, textAt } from '#core/answer/cardValues.ts';
import { learnedSections } from '#core/answer/learnedCard.ts';
import { codeMarkdown, inlineMarkdown } from '#core/answer/markdownText.ts';

export interface PolicyFacts {
  readonly kind: 'shipped' | 'hand' | 'uniform' | 'file' | 'workspace' | 'user' | 'team';
  /** `shipped 1`, `this workspace 3`. */
  readonly version: string;
  /** Why the policy asked for is not the one in use. */
  readonly note?: string;
  /** The card beside the model, shipped or of the version, as its JSON says it; what it lacks is left out. */
  readonly card?: unknown;
  /** How many repositories the shipped policy has learned from. */
  readonly repositories?: number;
  readonly file?: { readonly path: string; readonly sizeBytes: number; readonly sha256: string };
}

export function policyCard(facts: PolicyFacts): string {
  const sections = [
    `# Policy: ${inlineMarkdown(facts.version)}`,
    facts.note === undefined ? '' : inlineMarkdown(facts.note),
    aboutOf(facts),
    ...(isVersion(facts)
      ? learnedSections(facts.card)
      : [trainedOn(facts), figuresOf(facts.card), limitsOf(facts.card)]),
    fileOf(facts),
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

const isVersion = ({ kind }: PolicyFacts): boolean => kind === 'workspace' || kind === 'user';

const ABOUT: Readonly<Record<PolicyFacts['kind'], string>> = {
  shipped: 'The policy that comes with Spoor.',
  hand: 'The policy written by hand: fixed rules choose the searches. It has learned nothing and has no model file.',
  uniform: 'Any legal search is as likely as another: a floor to compare with. It has learned nothing.',
  workspace: 'A policy that learned on this machine from how this workspace was used.',
  user: 'A policy that learned on this machine, used in every workspace that has none of its own.',
  team: 'A model file of this workspace, named by the setting "spoor.policyFile". Of a file only the weights are used.',
  file: 'A model file that was trained by "spoor train" and set by you. Its run has its figures.',
};

function aboutOf({ kind, card }: PolicyFacts): string {
  const what = textAt(card, 'what');
  return what ? `${ABOUT[kind]} ${inlineMarkdown(what)}` : ABOUT[kind];
}

const SOURCES: readonly (readonly [key: string, text: string])[] = [
  ['commit', 'messages of commits'],
  ['changelog', 'release notes'],
  ['test', 'names of tests'],
  ['doc-comment', 'doc comments'],
];

function trainedOn({ card, repositories }: PolicyFacts): string {
  const count = numberAt(card, 'tasks', 'count');
  if (count === undefined) return '';
  const kinds = SOURCES.flatMap(([key, text]) => {
    const some = numberAt(card, 'tasks', key);
    return some ? [`${grouped(some)} made of ${text}`] : [];
  });
  const from = repositories ? ` from the histories of ${grouped(repositories)} public repositories` : '';
  const stages = (['stage1', 'stage2'] as const).flatMap((stage) => numberAt(card, stage, 'iterations') ?? []);
  const licence = textAt(card, 'licence');
  return [
    '## Trained on',
    '',
    `${grouped(count)} questions${from}${kinds.length ? `: ${kinds.join(', ')}` : ''}.`,
    ...(stages.length
      ? [`Trained by reinforcement learning, ${stages.join(' + ')} iterations. Nothing of your code was in it.`]
      : []),
    ...(licence ? [`Licence: ${inlineMarkdown(licence)}`] : []),
  ].join('\n');
}

const FIGURES: readonly (readonly [key: string, text: string, unit: '%' | ''])[] = [
  ['R@1', 'First file is a right one', '%'],
  ['R@5', 'Right files among the first 5', '%'],
  ['R@10', 'Right files among the first 10', '%'],
  ['MRR', 'Mean of 1 / rank of the first right file', ''],
  ['span@10', 'Right lines among 10 citations', '%'],
  ['prec@5', 'Share of the first 5 files that is right', '%'],
];

function figuresOf(card: unknown): string {
  const rows = FIGURES.flatMap(([key, text, unit]) => {
    const [own, hand] = [numberAt(card, 'figures', key), numberAt(card, 'figures', 'handWritten', key)];
    return own === undefined ? [] : [`| ${text} | ${figure(own, unit)} | ${figure(hand, unit)} |`];
  });
  if (!rows.length) return '';
  const questions = textAt(card, 'figures', 'questions');
  const apart = numberAt(card, 'figures', 'wrongRepositoryAuc');
  return [
    '## Figures',
    '',
    ...(questions ? [`Measured on ${inlineMarkdown(questions)}.`, ''] : []),
    '| | this policy | written by hand |',
    '| :-- | --: | --: |',
    ...rows,
    ...(apart === undefined
      ? []
      : [
          '',
          `How well its sureness tells questions that a repository answers from those about another one: ${apart} (area under the ROC curve; 1 is perfect, 0.5 is chance).`,
        ]),
  ].join('\n');
}

function limitsOf(card: unknown): string {
  const lines = listAt(card, 'limits')
    .filter((limit) => typeof limit === 'string')
    .map((limit) => `- ${inlineMarkdown(limit)}`);
  return lines.length ? ['## Limits', '', ...lines].join('\n') : '';
}

function fileOf({ file, card }: PolicyFacts): string {
  if (!file) return '';
  const weights = numberAt(card, 'weights');
  return [
    '## File',
    '',
    `- ${codeMarkdown(file.path)}`,
    `- ${grouped(file.sizeBytes)} bytes${weights === undefined ? '' : `, ${grouped(weights)} weights`}`,
    `- SHA-256 ${codeMarkdown(file.sha256)}`,
  ].join('\n');
}

function figure(value: number | undefined, unit: '%' | ''): string {
  if (value === undefined) return '–';
  return unit ? `${(value * 100).toFixed(1)} %` : value.toFixed(3);
}
