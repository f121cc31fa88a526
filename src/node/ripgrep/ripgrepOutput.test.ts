import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createOutputParser, withoutBinaryNotice } from './ripgrepOutput.ts';

type Line = readonly [number: number, text: string];
type File = readonly [path: string, lines: readonly Line[]];

const STATS =
  '\n7 matches\n5 matched lines\n4 files contained matches\n9 files searched\n231 bytes printed\n103032 bytes searched\n0.002631 seconds spent searching\n0.006972 seconds total\n';

const printed = (files: readonly File[]): string =>
  files.map(([path, lines]) => `${path}\0${lines.map(([n, text]) => `${n}:${text}\n`).join('')}`).join('\n');

function parse(chunks: readonly Buffer[], maxColumns = 1000): { files: File[]; stats: unknown } {
  const files: [string, Line[]][] = [];
  const parser = createOutputParser(
    {
      file: (path) => void files.push([path, []]),
      line: (number, text, start, end) => void files.at(-1)![1].push([number, text.slice(start, end)]),
    },
    maxColumns,
  );
  for (const chunk of chunks) parser.push(chunk);
  return { files, stats: parser.end() };
}

const parseText = (text: string, maxColumns?: number): { files: File[]; stats: unknown } =>
  parse([Buffer.from(text)], maxColumns);

const DONE = { filesSearched: 9, bytesSearched: 103032 };

describe('the parser reads', () => {
  test.each<[string, File[]]>([
    ['nothing but statistics', []],
    [
      'files and lines',
      [
        [
          './a.ts',
          [
            [1, 'x'],
            [12, '  y'],
          ],
        ],
        ['./b/c.ts', [[3, 'z']]],
      ],
    ],
    [
      'paths of Windows',
      [
        ['C:\\work\\src\\x.ts', [[4, 'const a: string']]],
        ['.\\src\\y.ts', [[1, '5:6']]],
      ],
    ],
    [
      'lines that look like lines',
      [
        [
          './a',
          [
            [1, '2:x'],
            [3, './b'],
            [4, ''],
          ],
        ],
      ],
    ],
    [
      'names with newlines, colons and escapes',
      [
        ['./na\nme', [[1, 'x']]],
        ['./a:1:b', [[2, 'y']]],
        ['./\u001b[31m', [[1, 'z']]],
      ],
    ],
    ['a name that looks like lines', [['./a\n1:x\n\n./b', [[1, 'y']]]]],
    ['a name that looks like statistics', [[`./${STATS}`, [[1, 'y']]]]],
    [
      'content that looks like statistics',
      [
        [
          './a',
          STATS.trim()
            .split('\n')
            .map((line, i) => [i + 1, line] as const),
        ],
      ],
    ],
    [
      'a line with NUL',
      [
        [
          './a',
          [
            [1, 'x\0y'],
            [2, '\0'],
          ],
        ],
      ],
    ],
  ])('%s', (_, files) => {
    expect(parseText(printed(files) + '\n' + STATS)).toEqual({ files, stats: DONE });
  });

  test('lines that end with CR LF without the CR', () => {
    expect(parseText('./a\x001:x\r\n2:\r\n3:a\rb\n').files).toEqual([
      [
        './a',
        [
          [1, 'x'],
          [2, ''],
          [3, 'a\rb'],
        ],
      ],
    ]);
  });

  test('a file that turns out to be binary up to there', () => {
    const warning = (path: string): string =>
      `${path}: WARNING: stopped searching binary file after match (found "\\0" byte around offset 5)\n\n`;
    const odd = './x\n7:fake\n\n./fake\n1:y';
    const text = `./late.dat\x002:foo\n${warning('./late.dat')}\n${odd}\x001:real\n${warning(odd)}\n./b\x001:z\n`;
    expect(parseText(text + '\n' + STATS)).toEqual({
      files: [
        ['./late.dat', [[2, 'foo']]],
        [odd, [[1, 'real']]],
        ['./b', [[1, 'z']]],
      ],
      stats: DONE,
    });
  });

  test('previews of long lines without what ripgrep adds', () => {
    const long = `${'é'.repeat(40)} [... 2 more matches]`;
    const files = parseText(
      `./a\x001:${long}\n2:short [... 1 more match]\n3:${'x'.repeat(60)} [... omitted end of long line]\n`,
      50,
    ).files;
    expect(files).toEqual([
      [
        './a',
        [
          [1, 'é'.repeat(40)],
          [2, 'short [... 1 more match]'],
          [3, 'x'.repeat(60)],
        ],
      ],
    ]);
  });

  test('bytes that are not UTF-8 as U+FFFD', () => {
    const { files } = parse([Buffer.from([0x2e, 0x2f, 0xff, 0, 0x31, 0x3a, 0xe2, 0x82, 0x0a])]);
    expect(files).toEqual([['./\uFFFD', [[1, '\uFFFD']]]]);
  });

  test('no statistics where ripgrep was stopped', () => {
    expect(parseText('./a\x001:x\n2:ha')).toEqual({ files: [['./a', [[1, 'x']]]], stats: undefined });
    expect(parseText('')).toEqual({ files: [], stats: undefined });
  });
});

test('the notice about a named binary file is taken from the path behind it', () => {
  expect(withoutBinaryNotice('./a b: binary file matches (found "\\0" byte around offset 3)\n\n./c')).toBe('./c');
  expect(withoutBinaryNotice('./a: binary file matches')).toBe('./a: binary file matches');
});

const name = fc
  .string({ unit: fc.constantFrom('a', 'é', '😀', '\n', ':', '1', ' ', '\u001b', '\\', '/', '.') })
  .map((text) => `./${text}x`);
const line = fc
  .string({ unit: fc.constantFrom('a', 'é', '😀', '\0', ':', '1', ' ', '\r', '\u001b', '"') })
  .map((text) => `${text}.`);
const file = fc.tuple(name, fc.array(fc.tuple(fc.nat(), line), { minLength: 1, maxLength: 5 }));

test('the output may be cut anywhere', () => {
  fc.assert(
    fc.property(
      fc.array(file, { maxLength: 5 }),
      fc.boolean(),
      fc.array(fc.nat(), { maxLength: 30 }),
      (files, warned, cuts) => {
        const warning = warned ? `${files.at(-1)?.[0]}: WARNING: stopped searching\n\n` : '';
        const output = Buffer.from(printed(files) + (files.length ? warning : '') + '\n' + STATS);
        const places = [0, ...cuts.map((cut) => cut % output.length).sort((a, b) => a - b), output.length];
        const chunks = places.slice(1).map((end, i) => output.subarray(places[i], end));
        expect(parse(chunks)).toEqual({ files, stats: DONE });
      },
    ),
    { seed: 42, numRuns: 2000 },
  );
});

test('any bytes are read without an error', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 200 })),
      (chunks) => void parse(chunks.map((chunk) => Buffer.from(chunk))),
    ),
    { seed: 42, numRuns: 1000 },
  );
});
