/** The settings of a training run: what a configuration file may say, its defaults, and what is wrong with one. */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { DEFAULT_BUDGET } from '#core/agent/budget.ts';
import type { Without } from '#core/agent/legalActions.ts';
import { BETA, CALL_COST } from '#core/agent/reward.ts';
import { PAPER_BOUNDS, type DifficultyBounds } from '#core/rl/difficulty.ts';
import { DEFAULT_TRAINING_SETTINGS, type TrainingSettings } from '#core/rl/iteration.ts';
import { TrainingError } from '#node/training/trainingError.ts';

/** What a policy may be trained without, for comparison. */
export type Ablation = Extract<Without, 'docs' | 'history' | 'symbols' | 'leads'>;

export interface TrainingConfig extends Omit<TrainingSettings, 'tasks' | 'rejected'>, DifficultyBounds {
  /** 1: learn to search; 2: learn to answer. */
  readonly stage: 1 | 2;
  /** File of tasks, a JSON line each. */
  readonly tasks: string;
  /** Folder of recorded worlds. */
  readonly worlds: string;
  /** `untrained`, or a checkpoint or model file to begin with. */
  readonly start: string;
  /** `play`: tasks are graded first by the starting policy; `none`: all are learned from; or a file of grades. */
  readonly grades: string;
  /** Most tasks that are learned from, drawn among those of the stage's difficulties. */
  readonly mostTasks: number;
  readonly iterations: number;
  readonly reward: 'rank-f' | 'f' | 'exact';
  /** β of the F: how many times as much recall weighs as precision. */
  readonly beta: number;
  /** Share of what a right answer earns that one call costs. */
  readonly callCost: number;
  /** Turns of an episode. */
  readonly turns: number;
  readonly without: readonly Ablation[];
  readonly seed: number;
  /** Processes that play. They do not change what is learned. */
  readonly processes: number;
  /** Iterations between two checkpoints. */
  readonly checkpointEvery: number;
  /** Whether an alarm ends the run or is only told. */
  readonly alarms: 'stop' | 'tell';
}

/** Fields that may differ when a run is taken up again: they decide how far it goes and how, not what it learns. */
export const FREE_FIELDS: readonly (keyof TrainingConfig)[] = ['iterations', 'processes', 'checkpointEvery', 'alarms'];

/**
 * A whole configuration from the values given; the rest are defaults. Relative paths are taken from `folder`.
 * Throws a `TrainingError` that names the first field that is wrong.
 */
export function parseConfig(given: unknown, folder: string): TrainingConfig {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new TrainingError('The configuration must be one JSON object: {"stage": 1, "tasks": "tasks.jsonl", …}.');
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(FIELDS, name));
  if (unknown !== undefined)
    throw new TrainingError(
      `The configuration has a field "${unknown}", which is none. There are ${Object.keys(FIELDS).join(', ')}.`,
    );
  const entries = Object.entries(FIELDS).map(([name, field]) => {
    const said = (given as Record<string, unknown>)[name];
    const value = said === undefined ? field.standard : said;
    if (value === undefined) throw new TrainingError(`The configuration lacks the field "${name}": ${field.says}.`);
    if (!field.fits(value))
      throw new TrainingError(`The configuration's field "${name}" must be ${field.says}, not ${shown(value)}.`);
    return [name, value] as const;
  });
  const config = absolutePaths(Object.fromEntries(entries), folder) as unknown as TrainingConfig;
  if (config.mediumFrom > config.mediumTo)
    throw new TrainingError('The configuration\'s field "mediumFrom" must not be larger than "mediumTo".');
  return config;
}

/** The settings with their relative paths taken from `folder`. */
export function absolutePaths(settings: Readonly<Record<string, unknown>>, folder: string): Record<string, unknown> {
  const entries = Object.entries(settings).map(([name, value]) => {
    const isPath = Object.hasOwn(FIELDS, name) && FIELDS[name as keyof TrainingConfig].isPath;
    return [name, isPath && typeof value === 'string' && isPath(value) ? resolve(folder, value) : value] as const;
  });
  return Object.fromEntries(entries);
}

