/**
 * Trains the policy without one thing at a time, three seeds each and the same budget for all, and plays each result on
 * the questions that it is measured by: `node scripts/node.mjs scripts/ablations.ts --work DIR --questions FILE
 * --question-worlds DIR --out DIR`. DIR is a work folder of `trainModel.ts`, whose tasks, worlds, base and grades are used.
 *
 * Results are in the form of `spoor batch`, `ROW-SEED.jsonl` each; what is there is kept, so a stopped run goes on.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { policyFile, untrainedParameters } from '#core/policy/policyModel.ts';
import { createRng } from '#core/rl/rng.ts';
import { shuffle } from '#core/rl/shuffle.ts';
import { parseConfig } from '#node/training/config.ts';
import { imitateHand } from '#node/training/imitateHand.ts';
import { createSearchTrainable } from '#node/training/searchTrainable.ts';
import { readTasks } from '#node/training/taskFile.ts';

const { values } = parseArgs({
  options: {
    work: { type: 'string', default: '' },
    questions: { type: 'string', default: '' },
    'question-worlds': { type: 'string', default: '' },
    out: { type: 'string', default: '' },
    seeds: { type: 'string', default: '1,2,3' },
    rows: { type: 'string', default: '' },
    iterations: { type: 'string', default: '24' },
    processes: { type: 'string', default: '2' },
  },
});
const root = resolve(import.meta.dirname, '..');
const [work, out] = [resolve(values.work), resolve(values.out)];
const iterations = Number(values.iterations);
const run = promisify(execFile);

interface Row {
  /** Settings beside those of the full row. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** What the policy starts from; the base that recognition made by default. `imitation`: decides as `hand` does. */
  readonly start?: 'untrained' | 'imitation';
  /** Which tasks; all by default. */
  readonly source?: string;
  /** Not trained at all. */
  readonly untrained?: boolean;
  /** A first stage takes this share of the iterations. */
  readonly stageOne?: number;
  /** How the questions are played, if not as the tasks were. */
  readonly play?: readonly string[];
}

/** The written policy is plain: some hundred episodes show all of it. */
const IMITATED_TASKS = 300;

/** Two turns: what a turn finds can only be read, and so cited, in another. */
const ROWS: Readonly<Record<string, Row>> = {
  full: { stageOne: 0.25 },
  untrained: { untrained: true, start: 'untrained' },
  'recognition-only': { untrained: true },
  'stage-2-only': {},
  grpo: { stageOne: 0.25, settings: { algorithm: 'grpo', klWeight: 0.01 } },
  'exact-match': { stageOne: 0.25, settings: { reward: 'exact' } },
  'set-f': { stageOne: 0.25, settings: { reward: 'f' } },
  'base-untrained': { stageOne: 0.25, start: 'untrained' },
  'base-imitation': { stageOne: 0.25, start: 'imitation' },
  'imitation-only': { untrained: true, start: 'imitation' },
  'one-turn': { stageOne: 0.25, settings: { turns: 2 }, play: ['--turns', '2'] },
  'without-leads': { stageOne: 0.25, settings: { without: ['leads'] }, play: ['--without', 'leads'] },
  'without-history': { stageOne: 0.25, settings: { without: ['history'] }, play: ['--without', 'history'] },
  'one-source': { stageOne: 0.25, source: 'commit' },
};

mkdirSync(out, { recursive: true });
const chosen = values.rows ? values.rows.split(',') : Object.keys(ROWS);
for (const seed of values.seeds.split(',').map(Number))
  for (const name of chosen) await measure(name, ROWS[name]!, seed);

async function measure(name: string, row: Row, seed: number): Promise<void> {
  const results = join(out, `${name}-${seed}.jsonl`);
  if (existsSync(results)) return;
  const policy = await policyOf(name, row, seed);
  const given = ['--tasks', resolve(values.questions), '--worlds', resolve(values['question-worlds'])];
  const args = ['--policy', policy, ...given, '--out', results, ...(row.play ?? [])];
  await run(process.execPath, [join(root, 'scripts/playWorlds.ts'), ...args]);
  console.error(`${new Date().toISOString()} ${name}, seed ${seed}`);
}

async function policyOf(name: string, row: Row, seed: number): Promise<string> {
  const base = await baseOf(row, seed);
  if (row.untrained) return base;
  const first = Math.round(iterations * (row.stageOne ?? 0));
  const start = first ? await train(1, `${name}-${seed}`, base, first, row, seed) : base;
  return train(2, `${name}-${seed}`, start, iterations - first, row, seed);
}

async function baseOf({ start }: Row, seed: number): Promise<string> {
  if (start === 'untrained') return untrainedFile(seed);
  return start === 'imitation' ? imitationFile(seed) : join(work, 'base-1.onnx');
}

async function imitationFile(seed: number): Promise<string> {
  const file = join(out, `imitation-${seed}.onnx`);
  if (existsSync(file)) return file;
  const worlds = join(work, 'worlds');
  const config = parseConfig(
    { stage: 2, tasks: join(work, 'tasks.jsonl'), worlds, start: 'untrained', iterations: 0 },
    work,
  );
  const { policy } = await createSearchTrainable(config);
  const tasks = shuffle(readTasks(join(work, 'tasks.jsonl')), createRng(seed)).slice(0, IMITATED_TASKS);
  const settings = { ...config, epochs: 4, batch: 8, learningRate: 0.002, seed };
  writeFileSync(file, policyFile(await imitateHand(untrainedParameters(seed), tasks, policy.gradient, settings)));
  await policy.close();
  return file;
}

function untrainedFile(seed: number): string {
  const file = join(out, `untrained-${seed}.onnx`);
  writeFileSync(file, policyFile(untrainedParameters(seed)));
  return file;
}

/** As the shipped model's run of this stage, for fewer iterations. */
async function train(
  stage: 1 | 2,
  name: string,
  start: string,
  count: number,
  row: Row,
  seed: number,
): Promise<string> {
  const folder = join(out, `${name}-stage-${stage}`);
  const policy = join(folder, 'policy.onnx');
  if (existsSync(policy)) return policy;
  const shipped = JSON.parse(readFileSync(join(work, `1-stage-${stage}`, 'config.json'), 'utf8')) as object;
  const grades = join(work, '1-stage-1', 'grades.jsonl');
  const own = { start, seed, grades, tasks: tasksOf(row), iterations: count, processes: Number(values.processes) };
  const config = join(out, `${name}-stage-${stage}.json`);
  writeFileSync(config, JSON.stringify({ ...shipped, ...own, ...row.settings, alarms: 'tell' }));
  const args = existsSync(folder) ? ['--resume', folder] : ['--config', config, '--out', folder];
  await run(process.execPath, [join(root, 'dist/spoor.mjs'), 'train', ...args], { maxBuffer: 1 << 28 });
  return policy;
}

function tasksOf({ source }: Row): string {
  const all = join(work, 'tasks.jsonl');
  if (source === undefined) return all;
  const file = join(out, `tasks-${source}.jsonl`);
  const lines = readFileSync(all, 'utf8').split('\n').filter(Boolean);
  writeFileSync(file, lines.filter((line) => (JSON.parse(line) as { source: string }).source === source).join('\n'));
  return file;
}
