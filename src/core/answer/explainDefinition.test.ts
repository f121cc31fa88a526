import { describe, expect, test } from 'vitest';
import type { Definition } from '#core/agent/tools.ts';
import { chooseDefinition, qualifierAt, type NamePlace } from '#core/answer/explainDefinition.ts';
import { importedNames } from '#core/answer/explainImports.ts';

/** `src/net/retry.ts:12 function UploadQueue.send` */
function definition(text: string): Definition {
  const [, path = '', line = '', kind = '', name = ''] = /^(\S+):(\d+) (\w+) (\S+)$/.exec(text) ?? [];
  const names = name.split('.');
  const start = Number(line);
  return {
    name: names.at(-1)!,
    kind: kind as Definition['kind'],
    span: { path, start, end: start + 4 },
    line: start,
    signature: '',
    inside: names.slice(0, -1),
  };
}

interface Case {
  /** The lines of the file; the name stands between bars. */
  readonly text: string;
  readonly path?: string;
  readonly outline?: readonly string[];
  readonly candidates: readonly string[];
}

function choose({ text, path = 'src/app/a.ts', outline = [], candidates }: Case): string | undefined {
  const [before = '', name = '', after = ''] = text.split('|');
  const lines = (before + name + after).split('\n');
  const above = before.split('\n');
  const place: NamePlace = {
    name,
    path,
    line: above.length,
    column: above.at(-1)!.length,
    text: lines[above.length - 1]!,
    imports: importedNames(lines, path),
    outline: outline.map(definition),
  };
  const chosen = chooseDefinition(candidates.map(definition), place);
  return chosen && `${chosen.span.path}:${chosen.line}`;
}

describe('chooses', () => {
  test.each<[what: string, given: Case, expected: string]>([
    [
      'what the line itself defines',
      {
        text: 'class X {}\nfunction |send|() {}',
        candidates: ['src/app/a.ts:2 function send', 'src/b.ts:1 function send'],
      },
      'src/app/a.ts:2',
    ],
    [
      'what the file defines',
      { text: '|send|();', candidates: ['src/app/a.ts:9 function send', 'src/b.ts:1 function send'] },
      'src/app/a.ts:9',
    ],
    [
      'what is imported',
      {
        text: "import { send } from '../net/x.ts';\n|send|();",
        candidates: ['src/net/x.ts:3 function send', 'src/app/b.ts:1 function send'],
      },
      'src/net/x.ts:3',
    ],
    [
      'what an index hands on',
      { text: "import { send } from '../net';\n|send|();", candidates: ['src/net/x.ts:3 function send'] },
      'src/net/x.ts:3',
    ],
    [
      'what the module has',
      {
        text: "import * as net from '../net/x.ts';\nnet.|send|();",
        candidates: ['src/net/x.ts:3 function send', 'src/b.ts:1 method B.send'],
      },
      'src/net/x.ts:3',
    ],
    [
      'the method of the class around',
      {
        text: 'x\nthis.|send|();',
        outline: ['src/app/a.ts:1 class A', 'src/app/a.ts:1 method A.run'],
        candidates: ['src/app/a.ts:4 method A.send', 'src/app/a.ts:30 method B.send'],
      },
      'src/app/a.ts:4',
    ],
    [
      'the method of the object around',
      {
        text: 'x\nthis.|send|();',
        outline: ['src/app/a.ts:1 method res.json'],
        candidates: ['src/app/a.ts:40 method res.send', 'src/b.ts:30 method app.send'],
      },
      'src/app/a.ts:40',
    ],
    [
      'the class that is named',
      { text: 'Queue.|send|();', candidates: ['src/q.ts:4 method Queue.send', 'src/b.ts:30 method B.send'] },
      'src/q.ts:4',
    ],
    [
      'the class that the variable sounds like',
      { text: 'queue.|send|();', candidates: ['src/q.ts:4 method UploadQueue.send', 'src/b.ts:30 method Bucket.send'] },
      'src/q.ts:4',
    ],
    [
      'the only one of a telling name',
      { text: 'x.|sendAllParts|();', candidates: ['src/q.ts:4 method UploadQueue.sendAllParts'] },
      'src/q.ts:4',
    ],
    [
      'the nearest one of a telling name',
      { text: '|sendAll|();', candidates: ['lib/deep/q.ts:4 function sendAll', 'src/net/q.ts:4 function sendAll'] },
      'src/net/q.ts:4',
    ],
    [
      'a source and not a test',
      { text: '|sendAll|();', candidates: ['src/app/a.test.ts:4 function sendAll', 'src/net/q.ts:4 function sendAll'] },
      'src/net/q.ts:4',
    ],
    [
      'the source and not its typings',
      { text: '|sendAll|();', candidates: ['src/app/b.d.ts:4 function sendAll', 'src/app/b.ts:4 function sendAll'] },
      'src/app/b.ts:4',
    ],
    [
      'the first of overloads',
      { text: '|sendAll|();', candidates: ['src/b.ts:4 function sendAll', 'src/b.ts:5 function sendAll'] },
      'src/b.ts:4',
    ],
    [
      'what is in the same package of Go',
      { path: 'net/a.go', text: '|send|()', candidates: ['net/b.go:4 function send', 'cmd/c.go:4 function send'] },
      'net/b.go:4',
    ],
    [
      'what a text names',
      { path: 'docs/a.md', text: 'Call |sendAll|.', candidates: ['src/b.ts:4 function sendAll'] },
      'src/b.ts:4',
    ],
  ])('%s', (_, given, expected) => expect(choose(given)).toBe(expected));
});

describe('says nothing', () => {
  test.each<[what: string, given: Case]>([
    ['of a method of anything', { text: 'list.|map|(x);', candidates: ['src/util.ts:4 function map'] }],
    ['of a word that is not imported', { text: '|fetch|(x);', candidates: ['src/net.ts:4 function fetch'] }],
    [
      'of what comes from a package',
      { text: "import { send } from 'express';\n|send|();", candidates: ['src/net/x.ts:3 function send'] },
    ],
    [
      'of what comes from Node',
      { text: "import { readFile } from 'node:fs';\n|readFile|();", candidates: ['src/net/x.ts:3 function readFile'] },
    ],
    [
      'where two are as near',
      { text: '|sendAll|();', candidates: ['src/b.ts:4 function sendAll', 'src/c.ts:4 function sendAll'] },
    ],
    ['where another language defines it', { text: '|sendAll|();', candidates: ['tools/b.py:4 function sendAll'] }],
    ['of a method by its plain name', { text: '|sendAll|();', candidates: ['src/b.ts:4 method B.sendAll'] }],
    ['of a variable of a method', { text: 'const |send| = 1;', candidates: ['src/app/a.ts:9 method A.send'] }],
  ])('%s', (_, given) => expect(choose(given)).toBeUndefined());
});

test.each([
  ['|a|', ''],
  ['x.|a|', 'x'],
  ['x?.|a|', 'x'],
  ['this.|a|', 'this'],
  ['@|a|', '@'],
  ['f().|a|', '?'],
  ['x[0].|a|', '?'],
  ['x.y.|a|', '?'],
  ['  .|a|', '?'],
  ['...|a|', ''],
  ['p->|a|', 'p'],
  ['net::|a|', 'net'],
])('%s is taken out of %j', (text, expected) => {
  const [before = '', name = '', after = ''] = text.split('|');
  expect(qualifierAt({ name, text: before + name + after, column: before.length })).toBe(expected);
});
