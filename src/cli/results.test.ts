import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { openResults, type ResultRow } from '#cli/results.ts';

const folder = mkdtempSync(join(tmpdir(), 'spoor-results-'));
const file = join(folder, 'results.jsonl');
const made = { policy: 'hand', options: '' };
const row: ResultRow = {
  id: 'a',
  files: ['x.ts'],
  citations: [{ path: 'x.ts', start: 1, end: 2 }],
  answer: 'Here: "東京".',
  ms: 3.1,
  searches: 2,
  turns: 1,
  confidence: 0.5,
  found: true,
  stopReason: 'answered',
  policy: 'hand',
};
const line = (id: string, change: object = {}): string => `${JSON.stringify({ ...row, id, ...change })}\n`;

beforeEach(() => rmSync(file, { force: true }));
afterAll(() => rmSync(folder, { recursive: true }));

function goOn(before: string, options = made) {
  writeFileSync(file, before);
  const results = openResults(file, options);
  results.append({ ...row, id: 'new' });
  results.close();
  expect(readdirSync(folder)).toEqual(['results.jsonl']);
  return { done: [...results.done], after: readFileSync(file, 'utf8') };
}

describe('the results file', () => {
  it('is made, and grows by whole lines', () => {
    const results = openResults(file, made);
    results.append(row);
    results.append({ id: 'b', error: 'No.' });
    results.close();
    expect(readFileSync(file, 'utf8')).toBe(`${line('a')}{"id":"b","error":"No."}\n`);
  });

  it('is gone on with', () =>
    expect(goOn(line('a') + line('b'))).toEqual({ done: ['a', 'b'], after: line('a') + line('b') + line('new') }));

  it('loses a half line and nothing else, wherever the stop came', () => {
    const whole = Buffer.from(line('b'));
    for (let length = 0; length < whole.length - 1; length += 7) {
      const { done, after } = goOn(line('a') + whole.subarray(0, length).toString('latin1'));
      expect({ done, after }).toEqual({ done: ['a'], after: line('a') + line('new') });
    }
  });

  it('keeps a line that lacks only its end', () =>
    expect(goOn(line('a') + line('b').trimEnd())).toEqual({
      done: ['a', 'b'],
      after: line('a') + line('b') + line('new'),
    }));

  it('has failed rows tried again', () =>
    expect(goOn(`${line('a')}{"id":"b","error":"No."}\n${line('c')}`)).toEqual({
      done: ['a', 'c'],
      after: line('a') + line('c') + line('new'),
    }));

  const refused: readonly [before: string, message: string][] = [
    ['milk, bread', 'does not hold results of a batch (see its line 1). Name another file by --out.'],
    ['{"error":"x","at":"12:00"}\n', 'does not hold results of a batch (see its line 1). Name another file by --out.'],
    ['hello\nworld\n', 'does not hold results of a batch (see its line 1). Name another file by --out.'],
    [
      '{"id":"a","repo":"o/n","question":"q"}\n',
      'does not hold results of a batch (see its line 1). Name another file by --out.',
    ],
    [
      `${line('a')}broken\n${line('b')}`,
      'does not hold results of a batch (see its line 2). Name another file by --out.',
    ],
    [
      line('a', { policy: 'uniform' }),
      'holds answers made by --policy uniform. Use the same options to go on, or name another file by --out.',
    ],
    [
      line('a', { options: '--turns 1' }),
      'holds answers made by --policy hand --turns 1. Use the same options to go on, or name another file by --out.',
    ],
  ];
  it.each(refused)('refuses %j and leaves it as it is', (before, message) => {
    expect(() => goOn(before)).toThrow(`${file} ${message}`);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('says why it cannot be written', () => {
    const bad = join(folder, 'no/such/folder.jsonl');
    expect(() => openResults(bad, made)).toThrow(`The results cannot be written to ${bad}: ENOENT`);
  });

  it.skipIf(process.platform !== 'linux')('says that the disk is full', () => {
    const results = openResults('/dev/full', made);
    expect(() => results.append(row)).toThrow(
      'A result could not be written to /dev/full. The disk is full. Make room and run the same command again.',
    );
    results.close();
  });
});
