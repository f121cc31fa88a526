/** package.json, the documents and the repository agree with each other. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, normalize, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '#cli/commands.ts';

interface Manifest {
  readonly scripts: Record<string, string>;
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
  readonly allowScripts: Record<string, boolean>;
}

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly integrity?: string;
  readonly optionalDependencies?: Record<string, string>;
}

const text = (path: string): string => readFileSync(path, 'utf8');
const manifest = JSON.parse(text('package.json')) as Manifest;
const locked = (JSON.parse(text('package-lock.json')) as { packages: Record<string, LockedPackage> }).packages;
const versions = { ...manifest.dependencies, ...manifest.devDependencies };

/** What git has or would take. */
const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
})
  .split('\0')
  .filter((path) => path && statSync(path, { throwIfNoEntry: false })?.isFile());
const documents = files.filter((path) => path.endsWith('.md') && !path.startsWith('test/'));

describe('package.json and package-lock.json', () => {
  test('versions are exact', () => {
    expect(Object.entries(versions).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  test('the only install script that may run is that of the pinned Node', () => {
    expect(manifest.allowScripts).toEqual({ [`node@${versions['node']}`]: true });
    expect(text('.npmrc')).toMatch(/^ignore-scripts=true$/m);
  });

  test('the lock file holds no addresses, and a checksum for every package', () => {
    expect(text('package-lock.json')).not.toMatch(/registry|\.tgz/);
    const entries = Object.entries(locked).filter(([path]) => path);
    expect(entries.filter(([, entry]) => entry.resolved !== undefined || !entry.integrity)).toEqual([]);
  });

  test('the lock file names the packages of every platform', () => {
    const missing = Object.entries(locked).flatMap(([path, entry]) =>
      Object.keys(entry.optionalDependencies ?? {}).filter((name) => !isLocked(path, name)),
    );
    expect(missing).toEqual([]);
  });

  test('the lock file is of the versions that package.json names', () => {
    const differing = Object.entries(versions).filter(([name, v]) => locked[`node_modules/${name}`]?.version !== v);
    expect(differing).toEqual([]);
  });

  test('each script runs a file that exists', () => {
    const fileOf = (script: string): string =>
      script.split(' ').find((word) => /^scripts\/.*\.(mjs|ts)$/.test(word)) ?? '';
    const missing = Object.values(manifest.scripts).filter((script) => !existsSync(fileOf(script)));
    expect(missing).toEqual([]);
  });
});

test('the scripts of the program carry the flags that it is started with', async () => {
  const installation: string = '../scripts/installation.mjs';
  const { NODE_FLAGS } = (await import(installation)) as { readonly NODE_FLAGS: readonly string[] };
  for (const name of ['ask', 'spoor', 'benchmark'])
    for (const flag of NODE_FLAGS) expect(manifest.scripts[name]?.split(' ')).toContain(flag);
});

describe('documents', () => {
  test('every npm command in them is a script', () => {
    const used = documents.flatMap((path) =>
      [...text(path).matchAll(/\bnpm (?:run (?:--silent )?([\w:-]+)|(test)\b)/g)].map((match) => match[1] ?? match[2]!),
    );
    expect(used).toEqual(expect.arrayContaining(['ask', 'spoor', 'check', 'test']));
    expect(used.filter((name) => !manifest.scripts[name])).toEqual([]);
  });

  test('every command and option of spoor in them is one', () => {
    const lines = documents
      .flatMap((path) => text(path).split('\n'))
      .filter((line) => /spoor (-- )?\w+ .*--/.test(line));
    const wrong = lines.flatMap((line) => {
      const command = COMMANDS.find(({ name }) => new RegExp(`spoor (-- )?${name}\\b`).test(line));
      const options = [...line.matchAll(/ --([a-z-]+)/g)].map((match) => match[1]).filter((name) => name !== 'silent');
      const known = ['help', ...(command?.options ?? []).map(({ name }) => name)];
      return command && options.every((name) => known.includes(name!)) ? [] : [line];
    });
    expect(lines.length).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });

  test('the build server calls the test command of the README', () => {
    expect(text('README.md')).toMatch(/^npm test$/m);
    expect(text('.ci/run').trimEnd().split('\n').at(-1)).toBe('npm test');
    expect(statSync('.ci/run').mode & 0o111).not.toBe(0);
  });

  test('every link in them leads to a file', () => {
    const dead = documents.flatMap((path) =>
      linksOf(path)
        .filter((target) => !existsSync(target))
        .map((target) => `${path}: ${target}`),
    );
    expect(dead).toEqual([]);
  });

  test('every file of the sources that they name exists', () => {
    const named = documents.flatMap((path) =>
      [...text(path).matchAll(/`((?:src|scripts|test|docs)\/[\w./-]+\.\w+)`/g)].map((match) => `${path}: ${match[1]}`),
    );
    expect(named.filter((entry) => !existsSync(entry.split(': ')[1]!))).toEqual([]);
  });

  test('decisions are numbered in order, and all listed', () => {
    const names = readdirSync('docs/decisions').filter((name) => name !== 'README.md');
    expect(names.map((name) => Number(/^(\d{4})-[a-z0-9-]+\.md$/.exec(name)?.[1]))).toEqual(names.map((_, i) => i + 1));
    const listed = linksOf('docs/decisions/README.md').filter((path) => path.startsWith('docs/decisions/'));
    expect(listed).toEqual(names.map((name) => `docs/decisions/${name}`));
    for (const [i, name] of names.entries())
      expect(text(`docs/decisions/${name}`)).toMatch(new RegExp(`^# ${i + 1}\\. `));
  });
});

describe('every file of the repository', () => {
  /** Put together here, so that this file does not find itself. */
  const MARKS = [
    ['TO', 'DO'],
    ['FIX', 'ME'],
    ['X', 'XX'],
    ['HA', 'CK'],
    ['lorem', ' ipsum'],
    ['not', ' implemented'],
  ];

  test('is finished', () => {
    const mark = new RegExp(`\\b(${MARKS.map((parts) => parts.join('')).join('|')})\\b`);
    expect(linesWith(mark)).toEqual([]);
    expect(linesWith(/\b(test|it|describe)\.(only|skip|todo|fails)\b\(/)).toEqual([]);
  });

  test('knows no machine', () => {
    const places = [resolve('.'), homedir()].filter((path) => path.split(/[/\\]/).filter(Boolean).length > 1);
    expect(linesWith(new RegExp(places.map(escaped).join('|')))).toEqual([]);
  });

  test('has Unix line ends and ends with one, fixtures and expected texts aside', () => {
    const own = files.filter(
      (path) => /\.(ts|mjs|json|md|yml)$/.test(path) && !/^test\/(fixtures|golden)\//.test(path),
    );
    expect(own.filter((path) => text(path).includes('\r\n') || !text(path).endsWith('\n'))).toEqual([]);
  });
});

/** A package's own dependency lies below it, or at any level above. */
function isLocked(path: string, name: string): boolean {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (locked[`${at ? `${at}/` : ''}node_modules/${name}`]) return true;
    if (!at) return false;
  }
}

function linksOf(path: string): string[] {
  const targets = [...text(path).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map((match) => match[1]!);
  return targets.map((target) => normalize(join(dirname(path), target)));
}

/** Of texts: in a picture or a model any letters may stand. */
function linesWith(pattern: RegExp): string[] {
  const texts = files.filter((path) => !/\.(png|gif|onnx|bin)$/.test(path));
  return texts.flatMap((path) =>
    text(path)
      .split('\n')
      .flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.slice(0, 200)}`] : [])),
  );
}

const escaped = (path: string): string => path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
