/**
 * What learning from use is worth, by simulated users of repositories that the shipped policy never saw:
 * `node scripts/node.mjs scripts/simulateUsers.ts --questions FILE --repos DIR --work DIR [--experiments history,users,…]`.
 * FILE is in the form of `spoor batch`; of it the rows of `--split` are used. DIR has a repository at `owner/name` for each.
 *
 *   history     fitted on the newest history before the first question's commit; asked all questions
 *   users       half of the questions asked, right citations accepted, wrong ones rejected; then asked the other half
 *   both        the same with the history learned from too, as "Train On Both" does
 *   noise       as users, with a fifth of the clicks wrong; what the gate makes of it, 20 seeds
 *   adversary   a hundred accepted answers that are nonsense
 *   forgetting  five runs, each going on from the one before, whatever the gate said
 *
 * Runs are those of the product (`runLearning`), with recorded worlds in the place of gathering and recording. Every run
 * leaves a row in `WORK/runs.jsonl` and is passed over where it is there; `--summary` prints what the rows add up to.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Task } from '#core/agent/task.ts';
import { splitByTime } from '#core/feedback/splitByTime.ts';
import { createRng } from '#core/rl/rng.ts';
import { deriveSeed, shuffle } from '#core/rl/shuffle.ts';
import { LEAST_HELD } from '#node/learning/gatherTasks.ts';
import { LEARNING_SETTINGS } from '#node/learning/learningSettings.ts';
import { simulatedAnswers, nonsense, type Clicks, type Judged } from './simulation/simulatedAnswers.ts';
import { prepareWorlds, type Prepared } from './simulation/prepareWorlds.ts';
import { askAll, type Asked } from './simulation/askAll.ts';
import { runOn, type Lessons, type RunOutcome } from './simulation/runOn.ts';
import { answersPlot } from './simulation/answersPlot.ts';
import { answersCurves, summary } from './simulation/summary.ts';

const EXPERIMENTS = ['history', 'users', 'noise', 'adversary', 'forgetting', 'both'] as const;
export type Experiment = (typeof EXPERIMENTS)[number];

/** One run and what became of it. */
export interface SimulatedRun extends RunOutcome {
  readonly experiment: Experiment;
  /** Which run of the experiment; unique in it. */
  readonly key: string;
  readonly repo: string;
  /** How many answers were accepted; 0 where only the history is learned from. */
  readonly accepted: number;
  /** Questions that were not learned from, before and after; none where only the gate is looked at. */
  readonly before: readonly Asked[];
  readonly after: readonly Asked[];
}

const { values } = parseArgs({
  options: {
    questions: { type: 'string', default: '' },
    repos: { type: 'string', default: '' },
    work: { type: 'string', default: '' },
    split: { type: 'string', default: 'validation' },
    experiments: { type: 'string', default: EXPERIMENTS.join(',') },
    processes: { type: 'string', default: '2' },
    /** Other values than `LEARNING_SETTINGS`, as JSON. */
    settings: { type: 'string', default: '{}' },
    summary: { type: 'boolean', default: false },
    /** Where the curve of the accepted answers is drawn. */
    plot: { type: 'string', default: '' },
  },
});
const work = resolve(values.work);
const processes = Number(values.processes);
const settings = JSON.parse(values.settings) as Record<string, number>;
const rowsFile = join(work, 'runs.jsonl');
mkdirSync(work, { recursive: true });
const rows = (): SimulatedRun[] =>
  existsSync(rowsFile)
    ? readFileSync(rowsFile, 'utf8')
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as SimulatedRun)
    : [];
async function simulate(): Promise<void> {
  const prepared = await prepareWorlds({
    questions: resolve(values.questions),
    repos: resolve(values.repos),
    work,
    split: values.split,
    processes,
  });
  const wanted = new Set(values.experiments.split(','));
  if (wanted.has('history')) for (const one of prepared) await history(one);
  if (wanted.has('users')) await users(prepared);
  if (wanted.has('noise')) await noise(prepared);
  if (wanted.has('adversary')) await adversary(prepared);
  if (wanted.has('forgetting')) await forgetting(prepared);
  if (wanted.has('both')) await both(prepared);
}