/** The same for configurations that learn the same. */
export function configHash(config: TrainingConfig): string {
  const deciding = Object.entries(config).filter(([name]) => !FREE_FIELDS.includes(name as keyof TrainingConfig));
  const sorted = deciding.sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}

interface Field {
  /** `a whole number from 1 to 9`. */
  readonly says: string;
  readonly standard?: unknown;
  readonly fits: (value: unknown) => boolean;
  readonly isPath?: (value: string) => boolean;
}

const isNumber = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && value >= least && value <= most;

const whole = (least: number, most: number, standard?: number): Field => ({
  says: `a whole number from ${least} to ${most}`,
  standard,
  fits: (value) => isNumber(value, least, most) && Number.isInteger(value),
});

const real = (least: number, most: number, standard: number): Field => ({
  says: `a number from ${least} to ${most}`,
  standard,
  fits: (value) => isNumber(value, least, most),
});

const choice = (choices: readonly unknown[], standard?: unknown): Field => ({
  says: choices.map((one) => JSON.stringify(one)).join(' or '),
  standard,
  fits: (value) => choices.includes(value),
});

/** `words` are values that are no path. */
const path = (what: string, standard?: string, words: readonly string[] = []): Field => ({
  says: what,
  standard,
  fits: (value) => typeof value === 'string' && (value !== '' || standard === '') && !value.includes('\0'),
  isPath: (value) => value !== '' && !words.includes(value),
});

const ABLATIONS: readonly Ablation[] = ['docs', 'history', 'symbols', 'leads'];
const usual = DEFAULT_TRAINING_SETTINGS;

const FIELDS: Record<keyof TrainingConfig, Field> = {
  stage: choice([1, 2]),
  tasks: path('the path of a file of tasks'),
  worlds: path('the path of a folder of recorded worlds'),
  start: path('"untrained" or the path of a checkpoint or model', 'untrained', ['untrained']),
  grades: path('"play", "none" or the path of a file of grades', 'play', ['play', 'none']),
  mediumFrom: whole(1, 1_000, PAPER_BOUNDS.mediumFrom),
  mediumTo: whole(1, 1_000, PAPER_BOUNDS.mediumTo),
  mostTasks: whole(1, 1_000_000, 10_000),
  iterations: whole(0, 1_000_000),
  tasksPerIteration: whole(1, 10_000, usual.tasksPerIteration),
  groupSize: whole(2, 1_000, usual.groupSize),
  algorithm: choice(['reinforce++', 'grpo'], usual.algorithm),
  reward: choice(['rank-f', 'f', 'exact'], 'rank-f'),
  beta: real(0.01, 100, BETA),
  callCost: real(0, 1, CALL_COST),
  innerEpochs: whole(1, 100, usual.innerEpochs),
  minibatches: whole(1, 1_000, usual.minibatches),
  klStop: real(0, 100, usual.klStop),
  clip: real(0, 1, usual.clip),
  klWeight: real(0, 100, usual.klWeight),
  guardWeight: real(0, 100, usual.guardWeight),
  entropyWeight: real(0, 100, usual.entropyWeight),
  entropyHalfLife: real(1, 1e9, usual.entropyHalfLife),
  learningRate: real(0, 1, usual.learningRate),
  maxGradientNorm: real(1e-6, 1e9, usual.maxGradientNorm),
  turns: whole(1, DEFAULT_BUDGET.turns, DEFAULT_BUDGET.turns),
  without: {
    says: `a list of some of ${ABLATIONS.map((one) => JSON.stringify(one)).join(', ')}`,
    standard: [],
    fits: (value) => Array.isArray(value) && value.every((one) => ABLATIONS.includes(one)),
  },
  seed: whole(0, 2 ** 32 - 1, 1),
  processes: whole(1, 64, 2),
  checkpointEvery: whole(1, 10_000, 5),
  alarms: choice(['stop', 'tell'], 'stop'),
};

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
