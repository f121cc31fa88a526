import { describe, expect, it } from 'vitest';
import { createWalkParser, type WalkedCommit } from './commitLog.ts';
import { createPatchParser, MAX_PATCH_LINES, type CommitPatch } from './patchParser.ts';
import { changedSpans, runsOf } from './changedLines.ts';

const [ONE, TWO, A, B] = ['1'.repeat(40), '2'.repeat(40), 'a'.repeat(40), 'b'.repeat(40)];

function parsePatch(text: string, step = 1 << 20, isWanted: (oldId: string) => boolean = () => true): CommitPatch[] {
  const commits: CommitPatch[] = [];
  const parser = createPatchParser(
    (_, oldId) => isWanted(oldId),
    (commit) => commits.push(commit),
  );
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += step) parser.add(bytes.subarray(at, at + step));
  parser.end();
  return commits;
}

const file = (oldId: string, newId: string, ...hunks: readonly string[]): string =>
  `diff --git a/x b/x\nindex ${oldId}..${newId} 100644\n--- a/x\n+++ b/x\n${hunks.map((hunk) => `${hunk}\n`).join('')}`;
const start = (id: string): string => `\0\0${id}\0\n\n`;

describe('a stream of patches', () => {
  const hostile = file(
    A,
    B,
    '@@ -1,3 +1,5 @@ f()',
    ' diff --git a/y b/y',
    '-index 0000000..1111111 100644',
    `+\0\0${TWO}\0`,
    '+@@ -1 +1 @@',
    '+-- a/y',
    '\\ No newline at end of file',
    ' é\r',
  );
  const text = `${start(ONE)}${hostile}${start(TWO)}${file(B, A, '@@ -2,0 +3 @@', '+x')}`;
  const expected = [
    {
      id: ONE,
      files: [
        {
          oldId: A,
          newId: B,
          isCut: false,
          hunks: [
            {
              oldStart: 1,
              newStart: 1,
              lines: [
                ' diff --git a/y b/y',
                '-index 0000000..1111111 100644',
                `+\0\0${TWO}\0`,
                '+@@ -1 +1 @@',
                '+-- a/y',
                ' é',
              ],
            },
          ],
        },
      ],
    },
    { id: TWO, files: [{ oldId: B, newId: A, isCut: false, hunks: [{ oldStart: 2, newStart: 3, lines: ['+x'] }] }] },
  ];

  it('is read the same in any pieces, whatever its lines look like', () => {
    for (const step of [1, 2, 3, 7, 64, 1 << 20]) expect(parsePatch(text, step)).toMatchObject(expected);
  });

  it('gives only what is wanted', () => {
    expect(parsePatch(text, 1 << 20, (oldId) => oldId === B).map(({ files }) => files.length)).toEqual([0, 1]);
  });

  it('is bounded', () => {
    const many = MAX_PATCH_LINES + 5;
    const lines = Array.from({ length: many }, () => `+${'x'.repeat(5_000)}`);
    const [commit] = parsePatch(`${start(ONE)}${file(A, B, `@@ -0,0 +1,${many} @@`, ...lines)}`, 1000);
    expect(commit!.files[0]).toMatchObject({ isCut: true });
    expect(commit!.files[0]!.hunks[0]!.lines).toHaveLength(MAX_PATCH_LINES);
    expect(commit!.files[0]!.hunks[0]!.lines[0]!.length).toBe(2_000);
  });
});

describe('a stream of commits', () => {
  const walk = (text: string, step: number): WalkedCommit[] => {
    const commits: WalkedCommit[] = [];
    const parser = createWalkParser((commit) => commits.push(commit));
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += step) parser.add(bytes.subarray(at, at + step));
    parser.end();
    return commits;
  };
  const fileOf = (meta: string, path: string): string => `\n:${meta}\0${path}\0`;
  const text = [
    `\0\0${ONE}\0${TWO}\0${5}\0Subject\n\n:100644 fake\n\0`,
    fileOf(`100644 100755 ${A} ${B} M`, 'a "b"\n.ts'),
    fileOf(`000000 120000 ${A} ${B} A`, '--link'),
    `\0\0${TWO}\0\0${4}\0\0`,
  ].join('');

  it('is read the same in any pieces', () => {
    for (const step of [1, 5, 1 << 20])
      expect(walk(text, step)).toEqual([
        {
          id: ONE,
          parents: [TWO],
          timeS: 5,
          message: 'Subject\n\n:100644 fake\n',
          fileCount: 2,
          order: 0,
          files: [
            { status: 'M', path: 'a "b"\n.ts', oldId: A, newId: B, isFile: true },
            { status: 'A', path: '--link', oldId: A, newId: B, isFile: false },
          ],
        },
        { id: TWO, parents: [], timeS: 4, message: '', fileCount: 0, order: 1, files: [] },
      ]);
  });
});

describe('changed lines', () => {
  const spans = (oldStart: number, ...lines: readonly string[]) =>
    changedSpans({ oldId: A, newId: B, path: 'p', isCut: false, hunks: [{ oldStart, newStart: 1, lines }] }).map(
      (span) => [span.start, span.end],
    );

  it.each<[string, number, string[], number[][]]>([
    ['removed', 4, [' a', '-b1', '-c1', ' d'], [[5, 6]]],
    ['replaced', 4, [' a', '-b1', '+c1', '+d1', ' d'], [[5, 5]]],
    ['put in', 4, [' a', '+b1', ' c'], [[4, 5]]],
    ['put in at the beginning', 1, ['+b1', ' c'], [[1, 1]]],
    ['put in at the end', 4, [' a', ' b', '+c1'], [[5, 5]]],
    ['put into an empty file', 0, ['+c1'], []],
    [
      'in two places',
      1,
      [' a', '+b1', ' c', ' d', ' e', '-f1', ' g'],
      [
        [1, 2],
        [5, 5],
      ],
    ],
    ['in places that touch', 1, [' a', '+b1', ' c', '-d1', ' e'], [[1, 3]]],
    ['imports and blank lines', 1, ['-import a from "a"', '+', '+}', ' x', '+real()', ' y'], [[2, 3]]],
  ])('%s', (_, oldStart, lines, expected) => expect(spans(oldStart, ...lines)).toEqual(expected));

  it('come in runs', () => {
    expect(runsOf({ oldStart: 3, newStart: 3, lines: [' a', '-b', '+c', ' d', '+e'] })).toEqual([
      { oldLine: 4, removed: ['b'], added: ['c'], hasLineAfter: true, end: 3 },
      { oldLine: 6, removed: [], added: ['e'], hasLineAfter: false, end: 5 },
    ]);
  });
});
