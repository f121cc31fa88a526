/**
 * The folder of a training run:
 *
 * - `config.json`: the configuration, defaults filled in, paths absolute
 * - `grades.jsonl`: how hard each task is for the starting policy
 * - `checkpoint/`: the start, and the last two checkpoints
 * - `metrics.jsonl`: a line for each iteration; nothing in it hangs on the machine or on how often the run was stopped
 * - `log`: what happened when, and how long it took
 * - `policy.onnx`: the policy, when the run is finished
 */
import { accessSync, appendFileSync, constants, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { IterationMetrics } from '#core/rl/metrics.ts';
import { parseConfig, type TrainingConfig } from '#node/training/config.ts';
import { sweepUnfinishedSync, writeWholeSync } from '#node/stores/writeWholeSync.ts';
import { TrainingError } from '#node/training/trainingError.ts';

export interface RunFolder {
  readonly directory: string;
  readonly checkpoints: string;
  readonly grades: string;
  readonly model: string;
  appendMetrics(metrics: IterationMetrics): void;
  /** Makes the file hold these lines and no others. */
  replaceMetrics(history: readonly IterationMetrics[]): void;
  log(sentence: string): void;
}

/** Makes the folder of a new run. Throws a `TrainingError` if it cannot be made or there is anything in it. */
export function createRunFolder(directory: string, config: TrainingConfig): RunFolder {
  if (makeFolder(directory).length > 0)
    throw new TrainingError(
      `The folder ${directory} is not empty. Take up the run in it by --resume, or name another one.`,
    );
  writeConfig(directory, config);
  return openRunFolder(directory);
}

/** What is in it already. */
function makeFolder(directory: string): readonly string[] {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
    return readdirSync(directory);
  } catch (error) {
    throw new TrainingError(`The folder ${directory} cannot be used: ${(error as Error).message}. Name another one.`);
  }
}

export function openRunFolder(directory: string): RunFolder {
  sweepUnfinishedSync(directory);
  const metricsFile = join(directory, 'metrics.jsonl');
  return {
    directory,
    checkpoints: join(directory, 'checkpoint'),
    grades: join(directory, 'grades.jsonl'),
    model: join(directory, 'policy.onnx'),
    appendMetrics: (metrics) => appendFileSync(metricsFile, lineOf(metrics)),
    replaceMetrics: (history) => writeWholeSync(metricsFile, history.map(lineOf).join('')),
    log: (sentence) => appendFileSync(join(directory, 'log'), `${new Date().toISOString()} ${sentence}\n`),
  };
}

/** The configuration of a run that was begun. Throws a `TrainingError` if there is none. */
export function readConfig(directory: string): TrainingConfig {
  return parseConfig(readJson(join(directory, CONFIG), `There is no training run in ${directory}`), directory);
}

export const writeConfig = (directory: string, config: TrainingConfig): void =>
  writeWholeSync(join(directory, CONFIG), `${JSON.stringify(config, null, 2)}\n`);

/** A JSON file that a person wrote. Throws a `TrainingError` that begins with `missing` if it cannot be read. */
export function readJson(file: string, missing: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new TrainingError(`${missing}: ${(error as Error).message}.`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TrainingError(`${file} is not JSON: ${(error as Error).message}.`);
  }
}

const CONFIG = 'config.json';

const lineOf = (metrics: IterationMetrics): string => `${JSON.stringify(metrics)}\n`;
