/**
 * Packages the extension: `npm run package [-- TARGET…]`, all targets by default. The packages go to `dist/packages/`.
 *
 * Each is staged in a folder of its own that holds what `packagePlan.mjs` lists and nothing else. Equal files make equal
 * packages, to the byte.
 */
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { packageFiles } from './foreignPackage.mjs';
import { ROOT, NODE_MODULES } from './installation.mjs';
import { licenceEntry, licences } from './licences.mjs';
import { TARGETS, packagePlan, ripgrepPlace } from './packagePlan.mjs';

const VSCE = join(NODE_MODULES, '@vscode', 'vsce', 'vsce');
const PACKAGES = join(ROOT, 'dist', 'packages');
/** Fields of package.json that say how Spoor is built, not what it is. */
const NOT_SHIPPED = ['private', 'type', 'imports', 'scripts', 'dependencies', 'devDependencies', 'allowScripts'];
/** The time that files in a package have: it must not tell one build from another. */
const TIME_SECONDS = 1_577_836_800;

try {
  const targets = process.argv.slice(2);
  checkTargets(targets);
  build();
  for (const target of targets.length > 0 ? targets : TARGETS) {
    const file = await makePackage(target);
    process.stdout.write(`${relative(process.cwd(), file)}  ${(statSync(file).size / 1e6).toFixed(1)} MB\n`);
  }
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

function checkTargets(targets) {
  const wrong = targets.find((target) => !TARGETS.includes(target));
  if (wrong !== undefined) throw new Error(`There is no target ${wrong}. Name some of ${TARGETS.join(', ')}, or none.`);
  if (process.platform === 'win32')
    throw new Error('Make packages on Linux or macOS: Windows cannot mark a program as one that may be run.');
}

function build() {
  const { status } = spawnSync(process.execPath, [join(ROOT, 'scripts', 'build.mjs')], { stdio: 'inherit' });
  if (status !== 0) throw new Error('Spoor could not be built. Correct what is said above and try again.');
}

/** The path of the package. */
async function makePackage(target) {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const file = join(PACKAGES, `${manifest.name}-${target}-${manifest.version}.vsix`);
  const stage = join(PACKAGES, `.${target}-${process.pid}`);
  mkdirSync(stage, { recursive: true });
  try {
    await fillStage(stage, target, manifest);
    await runVsce(stage, target, `${stage}.vsix`, manifest);
    renameSync(`${stage}.vsix`, file);
  } finally {
    for (const left of [stage, `${stage}.vsix`]) rmSync(left, { recursive: true, force: true });
  }
  return file;
}

async function fillStage(stage, target, manifest) {
  const write = (to, bytes, mode = 0o644) => {
    mkdirSync(dirname(join(stage, to)), { recursive: true });
    writeFileSync(join(stage, to), bytes);
    chmodSync(join(stage, to), mode);
  };
  const plan = packagePlan(target);
  for (const { from, to } of plan) {
    mkdirSync(dirname(join(stage, to)), { recursive: true });
    copyFileSync(join(ROOT, from), join(stage, to));
    chmodSync(join(stage, to), 0o644);
  }
  write('package.json', shippedManifest(manifest));
  const notices = [readFileSync(join(ROOT, 'dist', 'THIRD_PARTY.txt'), 'utf8'), licences(plan.map(({ from }) => from))];
  const program = ripgrepPlace(target);
  if (program !== undefined) {
    const [bytes, licence] = await packageFiles(`@vscode/ripgrep-${target}`, [
      program.split('/').slice(-2).join('/'),
      'LICENSE',
    ]);
    write(program, bytes, 0o755);
    notices.push(
      licenceEntry(`@vscode/ripgrep-${target} (MIT), with ripgrep (MIT or Unlicense)`, String(licence).trim()),
    );
  }
  write('dist/THIRD_PARTY.txt', notices.join('\n'));
}

function shippedManifest(manifest) {
  const shipped = Object.fromEntries(Object.entries(manifest).filter(([name]) => !NOT_SHIPPED.includes(name)));
  return `${JSON.stringify({ ...shipped, engines: { vscode: manifest.engines.vscode } }, null, 2)}\n`;
}

/** The README's links are made absolute once package.json says where the repository is. */
async function runVsce(stage, target, file, { repository }) {
  const options = [
    ...(target === 'universal' ? [] : ['--target', target]),
    ...(repository ? [] : ['--allow-missing-repository', '--no-rewrite-relative-links']),
  ];
  const args = [VSCE, 'package', '--no-dependencies', '--out', file, ...options];
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(TIME_SECONDS) };
  try {
    await promisify(execFile)(process.execPath, args, { cwd: stage, env });
  } catch (error) {
    throw new Error(`The package for ${target} could not be made.\n${error.stderr}${error.stdout}`, { cause: error });
  }
}
