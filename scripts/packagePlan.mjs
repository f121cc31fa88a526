/**
 * What a package of the extension holds, file by file: nothing else gets into one.
 *
 * The packages of a platform carry the native ONNX Runtime and a ripgrep of their own. The one in WebAssembly is in
 * those where the native one may not load although the editor runs (it wants macOS 14, and on Windows a library of
 * Visual C++ that may be missing), and in the universal one, which has nothing native and takes the editor's ripgrep.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { GRAMMAR_FILES } from '../src/node/symbols/grammars.ts';
import { ROOT } from './installation.mjs';

/** What the editor calls its platforms; `universal` is for all others. */
export const TARGETS = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64', 'win32-arm64', 'universal'];

/**
 * Paths of the package and of the files that they are copies of, both relative, with `/`.
 *
 * @param {string} target of `TARGETS`
 * @returns {{ from: string, to: string }[]}
 */
export function packagePlan(target) {
  const runtimes = [
    ...(target === 'universal' ? [] : nativeRuntime(target)),
    ...(target.startsWith('linux-') ? [] : wasmRuntime()),
  ];
  const packages = [...new Set([...runtimes, ...SQLITE])].map((file) => ({
    from: `node_modules/${file}`,
    to: `dist/node_modules/${file}`,
  }));
  return [...ownFiles().map((file) => ({ from: file, to: file })), ...packages];
}

/** Where the program of ripgrep goes; undefined if the target has none. */
export function ripgrepPlace(target) {
  if (target === 'universal') return undefined;
  const program = target.startsWith('win32-') ? 'rg.exe' : 'rg';
  return `dist/node_modules/@vscode/ripgrep-${target}/bin/${program}`;
}

const ownFiles = () => [
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  ...['searcher.onnx', 'searcher.json', 'corpus.json', 'frozen.bin'].map((file) => `models/${file}`),
  ...['extension.cjs', 'searchService.mjs', 'parserWorker.mjs', 'pageWorker.mjs', 'panel.js', 'onig.wasm'].map(
    (file) => `dist/${file}`,
  ),
  ...['learningProcess.mjs', 'learningWorker.mjs', 'searchWorker.mjs', 'modelProcess.mjs', 'mcpServer.mjs'].map(
    (file) => `dist/${file}`,
  ),
  ...GRAMMAR_FILES.map(({ file }) => `dist/grammars/${file}`),
  ...listed('.', /^package\.nls(\.[\w-]+)?\.json$/),
  ...listed('l10n', /^bundle\.l10n(\.[\w-]+)?\.json$/),
  ...listed('media', /\.(css|svg)$|^icon\.png$/),
  ...listed('media/walkthrough', /\.svg$/),
];

const listed = (folder, pattern) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => (folder === '.' ? name : `${folder}/${name}`));

/** The libraries that a model run on the processor needs; on Windows the others are for graphics cards. */
const LIBRARIES = { linux: 'libonnxruntime.so.1', darwin: 'libonnxruntime.1.dylib', win32: 'onnxruntime.dll' };

function nativeRuntime(target) {
  const [platform, arch] = target.split('-');
  const binaries = ['onnxruntime_binding.node', LIBRARIES[platform]];
  return [
    ...['package.json', 'dist/index.js', 'dist/backend.js', 'dist/binding.js', 'dist/version.js'],
    ...binaries.map((file) => `bin/napi-v6/${platform}/${arch}/${file}`),
  ]
    .map((file) => `onnxruntime-node/${file}`)
    .concat(onnxCommon('cjs'));
}

/** The part that both runtimes share, in the form that they load it in. */
const onnxCommon = (form) => [
  'onnxruntime-common/package.json',
  ...listed(`node_modules/onnxruntime-common/dist/${form}`, /(?<!\.test)\.js$|^package\.json$/).map((file) =>
    file.replace('node_modules/', ''),
  ),
];

const wasmRuntime = () => [
  ...[
    'package.json',
    'dist/ort.node.min.mjs',
    'dist/ort-wasm-simd-threaded.mjs',
    'dist/ort-wasm-simd-threaded.wasm',
  ].map((file) => `onnxruntime-web/${file}`),
  ...onnxCommon('esm'),
];

/** For an editor whose Node has no SQLite that searches texts. */
const SQLITE = ['package.json', 'dist/node-sqlite3-wasm.js', 'dist/node-sqlite3-wasm.wasm'].map(
  (file) => `node-sqlite3-wasm/${file}`,
);
