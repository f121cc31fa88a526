import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readRows } from '#cli/rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'spoor-rows-'));
const file = join(folder, 'questions.jsonl');
afterAll(() => rmSync(folder, { recursive: true }));

const good = {
  id: 'a',
  repo: 'owner/name',
  commit: '0123456789abcdef',
  question: 'where?',
  split: 'train',
  other: [1],
};
const readLines = (lines: readonly unknown[], filter: Parameters<typeof readRows>[1] = {}) => {
  writeFileSync(file, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  return readRows(file, filter);
};

describe('the rows of a batch', () => {
  it('keep the fields that are needed, in order', () => {
    const { split: _split, other: _other, ...row } = good;
    expect(readLines([good, '', '  ', { ...good, id: 'b' }])).toEqual({
      good: [row, { ...row, id: 'b' }],
      bad: [],
      doubles: [],
    });
  });

  const badRows: readonly [line: unknown, id: string, error: string][] = [
    ['{"id": "half', 'line 1', 'The line is not JSON.'],
    ['[1]', 'line 1', 'The line is no JSON object.'],
    ['null', 'line 1', 'The line is no JSON object.'],
    [{ ...good, id: 3 }, 'line 1', 'The row has no "id".'],
    [{ ...good, id: '' }, 'line 1', 'The row has no "id".'],
    [{ ...good, repo: 'name' }, 'a', 'The row\'s "repo" is not of the form owner/name.'],
    [{ ...good, repo: '../name' }, 'a', 'The row\'s "repo" is not of the form owner/name.'],
    [{ ...good, repo: 'owner/..' }, 'a', 'The row\'s "repo" is not of the form owner/name.'],
    [{ ...good, repo: '/etc/passwd' }, 'a', 'The row\'s "repo" is not of the form owner/name.'],
    [{ ...good, commit: 'main' }, 'a', 'The row\'s "commit" is no commit id of 7 or more hexadecimal digits.'],
    [{ ...good, commit: '--orphan' }, 'a', 'The row\'s "commit" is no commit id of 7 or more hexadecimal digits.'],
    [{ ...good, question: undefined }, 'a', 'The row has no "question".'],
    [
      { ...good, question: 'z'.repeat(10_001) },
      'a',
      'The question has more than 10,000 characters. Ask with its most telling part.',
    ],
  ];
  it.each(badRows)('are bad for a reason: %j', (line, id, error) =>
    expect(readLines([line])).toEqual({ good: [], bad: [{ id, error }], doubles: [] }),
  );

  it('count once for each id', () => {
    const rows = readLines([good, { ...good, question: 'again' }, { ...good, id: 'b' }]);
    expect(rows.good.map((row) => `${row.id} ${row.question}`)).toEqual(['a where?', 'b where?']);
    expect(rows.doubles).toEqual(['a']);
  });

  it('are those of one split, and the first of them', () => {
    const lines = ['x', 'y', 'z', 'w'].map((id, i) => ({ ...good, id, split: i === 1 ? 'other' : 'mine' }));
    expect(readLines(lines, { only: 'mine', limit: 2 }).good.map((row) => row.id)).toEqual(['x', 'z']);
  });

  it('need their file', () => {
    const missing = join(folder, 'missing.jsonl');
    expect(() => readRows(missing, {})).toThrow(`The questions cannot be read from ${missing}. There is no such file.`);
  });
});
