import { expect, test } from 'vitest';
import type { PolicyVersionCard } from '#node/stores/policyVersion.ts';
import { english } from '../../../test/fakes/english.ts';
import { learningReport } from '../../../test/fakes/policyVersions.ts';
import { learnedText, versionText } from './versionText.ts';

const card = (changes: Parameters<typeof learningReport>[0] = {}): PolicyVersionCard => ({
  version: 1,
  number: 3,
  madeMs: Date.UTC(2026, 10, 23, 12),
  digest: 'fedcba9876543210',
  report: learningReport(changes),
});

test('says what a version learned from and how it does', () => {
  const text = versionText({ card: card(), scope: 'workspace', isInUse: true }, english);
  expect(text.label).toBe('This workspace, version 3');
  expect(text.description).toMatch(/^Nov 23, 2026.* · in use$/);
  expect(text.detail).toBe(
    'passed the check · score 61.2 → 65.5 on 64 questions kept aside · learned from 12 answers, 3 rejected answers, 240 commits · began with shipped 1',
  );
});

test('says that it did not pass, and leaves out figures that are not there', () => {
  const gate = { isPromoted: false, reasons: [], comparisons: [], missing: 4 };
  const text = versionText({ card: card({ gate }), scope: 'user', isInUse: false }, english);
  expect(text.label).toBe('All my workspaces, version 3');
  expect(text.description).not.toContain('in use');
  expect(text.detail).toMatch(/^did not pass the check · learned from .* · began with shipped 1$/);
});

test.each([
  [{ answers: 1, rejected: 1, history: 1 }, '1 answer, 1 rejected answer, 1 commit'],
  [{ answers: 0, rejected: 0, history: 9 }, '9 commits'],
  [{ answers: 0, rejected: 0, history: 0 }, 'nothing'],
])('%j', (learned, said) => {
  expect(learnedText(learned, english)).toBe(said);
});
