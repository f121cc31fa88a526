/** What is in the packages of the extension: exactly this, for the platform that each is for. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { zipEntries, type ZipEntry } from '../fakes/unzip.ts';

const TARGETS = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64', 'universal'] as const;
type Target = (typeof TARGETS)[number];

const { version, contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly version: string;
  readonly contributes: unknown;
};
const fileOf = (target: Target): string => join('dist', 'packages', `spoor-${target}-${version}.vsix`);

const packages = new Map<Target, readonly ZipEntry[]>();

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/package.mjs'], { stdio: 'pipe' });
  for (const target of TARGETS) packages.set(target, zipEntries(fileOf(target)));
}, 240_000);

/** Every file is one of these, and each of these is there. */
const ALWAYS = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/(package\.json|readme\.md|changelog\.md|LICENSE\.txt)$/,
  /^extension\/package\.nls\.json$/,
  /^extension\/package\.nls\.de\.json$/,
  /^extension\/l10n\/bundle\.l10n\.json$/,
  /^extension\/l10n\/bundle\.l10n\.de\.json$/,
  /^extension\/media\/(icon\.png|activity-bar\.svg)$/,
  /^extension\/media\/[\w-]+\.css$/,
  /^extension\/media\/walkthrough\/(ask|check|accept|docs)\.svg$/,
  /^extension\/models\/(searcher\.onnx|searcher\.json|corpus\.json|frozen\.bin)$/,
  /^extension\/dist\/(extension\.cjs|searchService\.mjs|parserWorker\.mjs|pageWorker\.mjs|panel\.js|onig\.wasm|THIRD_PARTY\.txt)$/,
  /^extension\/dist\/(learningProcess|learningWorker|modelProcess|searchWorker|mcpServer)\.mjs$/,
  /^extension\/dist\/grammars\/web-tree-sitter\.wasm$/,
  /^extension\/dist\/grammars\/(c|c-sharp|cpp|go|java|javascript|php|python|ruby|rust|tsx|typescript)\.wasm$/,
  /^extension\/dist\/node_modules\/node-sqlite3-wasm\/(package\.json|dist\/node-sqlite3-wasm\.(js|wasm))$/,
  /^extension\/dist\/node_modules\/onnxruntime-common\/package\.json$/,
];

/** With `cjs` and `esm` the forms in which the two runtimes load what they share. */
const common = (form: string): RegExp[] => [
  new RegExp(`^extension/dist/node_modules/onnxruntime-common/dist/${form}/package\\.json$`),
  new RegExp(`^extension/dist/node_modules/onnxruntime-common/dist/${form}/[a-z-]+\\.js$`),
];

const WASM = [
  /^extension\/dist\/node_modules\/onnxruntime-web\/package\.json$/,
  /^extension\/dist\/node_modules\/onnxruntime-web\/dist\/ort\.node\.min\.mjs$/,
  /^extension\/dist\/node_modules\/onnxruntime-web\/dist\/ort-wasm-simd-threaded\.(mjs|wasm)$/,
  ...common('esm'),
];

const native = (target: Target, library: string): RegExp[] => [
  /^extension\/dist\/node_modules\/onnxruntime-node\/package\.json$/,
  /^extension\/dist\/node_modules\/onnxruntime-node\/dist\/(backend|binding|index|version)\.js$/,
  ...['onnxruntime_binding.node', library].map((file) =>
    literally(`dist/node_modules/onnxruntime-node/bin/napi-v6/${target.replace('-', '/')}/${file}`),
  ),
  literally(`dist/node_modules/@vscode/ripgrep-${target}/bin/${target.startsWith('win32') ? 'rg.exe' : 'rg'}`),
  ...common('cjs'),
];

const literally = (path: string): RegExp => new RegExp(`^extension/${path.replaceAll('.', '\\.')}$`);

const LISTS: Readonly<Record<Target, readonly RegExp[]>> = {
  'linux-x64': [...ALWAYS, ...native('linux-x64', 'libonnxruntime.so.1')],
  'linux-arm64': [...ALWAYS, ...native('linux-arm64', 'libonnxruntime.so.1')],
  'darwin-arm64': [...ALWAYS, ...native('darwin-arm64', 'libonnxruntime.1.dylib'), ...WASM],
  'win32-x64': [...ALWAYS, ...native('win32-x64', 'onnxruntime.dll'), ...WASM],
  'win32-arm64': [...ALWAYS, ...native('win32-arm64', 'onnxruntime.dll'), ...WASM],
  universal: [...ALWAYS, ...WASM],
};

/** Megabytes of 10^6 bytes. */
const MOST_MB: Readonly<Record<Target, number>> = {
  'linux-x64': 25,
  'linux-arm64': 20,
  'darwin-arm64': 25,
  'win32-x64': 25,
  'win32-arm64': 25,
  universal: 10,
};

/** Alternatives of a pattern that name one file each are there one by one. */
const alternatives = (pattern: RegExp): RegExp[] => {
  const group = /\((?!\?)([^()|]+(?:\|[^()|]+)+)\)/.exec(pattern.source);
  if (!group) return [pattern];
  return group[1]!.split('|').flatMap((one) => alternatives(new RegExp(pattern.source.replace(group[0], one))));
};

