/**
 * Builds `dist/`: the program as one file, its parser's thread as another, the grammars beside them, and the licences
 * of what went in.
 *
 * Files are replaced one by one and whole, the program last, so that a build can be killed or run twice at once.
 * `node-sqlite3-wasm`, `@vscode/ripgrep` and ONNX Runtime stay outside: they find their own binaries by where they
 * lie.
 */
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { GRAMMAR_FILES } from '../src/node/symbols/grammars.ts';
import { NODE_MODULES, ROOT } from './installation.mjs';

/** What runs in a thread or a process of its own, then the program that starts it: files are replaced in this order. */
const ENTRIES = {
  parserWorker: 'src/node/symbols/parserWorker.ts',
  searchWorker: 'src/node/training/searchWorker.ts',
  spoor: 'src/cli/main.ts',
};
const DIST = join(ROOT, 'dist');
const fresh = join(DIST, `.build-${process.pid}`);
const began = new Date();

mkdirSync(join(fresh, 'grammars'), { recursive: true });
try {
  const bundled = await bundle();
  for (const grammar of GRAMMAR_FILES)
    copyFileSync(join(NODE_MODULES, grammar.from), join(fresh, 'grammars', grammar.file));
  const packages = [
    ...Object.keys(bundled.metafile.inputs),
    ...GRAMMAR_FILES.map(({ from }) => `node_modules/${from}`),
  ];
  writeFileSync(join(fresh, 'THIRD_PARTY.txt'), licences(packages));
  replaceFiles([
    'grammars',
    ...GRAMMAR_FILES.map(({ file }) => `grammars/${file}`),
    'THIRD_PARTY.txt',
    ...Object.keys(ENTRIES).map((name) => `${name}.mjs`),
  ]);
} catch (error) {
  if (!error.errors) throw error;
  process.exitCode = 1; // esbuild has said what is wrong.
} finally {
  rmSync(fresh, { recursive: true, force: true });
}

function bundle() {
  return build({
    absWorkingDir: ROOT,
    entryPoints: ENTRIES,
    outdir: fresh,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    external: ['node-sqlite3-wasm', '@vscode/ripgrep', 'onnxruntime-node', 'onnxruntime-web'],
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
}

/** The bundle's time is that of the build's beginning: what was changed while it ran makes it out of date. */
function replaceFiles(names) {
  utimesSync(join(fresh, 'spoor.mjs'), began, began);
  for (const name of names) {
    if (name === 'grammars') mkdirSync(join(DIST, name), { recursive: true });
    else renameSync(join(fresh, name), join(DIST, name));
  }
}

function licences(paths) {
  const names = paths.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  const notices = [...new Set(names)].sort((a, b) => (a < b ? -1 : 1)).map(notice);
  return `Spoor contains these packages.\n\n${notices.join('\n')}`;
}

function notice(name) {
  const directory = dirname(join(NODE_MODULES, name, 'package.json'));
  const { version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  const file = readdirSync(directory).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text = file ? readFileSync(join(directory, file), 'utf8').trim() : '';
  return `${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${text}\n`;
}
