/**
 * Makes the model that is shipped, from the corpus list to the file: `npm run model -- --repos DIR --work DIR`.
 *
 *   1. tasks        questions from the git histories of the repositories that models/corpus.json names
 *   2. worlds       what the tools say to each task, recorded at its commit
 *   3. recognition  the network learns which places commits changed for their messages
 *   4. stage 1      reinforcement learning: come to the right places
 *   5. stage 2      reinforcement learning: answer with them
 *   6. confidence   how sure it may be, also where a question is asked of the wrong repository
 *
 * Each step leaves its result in the work folder and is skipped where that is there: a stopped run goes on.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import type { Recognised } from '#core/policy/recognition.ts';
import { ACTIONS } from '#core/policy/inputs.ts';
import {
  FEATURE_NAMES,
  parametersOfFile,
  policyFile,
  policyLayout,
  untrainedParameters,
} from '#core/policy/policyModel.ts';
import { confidenceStates, fitConfidence } from '#node/training/fitConfidence.ts';
import { readGrades } from '#node/training/grades.ts';
import { pretrainRecognition } from '#node/training/pretrainRecognition.ts';
import { recognitionStates } from '#node/training/recognitionData.ts';
import { readTasks } from '#node/training/taskFile.ts';
import { recordWorlds, type RecordingCounts } from '#node/worlds/recordWorlds.ts';
import { wrongTasks } from '#node/training/wrongTasks.ts';

const { values } = parseArgs({
  options: {
    repos: { type: 'string' },
    work: { type: 'string' },
    seed: { type: 'string', default: '1' },
    /** Settings of the two stages beside the defaults, as JSON. */
    stage1: { type: 'string', default: '{}' },
    stage2: { type: 'string', default: '{}' },
    /** Leave out what is named: recognition, stage1. */
    skip: { type: 'string', default: '' },
    processes: { type: 'string', default: '2' },
    shard: { type: 'string' },
  },
});
if (!values.repos || !values.work) stop('Say where the repositories are and where to work: --repos DIR --work DIR.');
const SKIPPABLE: readonly string[] = ['recognition', 'stage1'];
const skipped = values.skip.split(',').filter((name) => name !== '');
const unknown = skipped.find((name) => !SKIPPABLE.includes(name));
if (unknown !== undefined) stop(`--skip takes ${SKIPPABLE.join(' and ')}, not "${unknown}".`);
const [repos, work, seed] = [resolve(values.repos), resolve(values.work), Number(values.seed)];
if (!statSync(repos, { throwIfNoEntry: false })?.isDirectory())
  stop(`There is no folder ${repos}. Name the one that the clones lie in by --repos.`);
const processes = Number(values.processes);
if (!Number.isInteger(processes) || processes < 1)
  stop(`--processes takes a whole number from 1 on, not "${values.processes}".`);
const root = resolve(import.meta.dirname, '..');
if (!existsSync(join(root, 'dist/spoor.mjs'))) stop('Build Spoor first: npm run build');
const place = (name: string): string => join(work, name);
const run = promisify(execFile);

/** People see it beside the model's name: raised with each model that is shipped. */
const VERSION = 2;
/** Of each repository; the paper's 8,148 questions are of one kind, ours of 54 repositories. */
const TASKS_PER_REPOSITORY = 30;
const RECORDED_EPISODES = 4;
const WRONG_TASKS = 200;
/** The tasks and worlds of a work folder are the same for all seeds. */
const WRONG_SEED = 1;
const RECOGNITION = { epochs: 6, batch: 32, learningRate: 0.002 };
/** An easy task is solved at once by the policy that recognition has made, a hard one not in eight times. */
const BOUNDS = { mediumFrom: 2, mediumTo: 8 };
const STAGE_1 = {
  iterations: 40,
  tasksPerIteration: 16,
  groupSize: 12,
  learningRate: 0.002,
  mostTasks: 400,
};
const STAGE_2 = {
  iterations: 45,
  tasksPerIteration: 16,
  groupSize: 12,
  learningRate: 0.002,
  entropyWeight: 0.002,
  // A list is read from its top and gold is a lower bound: what is missed costs more than what is shown beside it.
  // At the default price of a call the policy stopped reading after two turns and found fewer lines.
  beta: 2,
  callCost: 0.0005,
};

