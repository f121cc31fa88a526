import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_SECTION_CHARS, MAX_SECTION_TEXT } from './docAssembly.ts';
import { docFormatOf, linesOf, splitDoc, type DocSection } from './docSections.ts';

const text = (...lines: string[]): string => `${lines.join('\n')}\n`;
const outline = (path: string, source: string): string[] =>
  splitDoc(path, source).map(({ start, end, headings }) => `${start}-${end} ${headings.join(' > ')}`);

function expectDisjoint(sections: readonly DocSection[], lines: number): void {
  let last = 0;
  for (const { start, end } of sections) {
    expect(start).toBeGreaterThan(last);
    expect(end).toBeGreaterThanOrEqual(start);
    last = end;
  }
  expect(last).toBeLessThanOrEqual(lines);
}

describe('formats by name', () => {
  it.each([
    ['docs/a.md', 'markdown'],
    ['A.MDX', 'markdown'],
    ['README', 'markdown'],
    ['a.rst', 'rst'],
    ['a.adoc', 'asciidoc'],
    ['a.txt', 'text'],
    ['a.ipynb', 'notebook'],
    ['a/index.d.ts', 'typings'],
    ['a/index.d.mts', 'typings'],
    ['x.dist-info/METADATA', 'metadata'],
    ['a.ts', undefined],
    ['.md', undefined],
    ['constructor', undefined],
    ['a.constructor', undefined],
    ['a.__proto__', undefined],
  ])('%s', (path, format) => expect(docFormatOf(path)).toBe(format));

  it('gives nothing for what is no document', () => expect(splitDoc('a.ts', 'const a = 1;')).toEqual([]));
});

describe('Markdown', () => {
  it('cuts at ATX and setext headings and keeps the way to them', () => {
    const source = text(
      'Preamble.',
      '',
      '# Guide #',
      'Intro.',
      '## Retry `now` {#retry}',
      'Text.',
      '',
      'Old style',
      '---',
      'More.',
      '# [API](x.md)',
      'Last.',
    );
    expect(outline('a.md', source)).toEqual([
      '1-1 ',
      '3-4 Guide',
      '5-6 Guide > Retry now',
      '8-10 Guide > Old style',
      '11-12 API',
    ]);
  });

  it('finds no headings in fences, comments and tables, and tells code from prose', () => {
    const source = text('# A', '```sh', '# no', '~~~', '```', '<!--', '# no', '-->', 'a | b', '---|---', '~~~', 'x');
    const [section, ...rest] = splitDoc('a.md', source);
    expect(rest).toEqual([]);
    expect(section).toMatchObject({ start: 1, end: 12, headings: ['A'] });
    expect(section!.code).toBe('```sh\n# no\n~~~\n```\n~~~\nx');
    expect(section!.body).toContain('# no\n-->');
  });

  it('takes the title of the front matter', () => {
    expect(outline('a.md', text('---', 'title: "Deploying"', '# x: 1', '---', '', '# Steps', 'Go.'))).toEqual([
      '6-7 Deploying > Steps',
    ]);
    expect(outline('a.md', text('---', 'No front matter.', '', '# A', 'b'))).toEqual(['1-2 ', '4-5 A']);
  });

  it('reads HTML headings and leaves other HTML, escapes and bidi marks as text', () => {
    const source = text('<h1 align="center"><img src=x> Spoor</h1>', '<script>alert(1)</script>', '\u001b[31m\u202e');
    expect(splitDoc('a.md', source)).toMatchObject([
      { headings: ['Spoor'], text: '<script>alert(1)</script>\n\u001b[31m\u202e' },
    ]);
  });

  it('keeps an empty section unless others stand below it', () => {
    expect(outline('a.md', text('# A', '## B', '## C', 'x'))).toEqual(['2-2 A > B', '3-4 A > C']);
  });

  it('does not take list items, quotes and paragraphs before a rule for headings', () => {
    expect(outline('a.md', text('- a', '---', '', '> b', '---', '', 'c', 'd', '---', '#tag', '####### x'))).toEqual([
      '1-11 ',
    ]);
  });
});

describe('reStructuredText', () => {
  it('orders the adornments by their first appearance', () => {
    const source = text(
      '=====',
      'Title',
      '=====',
      '',
      'One',
      '---',
      'a',
      '',
      'Two',
      '~~~',
      'b',
      '',
      'Three',
      '-----',
      'c',
      'Not a title',
      '',
    );
    expect(outline('a.rst', source)).toEqual(['5-7 Title > One', '9-11 Title > One > Two', '13-16 Title > Three']);
  });

  it('marks literal blocks as code', () => {
    const source = text(
      'Use',
      '===',
      'Do this::',
      '',
      '    Title',
      '    =====',
      '',
      '.. code-block:: py',
      '',
      '   run()',
      'end',
    );
    const [section, ...rest] = splitDoc('a.rst', source);
    expect(rest).toEqual([]);
    expect(section!.code).toBe('    Title\n    =====\n   run()');
    expect(section!.body).toContain('end');
  });
});

