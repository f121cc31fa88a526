/** `spoor train`: trains a policy in a folder that keeps all of the run, begins it or goes on with it. */
import { dirname, relative, resolve } from 'node:path';
import { numberOption, optionValue, type ParsedArguments } from '#cli/arguments.ts';
import { CliError, EXIT, UsageError, type CliEnvironment } from '#cli/environment.ts';
import { lockRun } from '#node/training/runLock.ts';
import { startTrainProgress } from '#cli/trainProgress.ts';
import { absolutePaths, configHash, parseConfig, FREE_FIELDS, type TrainingConfig } from '#node/training/config.ts';
import { createRunFolder, openRunFolder, readConfig, readJson, writeConfig } from '#node/training/runFolder.ts';
import { readTasks } from '#node/training/taskFile.ts';
import { TrainingError } from '#node/training/trainingError.ts';
import { runTraining, type RunEnd } from '#node/training/trainingRun.ts';

export async function train(parsed: ParsedArguments, environment: CliEnvironment): Promise<number> {
  if (parsed.operands.length)
    throw new UsageError(`spoor train takes options only, not "${parsed.operands[0]}": spoor train --config FILE …`);
  try {
    const directory = openRun(parsed, environment);
    const release = lockRun(directory);
    environment.onStop(release);
    try {
      return tell(await trainIn(directory, environment), directory, environment);
    } finally {
      release();
    }
  } catch (error) {
    throw error instanceof TrainingError ? new CliError(error.message) : error;
  }
}

/** The folder of the run that is begun or gone on with; its `config.json` says what to do. */
function openRun(parsed: ParsedArguments, { cwd }: CliEnvironment): string {
  const resumed = optionValue(parsed, 'resume');
  const changes = absolutePaths(changesOf(parsed), cwd);
  if (resumed === undefined) return beginRun(parsed, cwd, changes);
  for (const name of ['config', 'out'])
    if (parsed.options.has(name))
      throw new UsageError(`--${name} cannot be given with --resume: the run's folder has its own configuration.`);
  const directory = resolve(cwd, resumed);
  const config = readConfig(directory);
  const changed = parseConfig({ ...config, ...changes }, cwd);
  if (configHash(changed) !== configHash(config))
    throw new UsageError(`A run goes on as it was begun; only ${FREE_FIELDS.join(', ')} can be changed.`);
  writeConfig(directory, changed);
  return directory;
}

function beginRun(parsed: ParsedArguments, cwd: string, changes: Record<string, unknown>): string {
  const [file, out] = [optionValue(parsed, 'config'), optionValue(parsed, 'out')];
  if (file === undefined) throw new UsageError('spoor train needs --config FILE, or --resume DIR to go on with a run.');
  if (out === undefined) throw new UsageError('spoor train needs --out DIR, a new folder for the run.');
  const path = resolve(cwd, file);
  const given = readJson(path, 'The configuration cannot be read');
  if (typeof given !== 'object' || given === null) throw new CliError(`${path} is no JSON object.`);
  const config = parseConfig({ ...given, ...changes }, dirname(path));
  readTasks(config.tasks);
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
      `The run is finished. Its policy is ${shown(resolve(directory, 'policy.onnx'), environment)}.\n`,
    );
    return EXIT.answered;
  }
  throw new CliError(
    `The run was stopped after iteration ${end.iteration} by an alarm. ` +
      `To go on all the same: spoor train --resume ${shown(directory, environment)} --set alarms=tell`,
  );
}

const interruptedText = (
  iteration: number,
  directory: string,
  { iterations }: TrainingConfig,
  environment: CliEnvironment,
): string =>
  `Kept after iteration ${iteration} of ${iterations}. Go on with: spoor train --resume ${shown(directory, environment)}\n`;

/** As one would type it from where the program was started. */
function shown(path: string, { cwd }: CliEnvironment): string {
  const near = relative(cwd, path);
  const short = near.startsWith('..') ? path : near || '.';
  return /[^\w./-]/.test(short) ? JSON.stringify(short) : short;
}
