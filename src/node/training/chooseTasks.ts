/** Which tasks a run learns from: those that its stage wants, of those that can be solved at all. */
import { shuffle, deriveSeed } from '#core/rl/shuffle.ts';
import { selectTasks, type Difficulty } from '#core/rl/difficulty.ts';
import { createRng } from '#core/rl/rng.ts';
import type { Task } from '#core/agent/task.ts';
import type { TrainingConfig } from '#node/training/config.ts';
import { openGrades, readGrades, type GradeFile, type GradeRow, type TaskGrade } from '#node/training/grades.ts';
import { gradeTasks, type Grading } from '#node/training/gradeTasks.ts';
import type { RunFolder } from '#node/training/runFolder.ts';
import type { Trainable } from '#node/training/trainedPolicy.ts';
import { TrainingError } from '#node/training/trainingError.ts';

export interface Choosing {
  readonly folder: RunFolder;
  readonly config: TrainingConfig;
  readonly tasks: readonly Task[];
  readonly hasWorld: Trainable['hasWorld'];
  readonly isReachable: Trainable['isReachable'];
  readonly watch: {
    note(sentence: string): void;
    grading(done: number, total: number): void;
  };
}

/** Ids of the tasks to learn from. Rejects with a `TrainingError` if none is left or none has a world. */
export async function chooseTasks(choosing: Choosing, play: Grading<Task>['play']): Promise<readonly string[]> {
  const { config, folder, tasks, watch } = choosing;
  const grades = openGrades(folder.grades);
  if (grades.rows.size === 0) checkWorlds(config, tasks, choosing.hasWorld);
  if (config.grades === 'play') await playGrades(choosing, grades, play);
  else if (config.grades === 'none') await passReachable(choosing, grades);
  else takeGrades(grades, givenGrades(config, tasks));
  const text = distributionText(config, tasks, grades);
  watch.note(text);
  folder.log(text);
  const chosen = chosenOf(config, tasks, grades);
  if (chosen.length) return chosen;
  throw new TrainingError(
    `No task is fit for stage ${config.stage}. ${text} Give more tasks, or set "grades" to "none" to learn from all.`,
  );
}

/** Throws a `TrainingError` if none of the tasks has a world: then it is the folder that is wrong. */
export function checkWorlds(
  { worlds }: Pick<TrainingConfig, 'worlds'>,
  tasks: readonly Task[],
  hasWorld: Trainable['hasWorld'],
): void {
  if (tasks.some(hasWorld)) return;
  throw new TrainingError(
    `There are no recorded worlds of these tasks in ${worlds}. Correct "worlds", or record them.`,
  );
}

/** Whether `grades` is a file. */
export const namesGrades = ({ grades }: Pick<TrainingConfig, 'grades'>): boolean =>
  grades !== 'play' && grades !== 'none';

/** What the file in `grades` says of the tasks. Throws a `TrainingError` if it says nothing of them. */
export function givenGrades({ grades, tasks: file }: TrainingConfig, tasks: readonly Task[]): readonly GradeRow[] {
  const given = readGrades(grades);
  const rows = tasks.flatMap((task) => given.get(task.id) ?? []);
  if (rows.length > 0) return rows;
  throw new TrainingError(`${grades} has a grade for none of the tasks in ${file}. Correct "grades".`);
}

const CHANCE = { grading: 0x67726164, choice: 0x63686f69 } as const;

function playGrades(
  { config, tasks, hasWorld, isReachable, watch }: Choosing,
  grades: GradeFile,
  play: Grading<Task>['play'],
): Promise<void> {
  const seed = deriveSeed(config.seed, CHANCE.grading);
  return gradeTasks({ tasks, bounds: config, seed, play, hasWorld, isReachable, onGraded: watch.grading }, grades);
}

async function passReachable({ tasks, hasWorld, isReachable, watch }: Choosing, grades: GradeFile): Promise<void> {
  for (const [index, task] of tasks.entries()) {
    if (grades.rows.has(task.id) || !hasWorld(task)) continue;
    grades.append([{ task: task.id, grade: (await isReachable(task)) ? 'ungraded' : 'unreachable' }]);
    watch.grading(index + 1, tasks.length);
  }
}

function takeGrades(grades: GradeFile, given: readonly GradeRow[]): void {
  grades.append(given.filter((row) => !grades.rows.has(row.task)));
}

function chosenOf(config: TrainingConfig, tasks: readonly Task[], grades: GradeFile): readonly string[] {
  const rng = createRng(deriveSeed(config.seed, CHANCE.choice));
  const rows = tasks.flatMap((task) => grades.rows.get(task.id) ?? []);
  if (config.grades === 'none') {
    const all = rows.filter(({ grade }) => grade !== 'unreachable').map(({ task }) => task);
    return shuffle(all, rng).slice(0, config.mostTasks);
  }
  const graded = rows.flatMap(({ task, grade }) => (isDifficulty(grade) ? [{ task, difficulty: grade }] : []));
  return selectTasks(graded, config.stage, config.mostTasks, rng);
}

const isDifficulty = (grade: TaskGrade): grade is Difficulty => grade !== 'unreachable' && grade !== 'ungraded';

/** `Of 1,200 tasks, these are: 300 easy, 250 medium, …` */
function distributionText(config: TrainingConfig, tasks: readonly Task[], grades: GradeFile): string {
  const none = namesGrades(config) ? 'without a grade' : `without a world in ${config.worlds}`;
  const counts = new Map<string, number>();
  for (const { id } of tasks) {
    const grade = grades.rows.get(id)?.grade ?? none;
    counts.set(grade, (counts.get(grade) ?? 0) + 1);
  }
  const names = ['easy', 'medium', 'hard', 'ungraded', 'unreachable', none];
  const parts = names.flatMap((name) => (counts.has(name) ? `${counts.get(name)!.toLocaleString('en')} ${name}` : []));
  return `Of ${tasks.length.toLocaleString('en')} tasks, these are: ${parts.join(', ')}.`;
}