describe('other formats', () => {
  it('AsciiDoc: headings and blocks', () => {
    const source = text('= Doc', 'Intro', '', '== Part', '----', '== no', '----', '=== Deep', 'x');
    expect(outline('a.adoc', source)).toEqual(['1-2 Doc', '4-7 Doc > Part', '8-9 Doc > Part > Deep']);
  });

  it('text: paragraphs together, at most 60 lines', () => {
    const lines = Array.from({ length: 150 }, (_, i) => (i % 10 === 9 ? '' : `line ${i}`));
    const sections = splitDoc('a.txt', text(...lines));
    expect(sections.map(({ start, end }) => [start, end])).toEqual([
      [1, 59],
      [61, 119],
      [121, 149],
    ]);
  });

  it('METADATA: name, summary and description, in its own markup', () => {
    const head = ['Metadata-Version: 2.1', 'Name: pkg', 'Version: 1.2', 'Summary: Does things', 'Requires-Dist: x'];
    const markdown = text(...head, 'Description-Content-Type: text/markdown', '', '# Use', 'Call it.');
    expect(splitDoc('p/METADATA', markdown)).toMatchObject([
      { start: 4, end: 4, headings: ['pkg 1.2'], body: 'Does things' },
      { start: 8, end: 9, headings: ['pkg 1.2', 'Use'], body: 'Call it.' },
    ]);
    expect(outline('p/METADATA', text(...head, '', 'Use', '===', 'x'))).toEqual(['4-4 pkg 1.2', '7-9 pkg 1.2 > Use']);
    const old = text('Name: pkg', 'Description: Use', '        ===', '        Old text', 'Platform: x');
    expect(splitDoc('PKG-INFO', `${old}\n`)).toMatchObject([
      { start: 2, end: 4, headings: ['pkg', 'Use'], body: 'Old text' },
    ]);
  });
});

describe('long sections', () => {
  it('are cut at blank lines of prose, at most 80 lines', () => {
    const lines = ['# A', ...Array.from({ length: 300 }, (_, i) => (i === 70 ? '' : `w${i}`))];
    const sections = splitDoc('a.md', text(...lines));
    expect(sections.map(({ start, end }) => [start, end])).toEqual([
      [1, 71],
      [73, 152],
      [153, 232],
      [233, 301],
    ]);
    expect(sections.every((section) => section.headings[0] === 'A')).toBe(true);
  });

  it('keep a bounded text, never half a character', () => {
    const [section] = splitDoc('a.md', `${'x'.repeat(MAX_SECTION_TEXT - 1)}😀${'y'.repeat(3 * MAX_SECTION_CHARS)}`);
    expect(section!.text).toBe('x'.repeat(MAX_SECTION_TEXT - 1));
    expect(section!.body.length).toBe(MAX_SECTION_CHARS);
  });
});

describe('notebooks', () => {
  const cell = (cell_type: string, source: unknown, outputs: unknown = []) => ({
    cell_type,
    metadata: {},
    outputs,
    source,
  });
  const notebook = {
    cells: [
      cell('markdown', ['# Title\n', 'Intro \\ "quoted"\n', '## Data\n', 'Text']),
      cell('code', ['# not a heading\n', 'load()'], [{ data: { 'image/png': 'AAAA\nBBBB', source: ['no'] } }]),
      cell('markdown', '## End\nBye'),
    ],
    metadata: { source: ['no'] },
  };

  it('names the lines of the JSON file', () => {
    const source = JSON.stringify(notebook, null, 1);
    const lines = source.split('\n');
    const sections = splitDoc('a.ipynb', source);
    expect(sections.map((section) => section.headings.join(' > '))).toEqual([
      'Title',
      'Title > Data',
      'Title > Data',
      'Title > End',
    ]);
    expect(lines[sections[0]!.start - 1]).toContain('# Title');
    expect(lines[sections[0]!.end - 1]).toContain('Intro');
    expect(sections[0]!.body).toBe('Intro \\ "quoted"');
    expect(lines[sections[2]!.start - 1]).toContain('not a heading');
    expect(lines[sections[2]!.end - 1]).toContain('load()');
    expect(sections[2]).toMatchObject({ body: '', code: '# not a heading\nload()' });
    expect(lines[sections[3]!.start - 1]).toContain('## End');
    expectDisjoint(sections, lines.length);
  });

  it('makes one section of a notebook on one line', () => {
    const sections = splitDoc('a.ipynb', JSON.stringify(notebook));
    expect(sections).toMatchObject([{ start: 1, end: 1, headings: ['Title'] }]);
    expect(sections[0]!.body).toContain('Bye');
    expect(sections[0]!.code).toContain('load()');
  });

  it('gives what stands before a fault, and nothing for other JSON', () => {
    const source = JSON.stringify(notebook, null, 1);
    expect(splitDoc('a.ipynb', source.slice(0, source.indexOf('load()')))).toHaveLength(3);
    expect(splitDoc('a.ipynb', '{"cells": 3, "source": ["x"]}')).toEqual([]);
    expect(splitDoc('a.ipynb', '['.repeat(100_000))).toEqual([]);
  });
});

