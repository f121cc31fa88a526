import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { shippedFile } from '#node/shippedFile.ts';
import { modelDigest } from '#node/stores/modelFile.ts';
import type { PolicyVersionCard } from '#node/stores/policyVersion.ts';
import { english } from '../../../test/fakes/english.ts';
import { learningReport } from '../../../test/fakes/policyVersions.ts';
import { comparePolicies } from './comparePolicies.ts';

const card = (number: number, changes: Parameters<typeof learningReport>[0] = {}): PolicyVersionCard => ({
  version: 1,
  number,
  madeMs: Date.UTC(2026, 10, 20 + number, 12),
  digest: `digest-${number}`,
  report: learningReport(changes),
});

const rowOf = (text: string, title: string): string =>
  text.split('\n').find((line) => line.includes(`| ${title}`)) ?? '';

test('puts facts and figures of both side by side, with intervals', () => {
  const text = comparePolicies(
    [
      { name: 'Version 1', card: card(1) },
      { name: 'Version 2', card: card(2, { learned: { answers: 30, rejected: 0, history: 0 } }) },
    ],
    english,
  );
  expect(rowOf(text, 'Learned from')).toContain('| 12 answers, 3 rejected answers, 240 commits | 30 answers |');
  expect(rowOf(text, 'Score, questions of this workspace')).toBe(
    String.raw`| Score, questions of this workspace | 61\.2 → 65.5, +4.3 (+1.2 to +7.4) | 61\.2 → 65.5, +4.3 (+1.2 to +7.4) |`,
  );
  expect(text).toContain('cannot be compared with each other');
});

test('says so where the figures of one are a comparison of the two', () => {
  const [earlier, later] = [card(1), card(2, { before: { name: 'this workspace 1', digest: 'digest-1' } })];
  const policies = [
    { name: 'Version 1', card: earlier },
    { name: 'Version 2', card: later },
  ] as const;
  for (const [a, b] of [policies, policies.toReversed()] as (typeof policies)[])
    expect(comparePolicies([a!, b!], english)).toContain('Version 2 began with Version 1, and both');
  const text = comparePolicies(policies, english);
  expect(rowOf(text, 'Score, questions of this workspace')).toBe(
    String.raw`| Score, questions of this workspace | 61\.2 | 65\.5, +4.3 (+1.2 to +7.4) |`,
  );
  expect(rowOf(comparePolicies([policies[1], policies[0]], english), 'Score, questions of this workspace')).toBe(
    String.raw`| Score, questions of this workspace | 65\.5, +4.3 (+1.2 to +7.4) | 61\.2 |`,
  );
});

test('the shipped policy has no figures of its own, and is what the first version began with', () => {
  const before = { name: 'shipped 1', digest: modelDigest(readFileSync(shippedFile('searcher.onnx')!)) };
  const text = comparePolicies([{ name: 'Shipped policy' }, { name: 'Version 1', card: card(1, { before }) }], english);
  expect(rowOf(text, 'Made')).toMatch(/\| comes with Spoor \| Nov 21, 2026/);
  expect(text).toContain('Version 1 began with Shipped policy, and both');
});

test('a version that began with an earlier shipped policy did not begin with the one of now', () => {
  const before = { name: 'shipped 1', digest: 'of-an-earlier-one' };
  const text = comparePolicies([{ name: 'Shipped policy' }, { name: 'Version 1', card: card(1, { before }) }], english);
  expect(text).not.toContain('and both have answered');
  expect(rowOf(text, 'Score, questions of this workspace')).toMatch(/\| – \| 61\\\.2 → 65\.5/);
});

test('text from elsewhere stays in its cell and does nothing', () => {
  const gate = {
    isPromoted: false,
    reasons: ['a | b', '<img src=x>', '[x](command:y)', '`c | d`'],
    comparisons: [],
    missing: 0,
  };
  const text = comparePolicies([{ name: 'A' }, { name: 'B', card: card(1, { gate }) }], english);
  const row = rowOf(text, 'Why');
  expect(row.replaceAll(String.raw`\|`, '').split('|')).toHaveLength(5);
  expect(row).not.toMatch(/(?<!\\)<img|(?<!\\)\[x\]/);
});
