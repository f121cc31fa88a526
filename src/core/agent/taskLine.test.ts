import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Task } from '#core/agent/task.ts';
import { formatTaskLine, languageOf, parseTaskLine } from '#core/agent/taskLine.ts';

const task: Task = {
  id: 'a/b:1',
  repo: 'a/b',
  commit: '0123456',
  source: 'changelog',
  question: 'Where?\n"There"',
  goldFiles: ['src/x y.ts', 'ü.ts'],
  goldSpans: [{ path: 'ü.ts', start: 3, end: 3 }],
};

describe('a line of a tasks file', () => {
  it('has the fields of the public sets', () => {
    expect(JSON.parse(formatTaskLine(task, 'f00d'))).toEqual({
      id: 'a/b:1',
      repo: 'a/b',
      commit: '0123456',
      question: 'Where?\n"There"',
      source: 'changelog',
      language: 'typescript',
      gold_files: ['src/x y.ts', 'ü.ts'],
      gold_spans: [{ path: 'ü.ts', start: 3, end: 3 }],
      fix_commit: 'f00d',
    });
  });

  it('is one line that gives the same task, whatever the words are', () => {
    const words = fc.string({ unit: 'binary', minLength: 1 });
    fc.assert(
      fc.property(words, words, (id, question) => {
        const odd = { ...task, id, question };
        const line = formatTaskLine(odd);
        expect(line).not.toContain('\n');
        expect(parseTaskLine(line)).toEqual(odd);
      }),
      { seed: 1 },
    );
  });

  it('names what is wrong where only part was judged', () => {
    const partial: Task = { ...task, knownWrong: [{ path: 'other.ts', start: 1, end: 9 }] };
    expect(JSON.parse(formatTaskLine(partial))).toMatchObject({
      known_wrong: [{ path: 'other.ts', start: 1, end: 9 }],
    });
    for (const one of [partial, { ...task, knownWrong: [] }]) expect(parseTaskLine(formatTaskLine(one))).toEqual(one);
    const row = { ...JSON.parse(formatTaskLine(task)), known_wrong: [{ path: '../x', start: 1, end: 1 }] };
    expect(parseTaskLine(JSON.stringify(row))).toMatch(/"known_wrong" has no path/);
  });

  it('may come from elsewhere', () => {
    const row = { ...JSON.parse(formatTaskLine(task)), source: 'git-history', split: 'train', answer: null };
    row.gold_spans = [
      { path: 'ü.ts', start: 1, end: 2, symbol: 'f' },
      { path: 'other.ts', start: 1, end: 2 },
    ];
    expect(parseTaskLine(JSON.stringify(row))).toEqual({
      ...task,
      source: 'commit',
      goldSpans: [{ path: 'ü.ts', start: 1, end: 2 }],
    });
    delete row.gold_spans;
    expect(parseTaskLine(JSON.stringify(row))).toMatchObject({ goldSpans: [] });
  });

  it.each<[object | string, RegExp]>([
    ['{"id"', /not JSON/],
    ['[]', /no JSON object/],
    [{ repo: 7 }, /no "repo"/],
    [{ question: '' }, /no "question"/],
    [{ repo: 'x/../../victim' }, /not of the form owner\/name/],
    [{ repo: '../victim' }, /not of the form owner\/name/],
    [{ commit: '--output=/home/me/notes' }, /no commit id/],
    [{ gold_files: [] }, /"gold_files"/],
    [{ gold_files: ['/etc/passwd'] }, /inside of the workspace/],
    [{ gold_files: ['a/../../b'] }, /inside of the workspace/],
    [{ gold_spans: [{ path: 'ü.ts', start: 2, end: 1 }] }, /"gold_spans"/],
    [{ gold_spans: [{ path: 'ü.ts', start: 0, end: 1 }] }, /"gold_spans"/],
    [{ gold_spans: 'no' }, /"gold_spans"/],
  ])('is refused with a sentence: %j', (change, message) => {
    const line =
      typeof change === 'string' ? change : JSON.stringify({ ...JSON.parse(formatTaskLine(task)), ...change });
    expect(parseTaskLine(line)).toMatch(message);
  });

  it('names the language of its first file', () => {
    expect(['a.py', 'a.js', 'a.h', 'a.rs', 'README'].map(languageOf)).toEqual([
      'python',
      'javascript',
      'cpp',
      'rust',
      undefined,
    ]);
  });
});
