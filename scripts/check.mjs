/**
 * Checks everything, one step after the other, and stops at the first that fails. `--all` adds the tests of the built
 * program. Sets up what is missing first; runs on Node 20 without any package.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { NODE_MODULES, PINNED_NODE, ROOT, isInstalled } from './installation.mjs';

const REPORT = join(NODE_MODULES, '.cache', `test-report-${process.pid}.json`);
const REPORTERS = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
const WHICH_TESTS = process.argv.includes('--all') ? [] : ['--project=unit'];

const STEPS = [
  ['Format', 'prettier/bin/prettier.cjs', '--check', '--log-level=warn', '--cache', '.'],
  ['Lint', 'oxlint/bin/oxlint'],
  ['Types', 'typescript/bin/tsc', '-p', '.'],
  ['Types of the core', 'typescript/bin/tsc', '-p', 'src/core'],
  ['Types of the panel', 'typescript/bin/tsc', '-p', 'src/webview'],
  ['Types of its tests', 'typescript/bin/tsc', '-p', 'test/panel'],
  ['Unused code', 'knip/bin/knip.js', '--no-progress'],
  ['Build', '../scripts/build.mjs'],
  ['Tests', 'vitest/vitest.mjs', 'run', ...REPORTERS, ...WHICH_TESTS],
];

if (!isInstalled()) {
  try {
    await (await import('./setUp.mjs')).setUp();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
mkdirSync(dirname(REPORT), { recursive: true });
const began = Date.now();
const failed = STEPS.find((step) => !passes(step));
process.stdout.write(`\n${summary(failed?.[0])}\n`);
rmSync(REPORT, { force: true });
process.exitCode = failed ? 1 : 0;

function passes([title, program, ...args]) {
  process.stdout.write(`\n── ${title} ${'─'.repeat(Math.max(0, 76 - title.length))}\n`);
  const { status } = spawnSync(PINNED_NODE, [join(NODE_MODULES, program), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH: `${join(NODE_MODULES, '.bin')}${delimiter}${process.env.PATH}` },
  });
  return status === 0;
}

function summary(failedTitle) {
  const time = `${Math.round((Date.now() - began) / 1000)} s`;
  const verdict = failedTitle ? `Failed at: ${failedTitle} (${time}).` : `All checks passed in ${time}.`;
  if (!existsSync(REPORT)) return verdict;
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(REPORT, 'utf8'));
  return `${verdict}\n${numPassedTests} passed, ${numFailedTests} failed`;
}
