import { describe, expect, test } from 'vitest';
import type { Candidate } from '#core/agent/candidates.ts';
import { goldReach, summariseReach } from '#core/agent/goldReach.ts';
import { EvidencePool } from '#core/agent/pool.ts';
import type { WorldRecord } from '#core/agent/worldRecord.ts';
import { parseQuestion } from '#core/search/question.ts';

const pool = new EvidencePool(parseQuestion('retry'));
const candidate = (path: string, start: number): Candidate => ({
  span: { path, start, end: start + 39 },
  file: pool.file(path),
  features: new Float64Array(0),
  prior: 1,
  coverage: 0,
});
const files: WorldRecord['files'] = new Map([
  [
    'a.ts',
    {
      ok: true,
      value: {
        totalLines: 900,
        sizeBytes: 9,
        encoding: 'utf-8',
        lossy: false,
        pieces: [{ start: 1, lines: Array.from({ length: 100 }, () => '') }],
        outline: { ok: true, value: [] },
      },
    },
  ],
  ['b.ts', { ok: false, reason: 'denied', message: 'No.' }],
]);
const candidates = [candidate('x.ts', 1), candidate('a.ts', 81), candidate('b.ts', 1)];

describe('the reach of a gold', () => {
  test('counts what is a candidate and what can be read', () => {
    const gold = {
      goldFiles: ['a.ts', 'b.ts', 'c.ts'],
      goldSpans: [
        { path: 'a.ts', start: 100, end: 100 },
        { path: 'a.ts', start: 101, end: 104 },
        { path: 'a.ts', start: 5, end: 6 },
        { path: 'b.ts', start: 3, end: 3 },
      ],
    };
    expect(goldReach(gold, candidates, { files })).toEqual({
      files: { all: 3, candidates: 2, readable: 1 },
      spans: { all: 4, candidates: 3, readable: 1 },
      firstRank: 2,
    });
  });

  test('is summed up by means over the tasks that have a gold', () => {
    const reach = (path: string) => goldReach({ goldFiles: [path], goldSpans: [] }, candidates, { files });
    const summary = summariseReach([
      reach('a.ts'),
      reach('b.ts'),
      reach('c.ts'),
      reach('x.ts'),
      {
        ...reach('x.ts'),
        files: { all: 0, candidates: 0, readable: 0 },
      },
    ]);
    expect(summary).toEqual({
      tasks: 4,
      files: { candidates: 0.75, readable: 0.25 },
      spans: { candidates: 0, readable: 0 },
      within: { 1: 0.25, 5: 0.75, 10: 0.75, 50: 0.75 },
    });
  });
});
