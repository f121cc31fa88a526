/** The walls hold: each planted violation is refused by the lint rules or the compiler, each allowed import is not. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

interface Plant {
  readonly path: string;
  readonly line: string;
  /** Lint rule that must fire at the line; absent where nothing may. */
  readonly rule?: string;
}

const IMPORTS = 'no-restricted-imports';

/** Rooms and what they may and may not import, as in ARCHITECTURE.md. */
const TABLE: readonly (readonly [room: string, allowed: string, denied: string])[] = [
  ['core/nn', './x.ts', 'stemmer #core/search/x.ts #core/rl/x.ts #node/x.ts node:fs ../rl/x.ts'],
  [
    'core/search',
    './x.ts stemmer',
    '#core/nn/x.ts #core/rl/x.ts #core/agent/x.ts #node/x.ts node:fs fast-check ../rl/x.ts',
  ],
  [
    'core/rl',
    './x.ts #core/nn/x.ts',
    '#core/search/x.ts #core/agent/x.ts #core/policy/x.ts #node/x.ts node:fs stemmer',
  ],
  [
    'core/agent',
    '#core/agent/x.ts #core/rl/x.ts #core/search/x.ts',
    '#core/nn/x.ts #core/answer/x.ts #core/policy/x.ts #node/x.ts node:fs',
  ],
  [
    'core/policy',
    '#core/search/x.ts #core/nn/x.ts #core/rl/x.ts #core/agent/x.ts',
    '#core/answer/x.ts #node/x.ts onnxruntime-node',
  ],
  [
    'core/answer',
    '#core/search/x.ts #core/agent/x.ts',
    '#core/rl/x.ts #core/policy/x.ts #node/x.ts #cli/x.ts node:path',
  ],
  [
    'core/llm',
    '#core/search/x.ts #core/rl/x.ts #core/agent/x.ts #core/answer/x.ts',
    '#core/nn/x.ts #core/policy/x.ts #core/feedback/x.ts #node/x.ts eventsource-parser node:fs',
  ],
  ['core/feedback', '#core/agent/x.ts #core/search/x.ts', '#core/rl/x.ts #core/answer/x.ts #node/x.ts'],
  ['core/learning', '#core/policy/x.ts #core/rl/x.ts #core/feedback/x.ts', '#node/x.ts #vscode/x.ts'],
  [
    'node',
    './deep/x.ts #node/x.ts #core/rl/x.ts node:fs node:fs/promises web-tree-sitter @vscode/ripgrep',
    '#cli/x.ts #vscode/x.ts vscode fs prettier ../cli/x.ts',
  ],
  [
    'cli',
    './x.ts #core/rl/x.ts #node/x.ts node:util',
    '#vscode/x.ts #webview/x.ts vscode web-tree-sitter prettier ../vscode/x.ts',
  ],
  [
    'vscode',
    './x.ts #core/rl/x.ts #node/x.ts vscode node:path',
    '#cli/x.ts #webview/x.ts node-sqlite3-wasm ../cli/x.ts',
  ],
  ['webview', './x.ts', '#core/rl/x.ts #node/x.ts #vscode/x.ts #vscode/messages.ts vscode node:fs'],
];

const WALLS: readonly Plant[] = TABLE.flatMap(([room, allowed, denied]) => [
  ...allowed.split(' ').map((from, i) => ({ path: `src/${room}/allowed${i}.ts`, line: `export * from '${from}';` })),
  ...denied.split(' ').flatMap((from, i) => [
    { path: `src/${room}/denied${i}.ts`, line: `export * from '${from}';`, rule: IMPORTS },
    { path: `src/${room}/late${i}.ts`, line: `export const late = () => import('${from}');`, rule: IMPORTS },
  ]),
]);

const core = (line: string, rule?: string): Plant => ({ path: '', line, ...(rule && { rule }) });

const RULES: readonly Plant[] = [
  core('export const drawn = Math.random();', 'no-restricted-properties'),
  core('const { random } = Math; export const drawn = random();', 'no-restricted-properties'),
  core('export const now = Date.now();', 'no-restricted-globals'),
  core('export const now = new Date();', 'no-restricted-globals'),
  core('export const now = new globalThis.Date();', 'no-restricted-globals'),
  core('export const now = performance.now();', 'no-restricted-globals'),
  core('export const later = setTimeout(() => {}, 1);', 'no-restricted-globals'),
  core('export const later = setInterval(() => {}, 1);', 'no-restricted-globals'),
  core('export const system = process.platform;', 'no-restricted-globals'),
  core("export const order = 'a'.localeCompare('b');", 'no-restricted-properties'),
  core("console.log('x');", 'no-console'),
  core('export const fine = Math.max(1, 2);'),
].map((plant, i) => ({ ...plant, path: `src/core/agent/rule${i}.ts` }));

const SHELLS: readonly Plant[] = [
  ...[
    "import { exec } from 'node:child_process'; exec('ls');",
    "import { execSync as run } from 'node:child_process'; run('ls');",
    "import * as all from 'node:child_process'; all.exec('ls');",
    "import all from 'node:child_process'; all.exec('ls');",
  ].map((line) => ({ line, rule: IMPORTS })),
  ...[
    "import { spawn } from 'node:child_process'; spawn('ls', [], { shell: true });",
    "import { spawn } from 'node:child_process'; spawn('ls', [], { 'shell': process.platform === 'win32' });",
    "import { execFile } from 'node:child_process'; execFile('ls', { shell: '/bin/sh' });",
    'export const options = { shell: true };',
    "export const all = await import('node:child_process');",
    "export const all = process.getBuiltinModule('node:child_process');",
  ].map((line) => ({ line, rule: 'no-shell' })),
  { line: "import { spawn } from 'node:child_process'; spawn('ls', [], { shell: false });" },
  { line: "export const extensions = { shell: ['sh', 'bash'] };" },
].flatMap((plant, i) => ['node', 'cli', 'test'].map((place) => ({ ...plant, path: whereOf(place, `shell${i}.ts`) })));

