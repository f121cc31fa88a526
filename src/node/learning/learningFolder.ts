/**
 * The folder of a run. Each phase leaves its result there and is passed over where that is there, so a run that was
 * stopped or killed is taken up:
 *
 * - `started.json`: when it began, and how much of its time is used up
 * - `start.onnx`, `shipped.onnx`: what it begins with, and what it keeps near to
 * - `gathered.json`: the tasks
 * - `worlds/`, `recorded.jsonl`: their recorded worlds, and what became of each
 * - `before.jsonl`, `after.jsonl`: held-out questions, answered by the policy it began with and by the new one
 * - `training/`: the training run with its checkpoints, and the new policy at its end
 * - `report.json`: all that came of it
 *
 * A result that is damaged is made anew.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sweepUnfinishedSync, writeWholeSync } from '#node/stores/writeWholeSync.ts';

export interface LearningFolder {
  readonly worlds: string;
  /** For what is not needed any more when a phase is over. */
  readonly work: string;
  readonly training: string;
  readonly tasks: string;
  readonly start: string;
  readonly shipped: string;
  /** Undefined where there is none, or one that is damaged. */
  read<T>(name: ResultName): T | undefined;
  write(name: ResultName, result: unknown): void;
  openLines<T extends object>(name: LinesName): ResultLines<T>;
}

export type ResultName = 'started' | 'gathered' | 'recorded' | 'frozen' | 'frozenAfter' | 'report';
export type LinesName = 'recorded' | 'before' | 'after';

/** Results that come one by one. */
export interface ResultLines<T extends object> {
  readonly rows: readonly T[];
  append(row: T): void;
}

/** Makes it where it is not there. Throws as the file system does; so do its functions. */
export function openLearningFolder(directory: string): LearningFolder {
  const place = (name: string): string => join(directory, name);
  mkdirSync(place('worlds'), { recursive: true });
  rmSync(place('work'), { recursive: true, force: true, maxRetries: 5 });
  sweepUnfinishedSync(directory);
  return {
    worlds: place('worlds'),
    work: place('work'),
    training: place('training'),
    tasks: place('tasks.jsonl'),
    start: place('start.onnx'),
    shipped: place('shipped.onnx'),
    read: <T>(name: ResultName) => parsed<T>(textOf(place(`${name}.json`))),
    write: (name, result) => writeWholeSync(place(`${name}.json`), `${JSON.stringify(result)}\n`),
    openLines: (name) => openLines(place(`${name}.jsonl`)),
  };
}

/** A line that a stop left half-written is cut off; of damaged lines no more is left. */
function openLines<T extends object>(file: string): ResultLines<T> {
  const lines = textOf(file).split('\n').slice(0, -1);
  const rows = lines.map((line) => parsed<T>(line)).filter((row) => row !== undefined);
  const text = rows.map(lineOf).join('');
  if (existsSync(file) && text !== textOf(file)) writeWholeSync(file, text);
  return {
    rows,
    append(row) {
      appendFileSync(file, lineOf(row));
      rows.push(row);
    },
  };
}

const lineOf = (row: unknown): string => `${JSON.stringify(row)}\n`;

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

function parsed<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
