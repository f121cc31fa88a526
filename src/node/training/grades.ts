/** The file of grades in a run's folder: a JSON line for each task that was graded, in the order of the tasks. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Difficulty } from '#core/rl/difficulty.ts';
import { writeWholeSync } from '#node/stores/writeWholeSync.ts';
import { TrainingError } from '#node/training/trainingError.ts';

/** `unreachable`: the tools cannot come to what answers it. `ungraded`: it was not played, and is learned from. */
export type TaskGrade = Difficulty | 'unreachable' | 'ungraded';

export interface GradeRow {
  /** Id. */
  readonly task: string;
  readonly grade: TaskGrade;
  /** Rollouts until the first that solved it, 1-based; absent if none did. */
  readonly solvedAt?: number;
}

export interface GradeFile {
  /** By task, all that is there. */
  readonly rows: ReadonlyMap<string, GradeRow>;
  append(rows: readonly GradeRow[]): void;
}

/** Opens the file to go on with it; a line that a stop left half-written is cut off. */
export function openGrades(file: string): GradeFile {
  const rows = new Map<string, GradeRow>();
  if (existsSync(file)) {
    const text = readFileSync(file, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole !== text) writeWholeSync(file, whole);
    for (const row of rowsIn(whole, file, 'Remove the file to grade the tasks anew.')) rows.set(row.task, row);
  }
  return {
    rows,
    append(fresh) {
      appendFileSync(file, fresh.map((row) => `${JSON.stringify(row)}\n`).join(''));
      for (const row of fresh) rows.set(row.task, row);
    },
  };
}

/** Grades that another run made. Throws a `TrainingError` if they cannot be read. */
export function readGrades(file: string): ReadonlyMap<string, GradeRow> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new TrainingError(`The file of grades cannot be read: ${(error as Error).message}.`);
  }
  return new Map(rowsIn(text, file, 'Correct "grades".').map((row) => [row.task, row]));
}

const GRADES: readonly unknown[] = ['easy', 'medium', 'hard', 'unreachable', 'ungraded'];

function rowsIn(text: string, file: string, remedy: string): GradeRow[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const row = parsed(line);
    if (row && typeof row.task === 'string' && GRADES.includes(row.grade)) return row as GradeRow;
    throw new TrainingError(`Line ${index + 1} of ${file} is no grade. ${remedy}`);
  });
}

function parsed(line: string): Partial<GradeRow> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
