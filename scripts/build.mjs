/**
 * Builds `dist/`: the programs, the grammars beside them, and the licences of what went in.
 *
 * Files are replaced one by one and whole, the command line's program last, so that a build can be killed or run twice
 * at once.
 */
import { copyFileSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GRAMMAR_FILES } from '../src/node/symbols/grammars.ts';
import { NODE_MODULES, ROOT } from './installation.mjs';
import { licences } from './licences.mjs';
import { PROGRAM_FILES, buildPrograms } from './programs.mjs';

const DIST = join(ROOT, 'dist');
const fresh = join(DIST, `.build-${process.pid}`);
const began = new Date();
/** Where packages keep what is shipped as it is, and where it goes. */
const ASSETS = [
  ...GRAMMAR_FILES.map(({ from, file }) => ({ from, to: `grammars/${file}` })),
  { from: 'vscode-oniguruma/release/onig.wasm', to: 'onig.wasm' },
];

mkdirSync(join(fresh, 'grammars'), { recursive: true });
try {
  const built = await buildPrograms({ outdir: fresh });
  for (const { from, to } of ASSETS) copyFileSync(join(NODE_MODULES, from), join(fresh, to));
  const inputs = Object.values(built).flatMap((metafile) => Object.keys(metafile.inputs));
  writeFileSync(
    join(fresh, 'THIRD_PARTY.txt'),
    `Spoor contains these packages.\n\n${licences([...inputs, ...ASSETS.map(({ from }) => `node_modules/${from}`)])}`,
  );
  replaceFiles([...ASSETS.map(({ to }) => to), 'THIRD_PARTY.txt', ...PROGRAM_FILES]);
} catch (error) {
  if (!error.errors) throw error;
  process.exitCode = 1; // esbuild has said what is wrong.
} finally {
  rmSync(fresh, { recursive: true, force: true });
}

/** The bundle's time is that of the build's beginning: what was changed while it ran makes it out of date. */
function replaceFiles(names) {
  utimesSync(join(fresh, 'spoor.mjs'), began, began);
  mkdirSync(join(DIST, 'grammars'), { recursive: true });
  for (const name of names) renameSync(join(fresh, name), join(DIST, name));
}