interface Planned extends Pick<SimulatedRun, 'experiment' | 'key' | 'repo' | 'accepted'> {
  readonly lessons: Lessons;
  readonly worlds: readonly string[];
  readonly seed: number;
  readonly start?: string;
  /** Questions to ask before and after. */
  readonly ask?: Prepared['questions'];
  readonly asked?: string;
}

/** @returns the new policy's file, which later runs may begin with; it lies there as long as the work folder. */
async function once(plan: Planned): Promise<string> {
  const directory = join(work, 'runs', `${plan.experiment}-${plan.key}`.replace(/\W+/g, '-'));
  const model = join(directory, 'training', 'policy.onnx');
  if (rows().some(({ experiment, key }) => experiment === plan.experiment && key === plan.key)) return model;
  rmSync(directory, { recursive: true, force: true });
  const outcome = await runOn({ ...plan, directory, processes, settings });
  const ask = (file: string | undefined): Promise<Asked[]> => askAll(plan.ask ?? [], plan.asked ?? '', file);
  const row: SimulatedRun = {
    experiment: plan.experiment,
    key: plan.key,
    repo: plan.repo,
    accepted: plan.accepted,
    before: await ask(plan.start),
    after: existsSync(model) ? await ask(model) : await ask(plan.start),
    ...outcome,
  };
  appendFileSync(rowsFile, `${JSON.stringify(row)}\n`);
  console.error(`${plan.experiment} ${plan.key}: ${outcome.seconds.toFixed(0)} s, ${outcome.said}`);
  return model;
}

/** As in the product: tasks of the history that are practised beside answers. */
const practised = (tasks: readonly Task[]): readonly Task[] => tasks.slice(-LEARNING_SETTINGS.replayTasks);

/** Judged answers, and what is practised beside them. */
function lessonsOf({ accepted, rejected }: Judged, tasks: readonly Task[]): Lessons {
  const { learn, held } = divided(accepted, HELD.answers, 'answers');
  return { learn: [...practised(tasks), ...learn], held, rejected };
}

/** The newest part checks, as in the product. */
const HELD = { history: 1 / 4, answers: 1 / 3 };

function divided(tasks: readonly Task[], share: number, set: 'answers' | 'history'): Pick<Lessons, 'learn' | 'held'> {
  const inOrder = tasks.map((task, timeMs) => ({ task, timeMs }));
  const { learn, held } = splitByTime(inOrder, share, LEAST_HELD);
  return { learn: learn.map(({ task }) => task), held: held.map(({ task }) => ({ task, set })) };
}

const history = ({ repo, questions, questionWorlds, history: tasks, historyWorlds }: Prepared): Promise<string> =>
  once({
    experiment: 'history',
    key: repo,
    repo,
    accepted: 0,
    lessons: { ...divided(tasks, HELD.history, 'history'), rejected: [] },
    worlds: [historyWorlds],
    seed: 1,
    ask: questions,
    asked: questionWorlds,
  });

const CHANCE = { halves: 1, noise: 2, adversary: 3, forgetting: 4 };
const COUNTS = [10, 20, 40, Infinity];

/** Both halves in turn are the ones that are asked, so that each question is answered by a policy that has not seen it. */
async function users(prepared: readonly Prepared[]): Promise<void> {
  for (const half of [0, 1] as const) for (const one of prepared) await usersOf(one, half);
}

interface JudgedHalf extends Judged {
  /** The questions of the other half. */
  readonly ask: readonly Task[];
}

async function judgedHalf({ questions, questionWorlds }: Prepared, half: 0 | 1): Promise<JudgedHalf> {
  const mixed = shuffle(questions, createRng(deriveSeed(1, CHANCE.halves)));
  const middle = Math.ceil(mixed.length / 2);
  const halves = [mixed.slice(0, middle), mixed.slice(middle)] as const;
  return { ...(await simulatedAnswers(halves[half], questionWorlds, { wrong: 0, seed: 1 })), ask: halves[1 - half]! };
}

