/** `spoor train`: trains a policy in a folder that keeps all of the run, begins it or goes on with it. */
import { dirname, resolve } from 'node:path';
import { numberOption, optionValue, type ParsedArguments } from '#cli/arguments.ts';
import { CliError, EXIT, UsageError, type CliEnvironment } from '#cli/environment.ts';
import { lockRun } from '#node/training/runLock.ts';
import { learn } from '#cli/learn.ts';
import { holdsRequest, LEARNING_ONLY } from '#cli/learnRequest.ts';
import { shownPath } from '#cli/shownPath.ts';
import { startTrainProgress } from '#cli/trainProgress.ts';
import { LearningError } from '#node/learning/learningError.ts';
import { StoreError } from '#node/stores/storeError.ts';
import { absolutePaths, configHash, parseConfig, FREE_FIELDS, type TrainingConfig } from '#node/training/config.ts';
import { checkInputs } from '#node/training/checkInputs.ts';
import { createRunFolder, openRunFolder, readConfig, readJson, writeConfig } from '#node/training/runFolder.ts';
import { readTasks } from '#node/training/taskFile.ts';
import { TrainingError } from '#node/training/trainingError.ts';
import { runTraining, type RunEnd } from '#node/training/trainingRun.ts';

export async function train(parsed: ParsedArguments, environment: CliEnvironment): Promise<number> {
  try {
    if (learnsFromUse(parsed, environment)) return await learn(parsed, environment);
    return await trainOnTasks(parsed, environment);
  } catch (error) {
    throw EXPECTED.some((kind) => error instanceof kind) ? new CliError((error as Error).message) : error;
  }
}

/** Errors whose message is made for people. */
const EXPECTED = [TrainingError, LearningError, StoreError];

/** The options decide which of the two it is; what goes on is what it was begun as. */
function learnsFromUse({ options, operands }: ParsedArguments, { cwd }: CliEnvironment): boolean {
  const resumed = options.get('resume')?.[0];
  const [use] = LEARNING_ONLY.filter((name) => options.has(name));
  const [tasks] = TASKS_ONLY.filter((name) => options.has(name));
  if (use !== undefined && tasks !== undefined)
    throw new UsageError(`--${use} is for learning from use, --${tasks} for training from tasks: give one of them.`);
  const isUse = resumed === undefined ? use !== undefined : holdsRequest(resolve(cwd, resumed));
  if (!isUse && use !== undefined)
    throw new UsageError(`--${use} cannot be given here: there is no run that learns from use in ${resumed!}.`);
  if (!isUse && operands.length)
    throw new UsageError(`spoor train takes options only, not "${operands[0]}": spoor train --feedback FILE …`);
  return isUse;
}

const TASKS_ONLY = ['config', 'stage', 'iterations', 'set'] as const;

async function trainOnTasks(parsed: ParsedArguments, environment: CliEnvironment): Promise<number> {
  const { directory, config } = await openRun(parsed, environment);
  const release = lockRun(directory);
  environment.onStop(release);
  // Of a run that another process is in, nothing is changed.
  if (config) writeConfig(directory, config);
  try {
    return tell(await trainIn(directory, environment), directory, environment);
  } finally {
    release();
  }
}

interface OpenedRun {
  readonly directory: string;
  /** Set where it is to be written. */
  readonly config?: TrainingConfig;
}

/** The folder of the run that is begun or gone on with; its `config.json` says what to do. */
async function openRun(parsed: ParsedArguments, environment: CliEnvironment): Promise<OpenedRun> {
  const { cwd } = environment;
  const resumed = optionValue(parsed, 'resume');
  const changes = absolutePaths(changesOf(parsed), cwd);
  if (resumed === undefined) return { directory: await beginRun(parsed, environment, changes) };
  for (const name of ['config', 'out'])
    if (parsed.options.has(name))
      throw new UsageError(`--${name} cannot be given with --resume: the run's folder has its own configuration.`);
  const directory = resolve(cwd, resumed);
  const config = readConfig(directory);
  const changed = parseConfig({ ...config, ...changes }, cwd);
  if (configHash(changed) !== configHash(config))
    throw new UsageError(`A run goes on as it was begun; only ${FREE_FIELDS.join(', ')} can be changed.`);
  return { directory, config: changed };
}

