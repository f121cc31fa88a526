/** A task as an example for the training of a language model: a question whose answer is the path of a file. */
import { formatTaskLine } from '#core/agent/taskLine.ts';
import { passageLine } from '#core/llm/passageLine.ts';
import type { MadeTask } from './makeTasks.ts';
import type { ServedState } from './servedState.ts';

export interface TrainingExample {
  /** One line, which asks for a path and ends with a question mark. */
  readonly question: string;
  /** Workspace path of the file with most of the lines that answer. */
  readonly path: string;
  /** All that counts as right: paths, and places as `path:start-end` or `path:line`, whose lines are those of the served state. */
  readonly targets: readonly string[];
  /** Files of the served state that answer. */
  readonly files: number;
  /** When it was answered, in seconds since 1970. */
  readonly timeS: number;
  /** The task in Spoor's own form, which `spoor batch` reads: to be searched in the state before the answer. */
  readonly taskLine: string;
}

const MAX_QUESTION = 1_000;

/** Undefined where no file that answers was there in the served state. Its paths are those of the repository. */
export function trainingExample(made: MadeTask, state: ServedState): TrainingExample | undefined {
  const { goldFiles, goldSpans, question } = made.task;
  const files = goldFiles.filter((path) => state.files.has(path));
  const linesOf = (path: string): number =>
    goldSpans.reduce((sum, span) => sum + (span.path === path ? span.end - span.start + 1 : 0), 0);
  const [main] = files.toSorted((a, b) => linesOf(b) - linesOf(a));
  if (main === undefined) return undefined;
  const isSame = (path: string): boolean => state.files.get(path) === made.heldBefore.get(path);
  const places = goldSpans
    .filter(({ path }) => files.includes(path) && isSame(path))
    .map(({ path, start, end }) => (start === end ? `${path}:${start}` : `${path}:${start}-${end}`));
  return {
    question: asked(question),
    path: main,
    targets: [...files, ...new Set(places)],
    files: files.length,
    timeS: made.timeS,
    taskLine: formatTaskLine(made.task, made.fixCommit),
  };
}

/** Tags of the prompts that it is put into must not stand in it. */
function asked(question: string): string {
  const line = passageLine(question.trim().replace(/\s+/g, ' '), MAX_QUESTION);
  return `Give only the path of the file that answers this about the code base: ${line.replace(/[?.\s]*$/, '')}?`;
}

/** What the rewards of both code bases take for the same question, and more: letters and digits alone count. */
export const questionKey = ({ question }: TrainingExample): string =>
  question.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ');