async function usersOf(prepared: Prepared, half: 0 | 1): Promise<void> {
  const { repo, questionWorlds, history: tasks, historyWorlds } = prepared;
  const { ask, ...judged } = await judgedHalf(prepared, half);
  for (const count of COUNTS) {
    const accepted = judged.accepted.slice(0, count);
    // All of them are another run only if there are more than the number before.
    if (count === Infinity ? COUNTS.includes(accepted.length) : accepted.length < count) continue;
    const share = accepted.length / judged.accepted.length;
    const rejected = judged.rejected.slice(0, Math.round(judged.rejected.length * share));
    await once({
      experiment: 'users',
      key: `${repo} ${half} ${count === Infinity ? 'all' : count}`,
      repo,
      accepted: accepted.length,
      lessons: lessonsOf({ accepted, rejected }, tasks),
      worlds: [questionWorlds, historyWorlds],
      seed: 1,
      ask,
      asked: questionWorlds,
    });
  }
}

async function both(prepared: readonly Prepared[]): Promise<void> {
  for (const half of [0, 1] as const)
    for (const one of prepared) {
      const { repo, questionWorlds, history: tasks, historyWorlds } = one;
      const { ask, accepted, rejected } = await judgedHalf(one, half);
      const answers = divided(accepted, HELD.answers, 'answers');
      const commits = divided(tasks, HELD.history, 'history');
      await once({
        experiment: 'both',
        key: `${repo} ${half} all`,
        repo,
        accepted: accepted.length,
        lessons: {
          learn: [...answers.learn, ...commits.learn],
          held: [...answers.held, ...commits.held],
          rejected,
        },
        worlds: [questionWorlds, historyWorlds],
        seed: 1,
        ask,
        asked: questionWorlds,
      });
    }
}

const SEEDS = 20;
/** Of each noisy user. */
const NOISY_QUESTIONS = 32;

async function noise(prepared: readonly Prepared[]): Promise<void> {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { repo, questions, questionWorlds, history: tasks, historyWorlds } = prepared[seed % prepared.length]!;
    const clicks: Clicks = { wrong: 0.2, seed: deriveSeed(seed, CHANCE.noise) };
    const judged = await simulatedAnswers(
      shuffle(questions, createRng(clicks.seed)).slice(0, NOISY_QUESTIONS),
      questionWorlds,
      clicks,
    );
    const worlds = [questionWorlds, historyWorlds];
    const accepted = judged.accepted.length;
    await once({
      experiment: 'noise',
      key: `${seed}`,
      repo,
      accepted,
      lessons: lessonsOf(judged, tasks),
      worlds,
      seed,
    });
  }
}

const ATTACKS = 3;

async function adversary(prepared: readonly Prepared[]): Promise<void> {
  for (let seed = 1; seed <= ATTACKS; seed++) {
    const { repo, history: tasks, historyWorlds, questions, questionWorlds } = prepared[seed % prepared.length]!;
    const asked = [
      ...questions.map((task) => ({ task, worlds: questionWorlds })),
      ...tasks.map((task) => ({ task, worlds: historyWorlds })),
    ].slice(0, 100);
    const learned = nonsense(asked, deriveSeed(seed, CHANCE.adversary));
    const lessons = lessonsOf({ accepted: learned, rejected: [] }, tasks);
    const worlds = [questionWorlds, historyWorlds];
    await once({ experiment: 'adversary', key: `${seed}`, repo, accepted: learned.length, lessons, worlds, seed });
  }
}

const SUCCESSIVE = 5;

async function forgetting(prepared: readonly Prepared[]): Promise<void> {
  const {
    repo,
    history: tasks,
    historyWorlds,
  } = prepared.find(({ history: some }) => some.length >= 100) ?? prepared[0]!;
  let start: string | undefined;
  for (let turn = 1; turn <= SUCCESSIVE; turn++) {
    const mixed = shuffle(tasks, createRng(deriveSeed(turn, CHANCE.forgetting))).slice(0, 60);
    const lessons = { ...divided(mixed, HELD.history, 'history'), rejected: [] };
    start = await once({
      experiment: 'forgetting',
      key: `${turn}`,
      repo,
      accepted: 0,
      lessons,
      worlds: [historyWorlds],
      seed: turn,
      ...(start !== undefined && { start }),
    });
  }
}

if (!values.summary) await simulate();
console.log(summary(rows()));
if (values.plot) {
  const [rank, lines] = answersCurves(rows());
  const panels = [
    { title: 'MRR', changes: rank },
    { title: 'span@10', changes: lines },
  ];
  writeFileSync(values.plot, answersPlot(panels));
}
