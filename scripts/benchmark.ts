/**
 * Measures the time and memory of answering: `npm run benchmark -- --workspace DIR … [--questions FILE.jsonl]`.
 *
 * Each question is asked in a warm process, in turns with a plain `rg -i -F -c` pass over the same tree for the
 * question's keywords, so that a busy machine slows both. The median of three rounds counts for either. Every workspace
 * gets a process of its own, so that its memory is its own. Times are milliseconds.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { quantile } from '#cli/batchSummary.ts';
import { STOP_WORDS } from '#core/search/stopWords.ts';
import { runProgram } from '#node/childProcesses.ts';
import { findRipgrep, ripgrepSettingOf } from '#node/ripgrep/findRipgrep.ts';
import { createSearcher, type Searcher } from '#node/searcher.ts';

const ROUNDS = 3;
const COLD_RUNS = 5;
const MEMORY_STOPS = [20, 50, 100, 150, 200];
/** A median of 4 passes + 100 ms at most, a 95th percentile of 8 passes + 200 ms. */
const TARGETS = { median: { passes: 4, ms: 100 }, p95: { passes: 8, ms: 200 } } as const;

const QUESTIONS = [
  'Where is the main entry point?',
  'How are command line options parsed?',
  'Where are errors handled and reported?',
  'How is the configuration file loaded?',
  'Where is caching implemented?',
  'How are tests run?',
  'Which function reads files from disk?',
  'How does logging work?',
  'Where are HTTP requests parsed?',
  'How is the default value of an option chosen?',
  'Where are plugins registered and loaded?',
  'How is a timeout handled?',
  'Where is user input validated?',
  'How are paths resolved on Windows?',
  'What happens when a connection is closed?',
  'Where is the version number defined?',
  'How are comments preserved in the output?',
  'How are deprecated options reported as warnings?',
  'Where are regular expressions compiled?',
  'How is the JSON output formatted?',
];

const { values } = parseArgs({
  options: {
    workspace: { type: 'string', multiple: true, default: ['.'] },
    questions: { type: 'string' },
    limit: { type: 'string', default: '40' },
    policy: { type: 'string', default: 'learned' },
    memory: { type: 'boolean', default: false },
    program: { type: 'string', default: programFile() },
  },
});
const policy = values.policy;

function programFile(): string {
  const bundle = resolve(import.meta.dirname, '../dist/spoor.mjs');
  return existsSync(bundle) ? bundle : resolve(import.meta.dirname, '../src/cli/main.ts');
}

async function inOwnProcess(directory: string): Promise<void> {
  const { questions, limit, memory, program } = values;
  const options = ['--workspace', directory, '--limit', limit, '--policy', policy, '--program', program];
  if (questions !== undefined) options.push('--questions', questions);
  if (memory) options.push('--memory');
  const child = spawn(process.execPath, [...process.execArgv, import.meta.filename, ...options], { stdio: 'inherit' });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) process.exitCode = 1;
}

async function measure(directory: string): Promise<void> {
  const storage = mkdtempSync(join(tmpdir(), 'spoor-benchmark-'));
  try {
    const questions = questionsFor(directory).filter((question) => keywordsOf(question).length);
    if (!questions.length) throw new Error(`There is no question for ${directory}.`);
    console.log(`\n${directory}`);
    const searcher = await createSearcher({ directories: [directory], storage });
    const readyMs = await timed(() => searcher.ready());
    console.log(`history and docs index made in ${ms(readyMs)} ms`);
    if (values.memory) await measureMemory(searcher, questions);
    else await measureTime(searcher, directory, questions);
    await searcher.close();
    if (!values.memory) await measureCold(directory, questions[0]!, storage);
  } finally {
    rmSync(storage, { recursive: true, force: true });
  }
}

function questionsFor(directory: string): string[] {
  if (values.questions === undefined) return QUESTIONS;
  const lines = readFileSync(values.questions, 'utf8').split('\n').filter(Boolean);
  const rows = lines.map((line) => JSON.parse(line) as { repo?: string; question: string });
  const here = rows.filter(({ repo }) => repo === undefined || basename(repo) === basename(directory));
  return here.slice(0, Number(values.limit)).map(({ question }) => question);
}

const keywordsOf = (question: string): string[] => [
  ...new Set((question.toLowerCase().match(/[\p{L}\p{N}_]{3,}/gu) ?? []).filter((word) => !STOP_WORDS.has(word))),
];

interface Measured {
  readonly passMs: number;
  /** The first time that the question is asked: nothing that it reads has been parsed before. */
  readonly firstMs: number;
  readonly askMs: number;
}

