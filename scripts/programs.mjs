/**
 * What is made of the sources, and how: programs for Node, the part that runs in the editor, the panel's page.
 *
 * Packages with binaries of their own stay outside: they find these by where they lie. The editor's part has none of
 * them, because nothing that searches runs there.
 */
import { build } from 'esbuild';
import { ROOT } from './installation.mjs';

/**
 * Makes all programs in a folder and gives esbuild's account of each kind, by its name.
 *
 * @param {{ outdir: string, write?: boolean }} options
 */
export async function buildPrograms({ outdir, write = true }) {
  const common = {
    absWorkingDir: ROOT,
    outdir,
    write,
    bundle: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  };
  const metafiles = {};
  // One after the other: what fails must not leave others that still write.
  for (const [kind, options] of Object.entries(KINDS))
    metafiles[kind] = (await build({ ...common, ...options })).metafile;
  return metafiles;
}

/** What runs in a thread or a process of its own, then the program of the command line that starts it. */
const NODE_PROGRAMS = {
  parserWorker: 'src/node/symbols/parserWorker.ts',
  pageWorker: 'src/node/docsSite/pageWorker.ts',
  searchWorker: 'src/node/training/searchWorker.ts',
  learningWorker: 'src/node/learning/learningWorker.ts',
  learningProcess: 'src/node/learning/learningProcess.ts',
  modelProcess: 'src/node/llm/modelProcess.ts',
  searchService: 'src/node/service/serviceProcess.ts',
  retrievalProcess: 'src/node/serve/retrievalProcess.ts',
  mcpServer: 'src/cli/mcpServer.ts',
  spoor: 'src/cli/main.ts',
};

/** Names stay as they are and lines short, so that a stack trace in a bug report can be read. */
const smaller = { minifyWhitespace: true, minifySyntax: true, lineLimit: 160 };

const KINDS = {
  node: {
    ...smaller,
    entryPoints: NODE_PROGRAMS,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    // Some packages' main file loads its parts in a way that no bundler sees.
    mainFields: ['module', 'main'],
    external: ['node-sqlite3-wasm', '@vscode/ripgrep', 'onnxruntime-node', 'onnxruntime-web'],
  },
  extension: {
    ...smaller,
    entryPoints: { extension: 'src/extension.ts' },
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
    // The sources say what they do where there is none: `ownFolder`.
    logOverride: { 'empty-import-meta': 'silent' },
  },
  panel: {
    ...smaller,
    entryPoints: { panel: 'src/webview/main.tsx' },
    platform: 'browser',
    target: 'es2022',
    format: 'iife',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  },
};

/** Files that the programs are in; the command line's is the last one. */
export const PROGRAM_FILES = ['panel.js', 'extension.cjs', ...Object.keys(NODE_PROGRAMS).map((name) => `${name}.mjs`)];
