import { describe, expect, test } from 'vitest';
import { recordedTools } from '#core/agent/recordedTools.ts';
import type { Definition, TermHits } from '#core/agent/tools.ts';
import { grepKey, type WorldRecord } from '#core/agent/worldRecord.ts';
import { termOf, type Term } from '#core/search/words.ts';

const term = (text: string): Term => termOf(text)!;
const hits: TermHits = {
  files: [{ path: 'a.ts', sizeBytes: 9, lines: [{ line: 2, count: 1, text: 'retry()' }] }],
  matches: 1,
};
const definition = (name: string): Definition => ({
  name,
  kind: 'function',
  span: { path: 'a.ts', start: 1, end: 2 },
  line: 1,
  signature: `function ${name}()`,
  inside: [],
});
const numbered = (from: number, count: number): string[] => Array.from({ length: count }, (_, i) => `line ${from + i}`);
const file = {
  sizeBytes: 9,
  encoding: 'utf-8',
  lossy: false,
  outline: { ok: true, value: [definition('one')] },
} as const;

const RECORD: WorldRecord = {
  question: 'retry',
  filesSearched: 7,
  bytesSearched: 70,
  grepNote: undefined,
  terms: new Map([[grepKey(term('retry')), hits]]),
  docs: {
    asked: 'retri',
    limit: 20,
    result: {
      ok: true,
      value: { sections: [], state: { filesIndexed: 1, sectionsIndexed: 0, complete: true, made: true, leftOut: [] } },
    },
  },
  history: { asked: 'retri', limit: 100, result: { ok: false, reason: 'missing', message: 'There is no git here.' } },
  definitions: new Map([
    ['one', { ok: true, value: [definition('one')] }],
    ['two', { ok: true, value: [definition('two')] }],
    ['two one', { ok: true, value: [definition('two'), definition('one')], partial: 'Not all.' }],
  ]),
  coChange: {
    commits: [
      { files: ['a.ts', 'b.ts'], weight: 1 },
      { files: ['a.ts', 'b.ts', 'c.ts'], weight: 0.5 },
      { files: ['d.ts', 'c.ts'], weight: 1 },
    ],
    touching: new Map([
      ['a.ts', [0, 1]],
      ['d.ts', [2]],
    ]),
    note: undefined,
  },
  files: new Map([
    ['a.ts', { ok: true, value: { ...file, totalLines: 5, pieces: [{ start: 1, lines: numbered(1, 5) }] } }],
    [
      'long.ts',
      {
        ok: true,
        value: {
          ...file,
          totalLines: 9_000,
          pieces: [
            { start: 1, lines: numbered(1, 10) },
            { start: 500, lines: numbered(500, 100) },
          ],
        },
      },
    ],
    ['logo.png', { ok: false, reason: 'unsupported', message: 'logo.png is no text.' }],
  ]),
};

const context = { signal: new AbortController().signal, timeoutMs: 1 };

describe('recorded tools', () => {
  const read = (path: string, start: number, end: number) =>
    recordedTools(RECORD).read.read({ path, range: { start, end } }, context);

  test.each([
    ['a.ts', 2, 3, 2, ['line 2', 'line 3']],
    ['a.ts', 4, 99, 4, ['line 4', 'line 5']],
    ['a.ts', 6, 9, 6, []],
    ['a.ts', 50, 90, 6, []],
    ['long.ts', 3, 10, 3, numbered(3, 8)],
    ['long.ts', 510, 520, 510, numbered(510, 11)],
  ])('read %s:%i-%i', async (path, from, to, start, lines) => {
    const result = await read(path, from, to);
    expect(result).toMatchObject({ ok: true, value: { path, start, lines, sizeBytes: 9 } });
  });

  test('count what the record does not hold, and say so', async () => {
    const tools = recordedTools(RECORD);
    const missed = [
      await tools.read.read({ path: 'long.ts', range: { start: 8, end: 12 } }, context),
      await tools.read.read({ path: 'b.ts', range: { start: 1, end: 2 } }, context),
      await tools.symbols.outline('b.ts', context),
      await tools.symbols.definitions({ names: ['one', 'three'] }, context),
      await tools.grep.search({ terms: [term('other')] }, context),
      await tools.grep.search({ terms: [term('retry')], within: ['src'] }, context),
      await tools.docs.search({ terms: [term('other')], limit: 5 }, context),
      await tools.history.search({ terms: [term('retry')], limit: 500 }, context),
      await tools.history.coChanges({ paths: ['a.ts', 'b.ts'], limit: 5 }, context),
    ];
    for (const result of missed)
      expect(result).toMatchObject({ ok: false, message: expect.stringMatching(/ was not recorded\. /) });
    expect(tools.misses()).toBe(missed.length);
  });

  test('give failures of the workspace as they were, which are no misses', async () => {
    const tools = recordedTools(RECORD);
    expect(await tools.read.read({ path: 'logo.png', range: { start: 1, end: 2 } }, context)).toEqual(
      RECORD.files.get('logo.png'),
    );
    expect(await tools.history.search({ terms: [term('retry')], limit: 100 }, context)).toEqual(RECORD.history!.result);
    expect(tools.misses()).toBe(0);
  });

  test('give the same hits for each search, and none for a term that is not there', async () => {
    const tools = recordedTools(RECORD);
    const alone = await tools.grep.search({ terms: [term('retry')] }, context);
    expect(alone).toEqual({ ok: true, value: { terms: [hits], filesSearched: 7, bytesSearched: 70 } });
    const both = await tools.grep.search({ terms: [term('other'), term('retries')] }, context);
    expect(both).toMatchObject({ ok: true, partial: expect.stringContaining('other was not recorded') });
    expect(both.ok && both.value.terms[1]).toBe(hits);
    expect(tools.misses()).toBe(1);
  });

  test('join names that were not looked up together', async () => {
    const { symbols } = recordedTools(RECORD);
    expect(await symbols.definitions({ names: ['two', 'one'] }, context)).toMatchObject({ partial: 'Not all.' });
    const joined = await symbols.definitions({ names: ['one', 'two'] }, context);
    expect(joined).toEqual({ ok: true, value: [definition('one'), definition('two')] });
  });

  test('add up commits for any files that were recorded', async () => {
    const { history } = recordedTools(RECORD);
    const changes = async (paths: string[], limit = 9): Promise<unknown> => {
      const result = await history.coChanges({ paths, limit }, context);
      return result.ok && result.value.map(({ path, weight }) => [path, weight]);
    };
    expect(await changes(['a.ts'])).toEqual([
      ['b.ts', 1.5],
      ['c.ts', 0.5],
    ]);
    expect(await changes(['a.ts', 'd.ts'], 1)).toEqual([['b.ts', 1.5]]);
    expect(await changes(['d.ts', 'a.ts'])).toEqual([
      ['b.ts', 1.5],
      ['c.ts', 1.5],
    ]);
  });
});
