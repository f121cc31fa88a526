/** Which tasks a run learns from: those that its stage wants, of those that can be solved at all. */
import { shuffle, deriveSeed } from '#core/rl/shuffle.ts';
import { selectTasks, type Difficulty } from '#core/rl/difficulty.ts';
import { createRng } from '#core/rl/rng.ts';
import type { Task } from '#core/agent/task.ts';
import type { TrainingConfig } from '#node/training/config.ts';
import { openGrades, readGrades, type GradeFile, type GradeRow, type TaskGrade } from '#node/training/grades.ts';
import { gradeTasks, type Grading } from '#node/training/gradeTasks.ts';
import type { RunFolder } from '#node/training/runFolder.ts';
import { TrainingError } from '#node/training/trainingError.ts';

export interface Choosing {
  readonly folder: RunFolder;
  readonly config: TrainingConfig;
  readonly tasks: readonly Task[];
  readonly isReachable: (task: Task) => Promise<boolean>;
  readonly watch: {
    note(sentence: string): void;
    grading(done: number, total: number): void;
  };
}

/** Ids of the tasks to learn from. Rejects with a `TrainingError` if none is left. */
export async function chooseTasks(choosing: Choosing, play: Grading<Task>['play']): Promise<readonly string[]> {
  const { config, folder, tasks, watch } = choosing;
  const grades = openGrades(folder.grades);
  if (config.grades === 'play') await playGrades(choosing, grades, play);
  else if (config.grades === 'none') await passReachable(choosing, grades);
  else takeGrades(choosing, grades, readGrades(config.grades));
  const text = distributionText(tasks, grades);
  watch.note(text);
  folder.log(text);
  const chosen = chosenOf(config, tasks, grades);
  if (chosen.length) return chosen;
  throw new TrainingError(
    `No task is fit for stage ${config.stage}. ${text} Give more tasks, or set "grades" to "none" to learn from all.`,
  );
}

const CHANCE = { grading: 0x67726164, choice: 0x63686f69 } as const;

function playGrades(
  { config, tasks, isReachable, watch }: Choosing,
  grades: GradeFile,
  play: Grading<Task>['play'],
): Promise<void> {
  const seed = deriveSeed(config.seed, CHANCE.grading);
  return gradeTasks({ tasks, bounds: config, seed, play, isReachable, onGraded: watch.grading }, grades);
}

async function passReachable({ tasks, isReachable, watch }: Choosing, grades: GradeFile): Promise<void> {
  for (const [index, task] of tasks.entries()) {
    if (grades.rows.has(task.id)) continue;
    grades.append([{ task: task.id, grade: (await isReachable(task)) ? 'ungraded' : 'unreachable' }]);
    watch.grading(index + 1, tasks.length);
  }
}

function takeGrades({ config, tasks }: Choosing, grades: GradeFile, given: ReadonlyMap<string, GradeRow>): void {
  const rows = tasks.flatMap((task) => given.get(task.id) ?? []);
  if (rows.length === 0)
    throw new TrainingError(`${config.grades} has a grade for none of the tasks in ${config.tasks}.`);
  grades.append(rows.filter((row) => !grades.rows.has(row.task)));
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

/** `Of 1,200 tasks 300 are easy, 250 medium, …` */
function distributionText(tasks: readonly Task[], grades: GradeFile): string {
  const counts = new Map<string, number>();
  for (const { id } of tasks) {
    const grade = grades.rows.get(id)?.grade ?? 'without a grade';
    counts.set(grade, (counts.get(grade) ?? 0) + 1);
  }
  const names = ['easy', 'medium', 'hard', 'ungraded', 'unreachable', 'without a grade'];
  const parts = names.flatMap((name) => (counts.has(name) ? `${counts.get(name)!.toLocaleString('en')} ${name}` : []));
  return `Of ${tasks.length.toLocaleString('en')} tasks, these are: ${parts.join(', ')}.`;
}