async function makeModel(): Promise<void> {
  await step('tasks.jsonl', makeTasks);
  await step('wrong.jsonl', async () =>
    writeFileSync(place('wrong.jsonl'), wrongTasks(readTasks(place('tasks.jsonl')), WRONG_TASKS, WRONG_SEED)),
  );
  await step('worlds.done', recordAll);
  if (!skips('recognition')) await step(`base-${seed}.onnx`, makeBase);
  const base = skips('recognition') ? 'untrained' : place(`base-${seed}.onnx`);
  const first = skips('stage1') ? base : await train(1, base, { ...STAGE_1, ...JSON.parse(values.stage1) });
  const grades = skips('stage1') ? 'play' : place(join(named('stage-1'), 'grades.jsonl'));
  const second = await train(2, first, { ...STAGE_2, grades, ...JSON.parse(values.stage2) });
  await step(named('policy.onnx'), () => addConfidence(second));
  await step(named('card.json'), () => writeCard());
}

function stop(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}

const skips = (name: string): boolean => skipped.includes(name);
/** Runs of other seeds stand side by side. */
const named = (name: string): string => `${seed}-${name}`;

async function step(name: string, make: () => Promise<void>): Promise<void> {
  if (existsSync(place(name))) return;
  const startMs = performance.now();
  await make();
  console.error(`${name}: ${((performance.now() - startMs) / 1000).toFixed(0)} s`);
}

/** Bytes that a child may say. */
const MAX_SAID = 1 << 28;

const spoor = (...args: string[]): Promise<unknown> =>
  run(process.execPath, [join(root, 'dist/spoor.mjs'), ...args], { maxBuffer: MAX_SAID });

async function makeTasks(): Promise<void> {
  const part = place('tasks.part');
  rmSync(part, { force: true });
  const out = ['--out', part, '--per-repo', `${TASKS_PER_REPOSITORY}`];
  await spoor('tasks', '--repos', repos, '--corpus', join(root, 'models/corpus.json'), ...out);
  renameSync(part, place('tasks.jsonl'));
}

/** A process for each shard of the repositories; what each counts is its output. */
async function recordAll(): Promise<void> {
  const one = async (shard: number): Promise<RecordingCounts> => {
    const places = ['--repos', repos, '--work', work];
    const share = ['--shard', `${shard}`, '--processes', `${processes}`];
    const running = run(process.execPath, [import.meta.filename, ...places, ...share], { maxBuffer: MAX_SAID });
    running.child.stderr?.pipe(process.stderr);
    return JSON.parse((await running).stdout) as RecordingCounts;
  };
  const counts = await Promise.all(Array.from({ length: processes }, (_, shard) => one(shard)));
  if (counts.every(({ recorded, kept }) => recorded + kept === 0))
    stop(`No world could be recorded; it is said above why. Put the clones into ${repos} and run the same again.`);
  writeFileSync(place('worlds.done'), '');
}

async function recordShard(index: number): Promise<void> {
  const workDirectory = place(`recording-${index}`);
  const tasks = [...readTasks(place('tasks.jsonl')), ...readTasks(place('wrong.jsonl'))];
  const counts = await recordWorlds(tasks, {
    repos,
    out: place('worlds'),
    workDirectory,
    signal: new AbortController().signal,
    shard: { index, count: processes },
    episodes: RECORDED_EPISODES,
    emit: ({ task, message }) => message && console.error(`${task}: ${message}`),
  });
  rmSync(workDirectory, { recursive: true, force: true });
  console.log(JSON.stringify(counts));
}

