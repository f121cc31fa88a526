import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GrepResult } from '#core/agent/tools.ts';
import { exampleQuestions, telltaleNames, topicsOf } from '#core/answer/exampleQuestions.ts';

const file = (path: string, ...lines: string[]) => ({ path, lines });

describe('telltale names', () => {
  test('are plain names of two words that files share or define', () => {
    const files = [
      file('a.ts', 'export function withBackoff() {', '  const onlyLocal = 1;', '}', 'const retry = 1;'),
      file('b.ts', 'withBackoff(sharedHelper, önlyTwo)'),
      file('c.ts', 'sharedHelper(önlyTwo)', 'export const RETRY_LIMIT = 3;'),
    ];
    expect(telltaleNames(files, 9)).toEqual(['withBackoff', 'RETRY_LIMIT', 'sharedHelper']);
    expect(telltaleNames(files, 1)).toEqual(['withBackoff']);
    expect(telltaleNames([], 9)).toEqual([]);
  });
});

/** What grep says: for each term, lines by path. */
const found = (...terms: Record<string, string>[]): GrepResult => ({
  filesSearched: 0,
  bytesSearched: 0,
  terms: terms.map((files) => ({
    matches: 0,
    files: Object.entries(files).map(([path, text]) => ({
      path,
      sizeBytes: 1,
      lines: [{ line: 1, count: 1, text }],
    })),
  })),
});

const BACKOFF = {
  'src/a.ts': 'export function withBackoff() {',
  'src/b.ts': 'withBackoff()',
  'src/c.ts': 'withBackoff()',
};
const QUEUE = {
  'src/q.ts': 'export class UploadQueue {',
  'src/b.ts': 'new UploadQueue()',
  'test/q.test.ts': 'new UploadQueue()',
};

describe('example questions', () => {
  test('ask for uses, a topic, and tests', () => {
    const names = ['withBackoff', 'UploadQueue'];
    expect(exampleQuestions(names, found(BACKOFF, QUEUE), ['upload retries', 'caching'])).toEqual([
      'Where is withBackoff used?',
      'How do upload retries work?',
      'Where is UploadQueue tested?',
    ]);
  });

  test('ask what a name does where there is nothing better', () => {
    expect(exampleQuestions(['withBackoff', 'addOne'], found(BACKOFF, { 'x.ts': 'const addOne = 1;' }), [])).toEqual([
      'Where is withBackoff used?',
      'What does addOne do?',
    ]);
  });

  test('do not name what is defined twice, nowhere, or only in tests and docs', () => {
    const twice = { ...BACKOFF, 'src/c.ts': 'function withBackoff() {' };
    const nowhere = { 'src/b.ts': 'withBackoff()', 'src/c.ts': 'withBackoff()' };
    const inTests = { 'test/a.ts': 'function withBackoff() {', 'src/c.ts': 'withBackoff()' };
    for (const files of [twice, nowhere, inTests])
      expect(exampleQuestions(['withBackoff'], found(files), [])).toEqual([]);
  });

  test('take other spellings of a name for other names', () => {
    const spelled = { ...BACKOFF, 'src/b.ts': 'with_backoff()', 'src/c.ts': 'withBackoffNow()' };
    expect(exampleQuestions(['withBackoff'], found(spelled), [])).toEqual(['What does withBackoff do?']);
  });

  test('are fewer where a search failed', () => {
    expect(exampleQuestions(['withBackoff'], undefined, ['caching'])).toEqual(['How does caching work?']);
    expect(exampleQuestions([], undefined, [])).toEqual([]);
  });
});

const PATHS = ['src/upload/retry.ts', 'src/http/cache.ts', 'src/access.ts', 'docs/yaml.md'];
const topics = (...headings: string[]) =>
  topicsOf(
    headings.map((heading) => ({ path: 'docs/a.md', headings: ['Guide', heading] })),
    PATHS,
  );

describe('topics', () => {
  test('are plain headings with words of the paths of sources', () => {
    expect(topics('Caching', 'Upload Retries', 'HTTP Access', 'YAML', 'Blue Sky')).toEqual([
      'upload retries',
      'HTTP access',
      'caching',
    ]);
  });

  test('are neither what all documents have nor orders nor sentences', () => {
    expect(
      topics(
        'Installing upload',
        'Retry the upload',
        'Run uploads',
        'Configure Upload',
        'How uploads work',
        'Cache 2',
        'Upload: a, b',
      ),
    ).toEqual([]);
  });

  test('are not the title of the project', () => {
    const headings = [
      { path: 'README.md', headings: ['Upload'] },
      { path: 'README.md', headings: ['Upload', 'Cache'] },
      { path: 'docs/upload.md', headings: ['Upload'] },
      { path: 'docs/empty.md', headings: [] },
    ];
    expect(topicsOf(headings, PATHS)).toEqual(['cache']);
  });

  test('are one or many', () => {
    for (const [topic, verb] of [
      ['caching', 'does'],
      ['retries', 'do'],
      ['access', 'does'],
      ['status', 'does'],
    ])
      expect(exampleQuestions([], undefined, [topic!])).toEqual([`How ${verb} ${topic} work?`]);
  });
});

test('whatever stands in files and headings, questions are made of plain words', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom('<b>Upload</b>', '[upload](command:x)', '`upload`', '\u202eUpload'),
  );
  fc.assert(
    fc.property(fc.array(text, { maxLength: 6 }), (texts) => {
      const names = telltaleNames([file('a.ts', ...texts), file('b.ts', ...texts)], 9);
      const made = exampleQuestions(
        names,
        found(...names.map((name) => ({ 'src/a.ts': `function ${name}() {`, 'src/b.ts': name, 'src/c.ts': name }))),
        topics(...texts),
      );
      for (const question of made) expect(question).toMatch(/^[A-Z][a-z]+ (is|do|does) (`\w+`|[A-Za-z -]+) (\w+)\?$/);
    }),
  );
});
