import type * as vscode from 'vscode';
import { expect, test } from 'vitest';
import { spotAt, type DocumentLike } from '#vscode/hover/spotAt.ts';

/** A document with the editor's default words; the position is before the bar. */
function find(path: string, marked: string) {
  const lines = marked.replace('|', '').split('\n');
  const above = marked.slice(0, marked.indexOf('|')).split('\n');
  const position = { line: above.length - 1, character: above.at(-1)!.length } as vscode.Position;
  const document = {
    uri: { path, toString: () => `file://${path}` },
    version: 7,
    lineAt: (line: number) => ({ text: lines[line]! }),
    getWordRangeAtPosition: ({ line, character }: vscode.Position) => {
      for (const found of lines[line]!.matchAll(/[^`~!%^&*()=+[{\]}\\|;'",.<>/?\s-]+/g))
        if (found.index <= character && character <= found.index + found[0].length)
          return { start: { line, character: found.index }, end: { line, character: found.index + found[0].length } };
      return undefined;
    },
  } as unknown as DocumentLike;
  const spot = spotAt(document, position);
  return spot && `${spot.line}:${spot.column} ${spot.name}`;
}

test.each([
  ['/w/a.ts', 'x\n  ret|ry();', '1:2 retry'],
  ['/w/a.ts', '@de|corated class A {}', '0:1 decorated'],
  ['/w/a.ts', '#sec|ret = 1;', '0:1 secret'],
  ['/w/a.php', '$na|me = 1;', '0:0 $name'],
])('%s %j is %s', (path, text, expected) => expect(find(path, text)).toBe(expected));

test.each([
  ['/w/a.ts', '// ret|ry'],
  ['/w/a.ts', 'con|st x = 1;'],
  ['/w/a.ts', 'x = 1|2;'],
  ['/w/a.ts', '  |  '],
  ['/w/a.ts', `ret|ry(); ${'x'.repeat(2_000)}`],
])('%s %j is nothing', (path, text) => expect(find(path, text)).toBeUndefined());
