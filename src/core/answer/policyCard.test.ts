import { describe, expect, test } from 'vitest';
import { policyCard } from '#core/answer/policyCard.ts';

const CARD = {
  what: 'Chooses searches.',
  licence: 'MIT.',
  limits: ['English only.', 7, 'A <b>limit</b>'],
  weights: 15_043,
  tasks: { count: 1_620, commit: 1_230, test: 390 },
  stage1: { iterations: 40 },
  stage2: { iterations: 45 },
  figures: {
    questions: '399 questions',
    'R@1': 0.511,
    MRR: 0.74,
    handWritten: { 'R@1': 0.507 },
    wrongRepositoryAuc: 0.911,
  },
};
const FILE = { path: '/opt/`x`/searcher.onnx', sizeBytes: 65_336, sha256: 'ab12' };

describe('the card of', () => {
  test('the shipped policy says all that is known of it', () => {
    expect(policyCard({ kind: 'shipped', version: 'shipped 1', card: CARD, repositories: 54, file: FILE })).toBe(
      `# Policy: shipped 1

The policy that comes with Spoor. Chooses searches.

## Trained on

1,620 questions from the histories of 54 public repositories: 1,230 made of messages of commits, 390 made of names of tests.
Trained by reinforcement learning, 40 + 45 iterations. Nothing of your code was in it.
Licence: MIT.

## Figures

Measured on 399 questions.

| | this policy | written by hand |
| :-- | --: | --: |
| First file is a right one | 51.1 % | 50.7 % |
| Mean of 1 / rank of the first right file | 0.740 | – |

How well its sureness tells questions that a repository answers from those about another one: 0.911 (area under the ROC curve; 1 is perfect, 0.5 is chance).

## Limits

- English only.
- A \\<b\\>limit\\</b\\>

## File

- \`\`/opt/\`x\`/searcher.onnx\`\`
- 65,336 bytes, 15,043 weights
- SHA-256 \`ab12\`
`,
    );
  });

  test('a policy without a model is short, and says why it is in use', () => {
    const card = policyCard({ kind: 'hand', version: 'by hand', note: 'The *learned* one is damaged.' });
    expect(card).toMatch(
      /^# Policy: by hand\n\nThe \\\*learned\\\* one is damaged\.\n\nThe policy written by hand: .*\n$/,
    );
  });

  test('a damaged card leaves out what it lacks', () => {
    for (const card of [undefined, null, 7, [], { tasks: 1, figures: { 'R@1': 'x' }, limits: 'none', what: {} }])
      expect(policyCard({ kind: 'shipped', version: 'shipped', card })).toBe(
        '# Policy: shipped\n\nThe policy that comes with Spoor.\n',
      );
  });
});
