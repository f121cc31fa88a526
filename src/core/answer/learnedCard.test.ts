import { expect, test } from 'vitest';
import { policyCard } from '#core/answer/policyCard.ts';

const comparison = (set: string, measure: string, change?: object) => ({
  set,
  measure,
  questions: 1_064,
  before: 0.612,
  after: 0.605,
  change,
});
const CARD = {
  number: 3,
  report: {
    learned: { answers: 1, rejected: 0, history: 1_240 },
    before: { name: 'yours 2 <b>' },
    gate: {
      reasons: ['It is not *worse*.', 7],
      comparisons: [
        comparison('own', 'utility', { mean: -0.007, low: -0.02, high: 0.006 }),
        comparison('frozen', 'notFound'),
        comparison('own', 'constructor', {}),
        comparison('__proto__', 'utility', {}),
        null,
      ],
    },
  },
};

test('a learned policy’s card says from what it learned, its figures before and after, and the way back', () => {
  expect(policyCard({ kind: 'workspace', version: 'this workspace 3', card: CARD })).toBe(`# Policy: this workspace 3

A policy that learned on this machine from how this workspace was used.

## Learned from

- 1 answer that was accepted or corrected
- 1,240 questions made of commits

It began with the policy "yours 2 \\<b\\>".

## Figures

On questions that it did not learn from. In brackets: where the change lies with a certainty of 95 %.

| | questions | before | after | change |
| :-- | :-- | --: | --: | --: |
| Right files and lines, 1 is best | this workspace: 1,064 | 0.612 | 0.605 | −0.007 (−0.020 to +0.006) |
| Answered "not found here" | those that come with Spoor: 1,064 | 61.2 % | 60.5 % | – |

It is not \\*worse\\*.

## Back

The command "Spoor: Roll Back" puts in use what was in use before it. "Spoor: Reset To Shipped Policy" goes back to the policy that comes with Spoor. All versions are kept.
`);
});

test('what a card lacks is left out', () => {
  for (const card of [undefined, null, 7, [], { report: 1 }, { report: { learned: 'x', gate: { comparisons: {} } } }])
    expect(policyCard({ kind: 'user', version: 'yours 1', card })).toMatch(/^# Policy: yours 1\n\n[^\n]+\n\n## Back\n/);
});

test('the team’s file has no card', () => {
  const card = policyCard({ kind: 'team', version: 'team', file: { path: '/w/p.onnx', sizeBytes: 9, sha256: 'ab' } });
  expect(card).toMatch(/^# Policy: team\n\nA model file of this workspace, .*\n\n## File\n\n- `\/w\/p\.onnx`\n/);
});