async function measureTime(searcher: Searcher, directory: string, questions: readonly string[]): Promise<void> {
  await rgPass(directory, ['warm', 'files']);
  await searcher.ask('Where does the program start?', { policy });
  const measured: Measured[] = [];
  for (const question of questions) measured.push(await measureQuestion(searcher, directory, question));
  const column = (of: (row: Measured) => number, q: number): number => quantile(measured.map(of), q);
  const spread = (of: (row: Measured) => number): string =>
    `median ${ms(column(of, 0.5))}, p95 ${ms(column(of, 0.95))} ms`;
  const inPasses = (of: (row: Measured) => number, q: number): string =>
    column((row) => of(row) / row.passMs, q).toFixed(1);
  console.log(`${(await fileCount(directory)).toLocaleString('en')} files, ${measured.length} questions`);
  console.log(`one rg pass       ${spread((row) => row.passMs)}`);
  console.log(
    `asked first       ${spread((row) => row.firstMs)}; in passes ${inPasses((row) => row.firstMs, 0.5)}, ${inPasses((row) => row.firstMs, 0.95)}`,
  );
  console.log(
    `asked, of ${ROUNDS}       ${spread((row) => row.askMs)}; in passes ${inPasses((row) => row.askMs, 0.5)}, ${inPasses((row) => row.askMs, 0.95)}`,
  );
  for (const [name, q] of [
    ['median', 0.5],
    ['p95', 0.95],
  ] as const) {
    const { passes, ms: extraMs } = TARGETS[name];
    const used = Math.max(
      0,
      column((row) => (row.askMs - extraMs) / row.passMs, q),
    );
    console.log(
      `${name} ≤ ${passes} passes + ${extraMs} ms: ${used <= passes ? 'met' : 'MISSED'} (${used.toFixed(1)} passes + ${extraMs} ms)`,
    );
    if (used > passes) process.exitCode = 1;
  }
  console.log(`peak memory       ${peakMb()} MB`);
}

async function measureQuestion(searcher: Searcher, directory: string, question: string): Promise<Measured> {
  const [passes, asks]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    passes.push(await timed(() => rgPass(directory, keywordsOf(question))));
    asks.push(await timed(() => searcher.ask(question, { policy })));
  }
  return { passMs: quantile(passes, 0.5), firstMs: asks[0]!, askMs: quantile(asks, 0.5) };
}

async function measureMemory(searcher: Searcher, questions: readonly string[]): Promise<void> {
  for (let asked = 1; asked <= MEMORY_STOPS.at(-1)!; asked++) {
    await searcher.ask(questions[(asked - 1) % questions.length]!, { policy });
    if (MEMORY_STOPS.includes(asked))
      console.log(
        `after ${String(asked).padStart(3)} questions ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MB, peak ${peakMb()} MB`,
      );
  }
}

/** Wall time of a process that starts, answers and ends: without and with what an earlier one has kept. */
async function measureCold(directory: string, question: string, storage: string): Promise<void> {
  const [fresh, kept]: [number[], number[]] = [[], []];
  for (let run = 0; run < COLD_RUNS; run++) {
    const empty = mkdtempSync(join(storage, 'empty-'));
    fresh.push(await timed(() => freshProcess(directory, question, empty)));
    kept.push(await timed(() => freshProcess(directory, question, storage)));
  }
  console.log(
    `cold process      median ${ms(quantile(fresh, 0.5))} ms with an empty cache, ${ms(quantile(kept, 0.5))} ms with a kept one`,
  );
}

async function freshProcess(directory: string, question: string, storage: string): Promise<void> {
  const args = [resolve(values.program), 'ask', question, '--workspace', directory, '--policy', policy];
  const options = { cwd: directory, timeoutMs: 60_000, onStdout: () => undefined, env: { SPOOR_CACHE: storage } };
  const { code, stderr } = await runProgram(process.execPath, [...process.execArgv, ...args], options);
  if (code !== 0 && code !== 3) throw new Error(`${values.program} failed: ${stderr}`);
}

async function rgPass(directory: string, keywords: readonly string[]): Promise<string> {
  const patterns = keywords.flatMap((word) => ['-e', word]);
  return rg(directory, ['--no-config', '-i', '-F', '-c', ...patterns, '--', '.']);
}

const fileCount = async (directory: string): Promise<number> =>
  (await rg(directory, ['--no-config', '--files', '.'])).split('\n').length - 1;

async function rg(directory: string, args: readonly string[]): Promise<string> {
  const found = findRipgrep({ setting: ripgrepSettingOf(process.env) });
  if (!found.ok) throw new Error(found.message);
  const chunks: Buffer[] = [];
  const onStdout = (chunk: Buffer) => chunks.push(chunk);
  await runProgram(found.value.file, args, { cwd: directory, timeoutMs: 60_000, onStdout });
  return Buffer.concat(chunks).toString('utf8');
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await action();
  return performance.now() - startMs;
}

/** Largest resident memory of this process so far; `rg` is a process of its own. */
const peakMb = (): number => Math.round(process.resourceUsage().maxRSS / 1024);

const ms = (duration: number): string => (duration < 10 ? duration.toFixed(1) : String(Math.round(duration)));

if (values.workspace.length > 1) for (const directory of values.workspace) await inOwnProcess(directory);
else await measure(resolve(values.workspace[0]!));
