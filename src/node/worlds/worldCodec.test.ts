import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Definition, TermHits } from '#core/agent/tools.ts';
import type { RecordedFile, WorldRecord } from '#core/agent/worldRecord.ts';
import { createPacker, createUnpacker } from './packing.ts';
import { decodeWorld, encodeWorld } from './worldCodec.ts';

const definition: Definition = {
  name: 'send',
  kind: 'method',
  span: { path: 'src/ä.ts', start: 2, end: 4 },
  line: 3,
  signature: 'send(file)',
  doc: 'Sends it.\nOnce.',
  inside: ['Queue'],
};
const file = (more: Partial<RecordedFile>): RecordedFile => ({
  totalLines: 3,
  sizeBytes: 30,
  encoding: 'utf-16le',
  lossy: true,
  pieces: [{ start: 1, lines: ['one', '', `${'x'.repeat(249)}😀 behind the cut`] }],
  outline: { ok: true, value: [definition] },
  ...more,
});
const hits = (path: string, lines: [line: number, count: number, text: string][]): TermHits => ({
  files: [{ path, sizeBytes: 30, lines: lines.map(([line, count, text]) => ({ line, count, text })) }],
  matches: lines.reduce((sum, [, count]) => sum + count, 0),
});

const WORLD: WorldRecord = {
  question: 'Where is it sent?',
  filesSearched: 300,
  bytesSearched: 2 ** 40,
  grepNote: 'Some files could not be searched.',
  terms: new Map([
    ['one', hits('src/ä.ts', [[1, 2, 'one']])],
    // The line is cut before the character that would be torn; the second is not what was read.
    ['x', hits('src/ä.ts', [[3, 1, 'x'.repeat(249)]])],
    ['odd', hits('src/ä.ts', [[2, 1, 'not what was read']])],
    [
      'unread',
      hits('b.md', [
        [5, 1, 'five\r'],
        [900, 70_000, 'nine'],
      ]),
    ],
    ['nothing', { files: [], matches: 0 }],
  ]),
  docs: undefined,
  history: { asked: 'sent', limit: 100, result: { ok: false, reason: 'missing', message: 'There is no git.' } },
  definitions: new Map([['send', { ok: true, value: [definition], partial: 'Not all.' }]]),
  coChange: {
    commits: [
      { files: ['b.md', 'gone.c'], weight: 1 / 19 },
      { files: [], weight: 1 },
    ],
    touching: new Map([
      ['b.md', [0, 1]],
      ['c', []],
    ]),
    note: undefined,
  },
  files: new Map([
    ['src/ä.ts', { ok: true, value: file({}) }],
    [
      'b.md',
      {
        ok: true,
        value: file({
          totalLines: undefined,
          pieces: [{ start: 7, lines: [''] }],
          outline: { ok: false, reason: 'timeout', message: 'Too late.' },
        }),
      },
    ],
    [
      'c',
      { ok: true, value: file({ totalLines: 0, pieces: [], outline: { ok: true, value: [], partial: 'By lines.' } }) },
    ],
    ['d.png', { ok: false, reason: 'unsupported', message: 'd.png is no text.' }],
  ]),
};

describe('a world as bytes', () => {
  test('is the same when it is read back', () => {
    const read = decodeWorld(encodeWorld(WORLD));
    expect({ ...read, files: undefined }).toStrictEqual({ ...WORLD, files: undefined });
    expect(Object.fromEntries(read.files)).toStrictEqual(Object.fromEntries(WORLD.files));
    expect(decodeWorld(encodeWorld({ ...WORLD, coChange: undefined })).coChange).toBeUndefined();
  });

  test('takes less than the same as JSON by far', () => {
    const lines = Array.from({ length: 900 }, (_, i) => `  const value${i % 50} = compute(${i});`);
    const many = new Map(
      Array.from({ length: 20 }, (_, term): [string, TermHits] => [
        `t${term}`,
        hits(
          'src/ä.ts',
          lines.map((text, i) => [i + 1, 1, text]),
        ),
      ]),
    );
    const files: WorldRecord['files'] = new Map([
      ['src/ä.ts', { ok: true, value: file({ pieces: [{ start: 1, lines }] }) }],
    ]);
    expect(encodeWorld({ ...WORLD, terms: many, files }).length).toBeLessThan(JSON.stringify([...many]).length / 50);
  });
});

describe('packing', () => {
  test('gives back numbers and texts in their order', () => {
    const numbers = fc.array(fc.maxSafeNat());
    const texts = fc.array(fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(numbers, texts, (all, words) => {
        const rising = [...all].sort((a, b) => a - b);
        const packer = createPacker();
        packer.list(all, packer.number);
        packer.list(words, packer.text);
        packer.rising(rising);
        const unpacker = createUnpacker(packer.end());
        expect(unpacker.list(unpacker.number)).toEqual(all);
        expect(unpacker.list(unpacker.text)).toEqual(words);
        expect(unpacker.rising()).toEqual(rising);
        expect(() => unpacker.number()).toThrow(RangeError);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test('refuses what it cannot give back', () => {
    for (const value of [-1, 0.5, Number.NaN, 2 ** 53]) expect(() => createPacker().number(value)).toThrow(RangeError);
  });
});