const HYGIENE: readonly Plant[] = [
  { path: 'src/node/cycleA.ts', line: "import { b } from './cycleB.ts'; export const a = () => b;", rule: 'no-cycle' },
  {
    path: 'src/node/cycleB.ts',
    line: "import { a } from '#node/cycleA.ts'; export const b = () => a;",
    rule: 'no-cycle',
  },
  { path: 'src/node/floating.ts', line: 'export const go = async () => {}; go();', rule: 'no-floating-promises' },
  { path: 'src/node/misused.ts', line: '[1].forEach(async () => {});', rule: 'no-misused-promises' },
  { path: 'src/node/loud.ts', line: "console.error('x');", rule: 'no-console' },
  { path: 'src/node/any.ts', line: 'export const any: any = 1;', rule: 'no-explicit-any' },
  { path: 'src/node/unused.ts', line: 'const unused = 1; export {};', rule: 'no-unused-vars' },
  { path: 'src/node/long.ts', line: `export let n = 0;${'\nn += 1;'.repeat(250)}`, rule: 'max-lines' },
  { path: 'src/webview/typesOnly.ts', line: "export type { M } from '#vscode/messages.ts';" },
  {
    path: 'src/core/search/a.test.ts',
    line: "import { f } from 'node:fs'; import { v } from 'vitest'; export const now = [f, v, Date.now()];",
  },
];

const COMPILED = [
  'export const system = process.platform;',
  'export const later = setTimeout(() => {}, 1);',
  "export const page = fetch('x');",
  "import { readFileSync } from 'node:fs'; export const read = readFileSync;",
  "console.log('x');",
  "export const bytes = Buffer.from('x');",
  "export const here = require('fs');",
  'export const where = document.title;',
];
const COMPILES = 'export const fine: readonly number[] = [1, 2].toSorted();';

const PLANTS = [...WALLS, ...RULES, ...SHELLS, ...HYGIENE];
let tree = '';
let findings: ReadonlyMap<string, readonly string[]>;

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'spoor-walls-'));
  for (const name of [
    '.oxlintrc.json',
    'package.json',
    'tsconfig.json',
    'scripts/lintRules.mjs',
    'src/core/tsconfig.json',
  ])
    cpSync(name, join(tree, name));
  symlinkSync(resolve('node_modules'), join(tree, 'node_modules'), 'junction');
  for (const { path, line } of PLANTS) plant(path, line);
  findings = lint();
});

afterAll(() => rmSync(tree, { recursive: true, force: true }));

describe('lint', () => {
  test.each(PLANTS.filter(({ rule }) => rule))('$rule refuses $path: $line', ({ path, rule }) => {
    expect(findings.get(path) ?? []).toContain(rule);
  });

  test.each(PLANTS.filter(({ rule }) => !rule))('allows $path: $line', ({ path }) => {
    expect(findings.get(path) ?? []).toEqual([]);
  });
});

test('every room has a wall', () => {
  const config = JSON.parse(readFileSync('.oxlintrc.json', 'utf8')) as {
    overrides: { files: string[]; rules: Record<string, unknown> }[];
  };
  const walled = config.overrides.filter(({ rules }) => rules[IMPORTS]).flatMap(({ files }) => files);
  const rooms = ['src', 'src/core'].flatMap((parent) =>
    readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${parent}/${entry.name}`),
  );
  expect(rooms.filter((room) => room !== 'src/core' && !walled.includes(`${room}/**`))).toEqual([]);
  expect(TABLE.map(([room]) => `src/${room}/**`).filter((files) => !walled.includes(files))).toEqual([]);
});

test('the compiler knows no platform in the core', () => {
  for (const [i, line] of COMPILED.entries()) plant(`src/core/compiled/refused${i}.ts`, line);
  plant('src/core/compiled/fine.ts', COMPILES);
  writeFileSync(
    join(tree, 'src/core/tsconfig.planted.json'),
    JSON.stringify({ extends: './tsconfig.json', include: ['compiled'] }),
  );
  const { stdout } = program('typescript/bin/tsc', ['-p', 'src/core/tsconfig.planted.json', '--pretty', 'false']);
  const refused = new Set([...stdout.matchAll(/(\w+\.ts)\(\d+,\d+\): error/g)].map((match) => match[1]));
  expect(refused).toEqual(new Set(COMPILED.map((_, i) => `refused${i}.ts`)));
});

function whereOf(place: string, name: string): string {
  return place === 'test' ? `test/${name}` : `src/${place}/${name}`;
}

function plant(path: string, content: string): void {
  const file = join(tree, path);
  if (existsSync(file)) throw new Error(`${path} is planted twice.`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${content}\n`);
}

/** Rules that fired, by file. */
function lint(): ReadonlyMap<string, readonly string[]> {
  const { stdout } = program('oxlint/bin/oxlint', ['--format=json', 'src', 'test']);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code?: string; filename: string }[] };
  const byFile = new Map<string, string[]>();
  for (const { code, filename } of diagnostics) {
    const path = filename.replaceAll('\\', '/');
    byFile.set(path, [...(byFile.get(path) ?? []), /\(([^)]+)\)/.exec(code ?? '')?.[1] ?? String(code)]);
  }
  return byFile;
}

const program = (path: string, args: readonly string[]): { stdout: string } =>
  spawnSync(process.execPath, [resolve('node_modules', path), ...args], {
    cwd: tree,
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