async function beginRun(
  parsed: ParsedArguments,
  environment: CliEnvironment,
  changes: Record<string, unknown>,
): Promise<string> {
  const { cwd } = environment;
  const [file, out] = [optionValue(parsed, 'config'), optionValue(parsed, 'out')];
  if (file === undefined)
    throw new UsageError(
      'spoor train needs --feedback FILE or --history to learn from use, --config FILE to train from tasks, or --resume DIR to go on with a run.',
    );
  if (out === undefined) throw new UsageError('spoor train needs --out DIR, a new folder for the run.');
  const path = resolve(cwd, file);
  const given = readJson(path, 'The configuration cannot be read');
  if (typeof given !== 'object' || given === null) throw new CliError(`${path} is no JSON object.`);
  const config = parseConfig({ ...given, ...changes }, dirname(path));
  const trainable = await environment.createTrainable(config);
  try {
    checkInputs(config, trainable);
  } finally {
    await trainable.policy.close();
  }
  const directory = resolve(cwd, out);
  createRunFolder(directory, config);
  return directory;
}

/** What the command line says other than the file. */
function changesOf(parsed: ParsedArguments): Record<string, unknown> {
  const stage = numberOption(parsed, 'stage', 1, 2);
  const iterations = numberOption(parsed, 'iterations', 0, 1_000_000);
  const seed = numberOption(parsed, 'seed', 0, 2 ** 32 - 1);
  const processes = numberOption(parsed, 'processes', 1, 64);
  const named = { stage, iterations, seed, processes };
  return {
    ...Object.fromEntries((parsed.options.get('set') ?? []).map(settingOf)),
    ...Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined)),
  };
}

/** `clip=0.1`; a value that is not JSON is text. */
function settingOf(text: string): readonly [string, unknown] {
  const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new UsageError(`--set takes NAME=VALUE, not "${text}".`);
  try {
    return [name, JSON.parse(value)];
  } catch {
    return [name, value];
  }
}

async function trainIn(directory: string, environment: CliEnvironment): Promise<RunEnd> {
  const config = readConfig(directory);
  const tasks = readTasks(config.tasks);
  const progress = startTrainProgress(config.iterations, environment, () => performance.now());
  try {
    const trainable = await environment.createTrainable(config);
    try {
      return await runTraining({
        ...trainable,
        folder: openRunFolder(directory),
        config,
        tasks,
        watch: progress,
        nowMs: () => performance.now(),
        signal: environment.signal,
        onStop: (save) =>
          environment.onStop(() => {
            progress.end();
            environment.stderr.write(interruptedText(save(), directory, config, environment));
          }),
      });
    } finally {
      await trainable.policy.close();
    }
  } finally {
    progress.end();
  }
}

function tell(end: RunEnd, directory: string, environment: CliEnvironment): number {
  if (end.kind === 'interrupted') return EXIT.interrupted;
  if (end.kind === 'finished') {
    environment.stdout.write(
      `The run is finished. Its policy is ${shownPath(resolve(directory, 'policy.onnx'), environment.cwd)}.\n`,
    );
    return EXIT.answered;
  }
  throw new CliError(
    `The run was stopped after iteration ${end.iteration} by an alarm. ` +
      `To go on all the same: spoor train --resume ${shownPath(directory, environment.cwd)} --set alarms=tell`,
  );
}

const interruptedText = (
  iteration: number,
  directory: string,
  { iterations }: TrainingConfig,
  environment: CliEnvironment,
): string =>
  `Kept after iteration ${iteration} of ${iterations}. Go on with: spoor train --resume ${shownPath(directory, environment.cwd)}\n`;