async function makeBase(): Promise<void> {
  const states: Recognised[] = [];
  for (const task of readTasks(place('tasks.jsonl')))
    states.push(...(await recognitionStates(task, { worlds: place('worlds'), turns: 4, without: [] })));
  if (states.length === 0)
    stop(`There are no worlds of the tasks in ${place('worlds')}. Delete ${place('worlds.done')} to record them.`);
  const tell = ({ epoch, loss }: { epoch: number; loss: number }): void =>
    console.error(`recognition, epoch ${epoch}: ${loss.toFixed(4)} (${states.length} states)`);
  const parameters = await pretrainRecognition(untrainedParameters(seed), states, { ...RECOGNITION, seed }, tell);
  writeFileSync(place(`base-${seed}.onnx`), policyFile(parameters));
}

/** @returns the stage's policy. */
async function train(stage: 1 | 2, start: string, settings: Record<string, unknown>): Promise<string> {
  const folder = place(named(`stage-${stage}`));
  const policy = join(folder, 'policy.onnx');
  if (existsSync(policy)) return policy;
  const shared = {
    tasks: place('tasks.jsonl'),
    worlds: place('worlds'),
    start,
    seed,
    processes,
    alarms: 'tell',
    ...BOUNDS,
  };
  const config = place(named(`stage-${stage}.json`));
  writeFileSync(config, JSON.stringify({ stage, ...shared, ...settings }, null, 2));
  await step(join(named(`stage-${stage}`), 'policy.onnx'), async () => {
    await spoor('train', ...(existsSync(folder) ? ['--resume', folder] : ['--config', config, '--out', folder]));
  });
  return policy;
}

async function addConfidence(policy: string): Promise<void> {
  const parameters = parametersOfFile(readFileSync(policy));
  // Where no search comes to the gold, a plausible answer counts as wrong: that says something of the task only.
  const grades = readGrades(place(join(named('stage-2'), 'grades.jsonl')));
  const right = readTasks(place('tasks.jsonl')).filter(
    ({ id }, i) => i % 4 === 0 && grades.get(id)?.grade !== 'unreachable',
  );
  const states = await confidenceStates(parameters, [...right, ...readTasks(place('wrong.jsonl'))], place('worlds'));
  const fitted = await fitConfidence(parameters, states);
  writeFileSync(place(named('policy.onnx')), policyFile(fitted));
}

/** What the model is and how it was made; figures are in docs/training.md. */
function writeCard(): Promise<void> {
  const read = (name: string): unknown =>
    existsSync(place(name)) ? JSON.parse(readFileSync(place(name), 'utf8')) : undefined;
  const tasks = readTasks(place('tasks.jsonl'));
  const bySource = Object.groupBy(tasks, ({ source }) => source);
  const paths = ['tasks', 'worlds', 'repos', 'start', 'grades'];
  const settings = (stage: 1 | 2): unknown => {
    const config = read(join(named(`stage-${stage}`), 'config.json')) as Record<string, unknown> | undefined;
    return config && Object.fromEntries(Object.entries(config).filter(([name]) => !paths.includes(name)));
  };
  const card = {
    model: 'searcher.onnx',
    version: VERSION,
    what: 'It decides which searches to make, what to read, what to cite, when to stop, and how sure to be.',
    licence:
      'MIT, as the code. It was trained on public repositories, which the corpus lists with their licences; it holds none of their text.',
    limits: [
      'Trained on questions made of commit messages, release notes, names of tests and doc comments in English.',
      'Its gold is what a commit changed: other places may be right too.',
      'It sees counts and shares of matches and names of definitions, not the meaning of words.',
    ],
    command: 'npm run model -- --repos DIR --work DIR',
    weights: policyLayout().size,
    inputs: FEATURE_NAMES,
    actions: ACTIONS,
    corpus: 'corpus.json',
    tasks: {
      count: tasks.length,
      ...Object.fromEntries(Object.entries(bySource).map(([name, some]) => [name, some.length])),
    },
    seed,
    recognition: skips('recognition') ? 'none' : RECOGNITION,
    stage1: skips('stage1') ? 'none' : settings(1),
    stage2: settings(2),
    figures: 'docs/training.md',
  };
  writeFileSync(place(named('card.json')), `${JSON.stringify(card, null, 2)}\n`);
  return Promise.resolve();
}

mkdirSync(work, { recursive: true });
if (values.shard === undefined) await makeModel();
else await recordShard(Number(values.shard));