describe.each(TARGETS)('the package for %s', (target) => {
  test('has the files of its list and no other', () => {
    const paths = packages.get(target)!.map(({ path }) => path);
    expect(paths.filter((path) => !LISTS[target].some((pattern) => pattern.test(path)))).toEqual([]);
    const wanted = LISTS[target].flatMap(alternatives);
    expect(wanted.filter((pattern) => !paths.some((path) => pattern.test(path)))).toEqual([]);
    expect(new Set(paths).size).toBe(paths.length);
  });

  test('is small, and whole', () => {
    expect(statSync(fileOf(target)).size / 1e6).toBeLessThanOrEqual(MOST_MB[target]);
    for (const entry of packages.get(target)!) expect(entry.bytes().length).toBe(entry.sizeBytes);
  });

  test('is for its platform', () => {
    const manifest = text(target, 'extension.vsixmanifest');
    expect(/TargetPlatform="([^"]+)"/.exec(manifest)?.[1]).toBe(target === 'universal' ? undefined : target);
    const binaries = packages.get(target)!.filter(({ path }) => /\.(node|dll|dylib|so\.1)$|\/rg(\.exe)?$/.test(path));
    expect(binaries.map((entry) => [entry.path, machineOf(entry.bytes())])).toEqual(
      binaries.map(({ path }) => [path, target]),
    );
    expect(binaries).toHaveLength(target === 'universal' ? 0 : 3);
  });

  test('lets nothing but ripgrep be run', () => {
    const runnable = packages.get(target)!.filter(({ mode }) => (mode & 0o111) !== 0);
    expect(runnable.map(({ path }) => path)).toEqual(
      packages
        .get(target)!
        .map(({ path }) => path)
        .filter((path) => /\/rg(\.exe)?$/.test(path)),
    );
  });

  test('says what the extension is, not how it was built', () => {
    const shipped = JSON.parse(text(target, 'extension/package.json')) as Record<string, unknown>;
    for (const field of ['private', 'scripts', 'dependencies', 'devDependencies', 'imports', 'allowScripts'])
      expect(shipped).not.toHaveProperty(field);
    expect(shipped).toMatchObject({ name: 'spoor', version, contributes, engines: { vscode: expect.any(String) } });
    expect(shipped['engines']).not.toHaveProperty('node');
    const inside = packages.get(target)!.map(({ path }) => path);
    const named = [shipped['main'], shipped['icon'], ...mediaIn(shipped['contributes'])] as string[];
    expect(named.length).toBeGreaterThan(5);
    const lacking = named.filter((path) => !inside.includes(`extension/${path.replace(/^\.\//, '')}`));
    expect(lacking).toEqual([]);
  });

  test('names whose work is in it, and tells nothing of where it was built', () => {
    const notices = text(target, 'extension/dist/THIRD_PARTY.txt');
    const carried = packages
      .get(target)!
      .flatMap(({ path }) => /node_modules\/((?:@\w+\/)?[\w-]+)/.exec(path)?.[1] ?? []);
    for (const name of new Set([...carried, 'preact', 'web-tree-sitter', 'tree-sitter-go', 'vscode-oniguruma']))
      expect(notices).toMatch(new RegExp(`^${name} \\S*`, 'm'));
    const ours = packages
      .get(target)!
      .filter(({ path }) => /^extension\/(dist\/[\w.]+js|.*\.(json|md|txt|css))$/.test(path));
    const telling = ours.filter((entry) => /sourceMappingURL=(?!data)/.test(String(entry.bytes())) || mentions(entry));
    expect(telling.map(({ path }) => path)).toEqual([]);
  });
});

test('equal files make equal packages', () => {
  const before = readFileSync(fileOf('universal'));
  execFileSync(process.execPath, ['scripts/package.mjs', 'universal'], { stdio: 'pipe' });
  expect(readFileSync(fileOf('universal')).equals(before)).toBe(true);
}, 60_000);

test('a target that there is not is refused before anything is built', () => {
  const run = (): string =>
    execFileSync(process.execPath, ['scripts/package.mjs', 'web'], { stdio: 'pipe' }).toString();
  expect(run).toThrow(/There is no target web\. Name some of linux-x64, .*universal, or none\./);
  expect(existsSync(join('dist', 'packages', `spoor-web-${version}.vsix`))).toBe(false);
});

const text = (target: Target, path: string): string =>
  String(
    packages
      .get(target)!
      .find((entry) => entry.path === path)
      ?.bytes(),
  );

const mentions = (entry: ZipEntry): boolean => String(entry.bytes()).includes(process.cwd());

/** Paths of pictures anywhere in the manifest. */
function mediaIn(value: unknown): string[] {
  if (typeof value === 'string') return value.startsWith('media/') ? [value] : [];
  return value && typeof value === 'object' ? Object.values(value).flatMap(mediaIn) : [];
}

/** By the first bytes of a program or library: what it runs on, in the editor's words. */
function machineOf(bytes: Buffer): string {
  if (bytes.readUInt32BE(0) === 0x7f454c46) return `linux-${{ 0x3e: 'x64', 0xb7: 'arm64' }[bytes.readUInt16LE(18)]}`;
  if (bytes.readUInt32LE(0) === 0xfeedfacf) return `darwin-${{ 0x0100000c: 'arm64' }[bytes.readUInt32LE(4)]}`;
  const header = bytes.readUInt32LE(0x3c);
  return `win32-${{ 0x8664: 'x64', 0xaa64: 'arm64' }[bytes.readUInt16LE(header + 4)]}`;
}
