/** Records the worlds of all tasks of a run, as many as its time allows. */
import { rmSync } from 'node:fs';
import type { Task } from '#core/agent/task.ts';
import { ANSWERS_REPO } from '#core/feedback/feedbackTasks.ts';
import type { DroppedCount } from '#core/learning/learningReport.ts';
import type { Gathered } from '#node/learning/gathered.ts';
import type { RecordResult, ScopedTask } from '#node/learning/learningPlayer.ts';
import { tellProgress, type RunParts } from '#node/learning/runParts.ts';
import { workThrough } from '#node/learning/workThrough.ts';

/** What became of the worlds. */
export interface Recorded {
  /** Ids of tasks with a world. */
  readonly recorded: ReadonlySet<string>;
  /** Of these, ids of tasks whose right places no search comes to. */
  readonly unreachable: ReadonlySet<string>;
  readonly dropped: readonly DroppedCount[];
  readonly notes: readonly string[];
}

interface RecordRow {
  readonly id: string;
  readonly result: RecordResult;
}

/** Where recording has come to its end, which may be before all tasks. */
interface RecordingEnd {
  readonly late: number;
}

/** Returns when it is done or the signal is aborted; rejects when nothing can be kept. */
export async function recordTasks(parts: RunParts, gathered: Gathered): Promise<Recorded> {
  const { folder, controls, settings, time, plan } = parts;
  const lines = folder.openLines<RecordRow>('recorded');
  const known = new Set(lines.rows.map(({ id }) => id));
  // A run that is taken up has tasks of commits even where git may not be run any more.
  const isPossible = ({ id, repo }: ScopedTask): boolean =>
    known.has(id) || plan.git !== false || !gathered.repositories.has(repo);
  const tasks = recordingOrder(gathered).filter(isPossible);
  const done = (): number => lines.rows.length;
  const tell = (): void => tellProgress(parts, { phase: 'record', done: done(), total: tasks.length });
  let end = folder.read<RecordingEnd>('recorded');
  if (!end) {
    tell();
    await workThrough(
      tasks.filter(({ id }) => !known.has(id)),
      {
        ...parts,
        processes: parts.plan.processes,
        setup: setupOf(parts, gathered),
        parameters: new Float32Array(),
        isOver: () => time.isPast(settings.recordingShare),
        onResult: ({ id }, result) => {
          lines.append({ id, result: result as RecordResult });
          tell();
        },
      },
    );
    rmSync(folder.work, { recursive: true, force: true, maxRetries: 5 });
    end = { late: tasks.length - done() };
    if (!controls.signal.aborted) folder.write('recorded', end);
  }
  return summed(lines.rows, end);
}

/** Held-out questions that are recorded before any other, so that the gate has something to go by. */
const HELD_FIRST = 16;

/**
 * The order in which worlds are recorded, of which the time may allow a part: some to check by, then two to learn from for
 * each that checks; answers before history, the newest first, as they say most about the workspace.
 */
export function recordingOrder({ learn, held, rejected, scopes }: Gathered): ScopedTask[] {
  const checking = newestFirst(held.map(({ task }) => task));
  const learning = newestFirst(learn);
  const others = checking.slice(HELD_FIRST);
  const mixture = learning.flatMap((task, i) => (i % 2 ? [task, ...others.splice(0, 1)] : [task]));
  return [
    ...[...checking.slice(0, HELD_FIRST), ...mixture, ...others].map((task) => ({
      ...task,
      scope: scopes.get(task.id) ?? [],
    })),
    ...rejected.map(({ id, question, scope }) => rejectedTask(id, question, scope)),
  ];
}

/** @param tasks of each kind in the order of time. */
function newestFirst(tasks: readonly Task[]): Task[] {
  const isAnswer = ({ repo }: Task): boolean => repo === ANSWERS_REPO;
  return [...tasks.filter(isAnswer).toReversed(), ...tasks.filter((task) => !isAnswer(task)).toReversed()];
}

/** A question about the workspace as it is, of which nothing right is known. */
export const rejectedTask = (id: string, question: string, scope: readonly string[]): ScopedTask => ({
  id,
  repo: ANSWERS_REPO,
  commit: 'now',
  source: 'accepted-answer',
  question,
  goldFiles: [],
  goldSpans: [],
  scope,
});

function setupOf({ plan, folder, settings, play }: RunParts, { repositories }: Gathered) {
  const { folders, storage, docsFolders, docs = true, git = true, rg, appRoot } = plan;
  return {
    kind: 'record' as const,
    repositories: Object.fromEntries(repositories),
    play,
    work: folder.work,
    folders,
    storage,
    docsFolders,
    docs,
    history: git,
    episodes: settings.recordedEpisodes,
    ...(rg !== undefined && { rg }),
    ...(appRoot !== undefined && { appRoot }),
  };
}

function summed(rows: readonly RecordRow[], { late }: RecordingEnd): Recorded {
  const of = (kind: RecordResult['kind']): RecordRow[] => rows.filter(({ result }) => result.kind === kind);
  const [failed, unreachable] = [of('failed'), of('unreachable')];
  const messages = new Set(failed.map(({ result }) => (result.kind === 'failed' ? result.message : '')));
  const [first, ...others] = [...messages];
  return {
    recorded: new Set([...of('recorded'), ...unreachable].map(({ id }) => id)),
    unreachable: new Set(unreachable.map(({ id }) => id)),
    dropped: [
      { reason: 'questions for which there was no time', count: late },
      { reason: 'questions that could not be searched for', count: failed.length },
    ].filter(({ count }) => count > 0),
    notes: [
      ...(late
        ? [`There was no time for ${late} of the ${rows.length + late} questions. More minutes allow for more.`]
        : []),
      ...(first
        ? [`Some questions could not be searched for. ${first}${others.length ? ' Others failed otherwise.' : ''}`]
        : []),
    ],
  };
}
