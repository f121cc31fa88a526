/**
 * Checks everything, one step after the other, and stops at the first that fails. `--all` adds the tests of the built
 * program and those in a real VS Code. Sets up what is missing first; runs on Node 20 without any package.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { NODE_MODULES, PINNED_NODE, ROOT, isInstalled } from './installation.mjs';

const ALL = process.argv.includes('--all');
const REPORTS = join(NODE_MODULES, '.cache', `test-reports-${process.pid}`);

const STEPS = [
  ['Format', 'prettier/bin/prettier.cjs', '--check', '--log-level=warn', '--cache', '.'],
  ['Lint', 'oxlint/bin/oxlint'],
  ['Types', 'typescript/bin/tsc', '-p', '.'],
  ['Types of the core', 'typescript/bin/tsc', '-p', 'src/core'],
  ['Types of the panel', 'typescript/bin/tsc', '-p', 'src/webview'],
  ['Types of its tests', 'typescript/bin/tsc', '-p', 'test/panel'],
  ['Types of the tests in VS Code', 'typescript/bin/tsc', '-p', 'test/host'],
  ['Unused code', 'knip/bin/knip.js', '--no-progress'],
  ['Build', '../scripts/build.mjs'],
  ...(ALL ? [['A VS Code for the tests', '../test/host/setUp.ts']] : []),
  ['Tests', ...vitest(...(ALL ? ['unit', 'contract'] : ['unit']))],
  ...(ALL ? [['Tests in VS Code', ...vitest('host')]] : []),
];

function vitest(...projects) {
  const reporters = [
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${join(REPORTS, `${projects[0]}.json`)}`,
  ];
  return ['vitest/vitest.mjs', 'run', ...reporters, ...projects.map((project) => `--project=${project}`)];
}

if (!isInstalled()) {
  try {
    await (await import('./setUp.mjs')).setUp();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
mkdirSync(REPORTS, { recursive: true });
const began = Date.now();
const failed = STEPS.find((step) => !passes(step));
process.stdout.write(`\n${summary(failed?.[0])}\n`);
rmSync(REPORTS, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;

function passes([title, program, ...args]) {
  process.stdout.write(`\n── ${title} ${'─'.repeat(Math.max(0, 76 - title.length))}\n`);
  const { status } = spawnSync(PINNED_NODE, [join(NODE_MODULES, program), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      ...(ALL && { SPOOR_REQUIRE_BROWSER: '1' }),
      PATH: `${join(NODE_MODULES, '.bin')}${delimiter}${process.env.PATH}`,
    },
  });
  return status === 0;
}

function summary(failedTitle) {
  const time = `${Math.round((Date.now() - began) / 1000)} s`;
  const verdict = failedTitle ? `Failed at: ${failedTitle} (${time}).` : `All checks passed in ${time}.`;
  const reports = readdirSync(REPORTS).map((name) => JSON.parse(readFileSync(join(REPORTS, name), 'utf8')));
  if (reports.length === 0) return verdict;
  const sum = (name) => reports.reduce((before, report) => before + report[name], 0);
  return `${verdict}\n${sum('numPassedTests')} passed, ${sum('numFailedTests')} failed`;
}