describe('typings', () => {
  const source = text(
    '/** About the file. */',
    "import { A } from './a';",
    '',
    '/**',
    ' * Retries a request.',
    ' * @param times how often',
    ' */',
    'export declare function retry(times: number): void;',
    'export declare function retry(): void;',
    'export interface Options {',
    '  /** Milliseconds. */',
    "  wait: '{' | '}';",
    '}',
    '',
    "declare module 'x' {",
    '  // One.',
    '  export class Inner {',
    '    const: number;',
    '  }',
    '  namespace Deep {',
    '    type T = 1;',
    '  }',
    '}',
    'export {};',
    "export * from './b';",
    'type Last = `{`;',
  );

  it('cuts at declarations, doc comments with them', () => {
    expect(outline('index.d.ts', source)).toEqual([
      '1-1 ',
      '4-9 retry',
      '10-13 Options',
      '15-15 x',
      '16-19 x > Inner',
      '20-20 x > Deep',
      '21-23 x > Deep > T',
      '26-26 Last',
    ]);
  });

  it('puts comments into the body and the rest into the code', () => {
    const sections = splitDoc('index.d.ts', source);
    expect(sections[1]).toMatchObject({ body: '\nRetries a request.\n@param times how often\n' });
    expect(sections[1]!.code).toContain('retry(times: number)');
    expect(sections[2]!.body).toContain('Milliseconds.');
    expect(sections[2]!.code).not.toContain('Milliseconds.');
  });
});

describe('hostile text', () => {
  const PATHS = ['a.md', 'a.rst', 'a.adoc', 'a.txt', 'a.ipynb', 'a.d.ts', 'METADATA'];
  const MARKS = [
    '#',
    '# ',
    '=',
    '==',
    '---',
    '```',
    '~~~',
    '<!--',
    '-->',
    '::',
    '.. code::',
    '\n',
    '\n\n',
    '\r\n',
    '\r',
    ' ',
    '    ',
    '\t',
    'a',
    'Title',
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\',
    '/*',
    '*/',
    '//',
    '`',
    "'",
    'export ',
    'declare module "x" {',
    'function f(',
    '"cells"',
    '"source"',
    ':',
    ',',
    '\u202e',
    '\ud800',
    '\0',
    '<h1>',
    '</h1>',
    '|',
    'Name: x',
    '+++',
    'title: t',
    'é',
    '漢',
  ];
  const hostile = fc.array(fc.constantFrom(...MARKS), { maxLength: 200 }).map((marks) => marks.join(''));

  it('gives disjoint sections inside of the file, in any format', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PATHS),
        fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 400 })),
        (path, source) => {
          const sections = splitDoc(path, source);
          expectDisjoint(sections, linesOf(source).length);
          for (const section of sections) {
            expect(section.end - section.start).toBeLessThan(path === 'a.ipynb' ? Infinity : 80);
            expect(section.text.length).toBeLessThanOrEqual(MAX_SECTION_TEXT);
          }
        },
      ),
      { seed: 42, numRuns: 2_000 },
    );
  });

  it.each(PATHS)('takes time in proportion to its size: %s', (path) => {
    const unit = (mark: string, size: number): string => mark.repeat(Math.ceil(size / mark.length));
    const timeOf = (source: string): number => {
      const started = performance.now();
      splitDoc(path, source);
      return performance.now() - started;
    };
    for (const mark of [
      '# ',
      '#\n',
      '[',
      '{#',
      '<h1>',
      '`',
      '```\n',
      '=\n',
      'a\n=\n',
      '*/ ',
      '/*',
      '{\n',
      '"a",',
      '"\\',
      'a::\n\n',
      ' ',
      '<!--\n',
      'import\n',
      '](',
      'x ',
    ])
      // A quadratic splitter would need minutes for this.
      expect(timeOf(unit(mark, 200_000)), mark).toBeLessThan(3_000);
  });
});
