import { expect, test } from 'vitest';
import { importedNames, leadsTo } from '#core/answer/explainImports.ts';

const told = (path: string, text: string): string[] =>
  importedNames(text.split('\n'), path).map(
    ({ name, original, from }) => `${name}${name === original ? '' : ` = ${original}`} < ${from}`,
  );

test.each<[path: string, text: string, expected: string[]]>([
  ['a.ts', "import { a, type B, c as d } from './x.ts';", ['a < ./x.ts', 'B < ./x.ts', 'd = c < ./x.ts']],
  ['a.ts', "import React, { useState } from 'react';", ['React < react', 'useState < react']],
  ['a.ts', "import * as net from '#net/all.ts';", ['net < #net/all.ts']],
  ['a.ts', "import {\n  a, // why\n  b,\n} from './x';\nfoo();", ['a < ./x', 'b < ./x']],
  ['a.js', "const { send, get: fetch } = require('./net');", ['send < ./net', 'fetch = get < ./net']],
  ['a.js', "var net = require('../net')\nvar x = 1", ['net < ../net']],
  ['a.py', 'from .retry import with_backoff, sleep as nap', ['with_backoff < .retry', 'nap = sleep < .retry']],
  ['a.py', 'from a.b import (\n    c,  # why\n    d,\n)', ['c < a.b', 'd < a.b']],
  ['a.py', 'import os.path, numpy as np', ['os = os.path < os.path', 'np = numpy < numpy']],
  ['a.go', 'import (\n\t"fmt"\n\tnet2 "example.com/x/net"\n)', ['fmt < fmt', 'net2 = net < example.com/x/net']],
  [
    'a.rs',
    'use crate::net::{retry::with_backoff, Queue as Q};',
    ['with_backoff < crate::net::retry', 'Q = Queue < crate::net'],
  ],
  ['a.rs', 'pub use std::io::Read;', ['Read < std::io']],
  ['A.java', 'import com.example.net.Retry;', ['Retry < com.example.net.Retry']],
  ['a.php', 'use App\\Net\\Retry as Again;', ['Again = Retry < App\\Net\\Retry']],
  ['a.md', "import { a } from './x';", []],
])('%s %j', (path, text, expected) => expect(told(path, text)).toEqual(expected));

test.each<[path: string, text: string, file: string, expected: boolean]>([
  ['src/a.ts', "import { a } from './net/x.js';", 'src/net/x.ts', true],
  ['src/a.ts', "import { a } from '../net';", 'net/index.ts', true],
  ['src/a.ts', "import { a } from './x';", 'lib/x.ts', false],
  ['src/a.ts', "import { a } from '#core/x.ts';", 'src/core/x.ts', true],
  ['src/a.ts', "import { a } from '@/core/x';", 'src/core/x.ts', true],
  ['src/a.ts', "import { a } from '@org/net';", 'packages/net/src/send.ts', true],
  ['src/a.ts', "import { a } from 'express';", 'src/net/send.ts', false],
  ['app/a.py', 'from .net import a', 'app/net.py', true],
  ['app/a.py', 'from ..net import a', 'net/__init__.py', true],
  ['app/a.py', 'from . import a', 'app/a.py', true],
  ['app/a.py', 'from app.net import a', 'src/app/net.py', true],
  ['app/a.py', 'from other.net import a', 'src/app/net.py', false],
  ['a.go', 'import "example.com/x/net"', 'x/net/send.go', true],
  ['src/a.rs', 'use crate::net::retry::a;', 'src/net/retry.rs', true],
  ['A.java', 'import com.example.net.Retry;', 'src/main/java/com/example/net/Retry.java', true],
])('%s: %s leads to %s: %s', (path, text, file, expected) => {
  const [imported] = importedNames(text.split('\n'), path);
  expect(leadsTo(imported!, path, file)).toBe(expected);
});

test('reads hostile text in linear time', () => {
  const texts = [
    'import '.repeat(3_000),
    'const '.repeat(3_000),
    'import {'.repeat(2_000),
    'from . import ('.repeat(2_000),
  ];
  for (const text of texts) for (const path of ['a.ts', 'a.py', 'a.rs', 'a.go', 'A.java']) told(path, text);
});

test.each(['const x ', 'import x ', 'from x import ( ', 'use a::{ '])('many of "%s" take little time', (start) => {
  const lines = [start.repeat(60), ...Array<string>(399).fill(`${start}${'\u3000 '.repeat(250)}`)];
  for (const path of ['a.ts', 'a.py', 'a.rs']) expect(importedNames(lines, path).length).toBeLessThan(1_000);
});
