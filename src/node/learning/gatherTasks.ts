/**
 * What a run learns from and is checked by: answers that people have judged, as tasks of the workspace as it is now, and
 * the newest commits of the repositories that its folders lie in. The newest of both are kept aside.
 */
import type { Task } from '#core/agent/task.ts';
import { countReasons } from '#core/feedback/countReasons.ts';
import type { RejectedAnswer, WeakSigns } from '#core/feedback/feedbackTasks.ts';
import { splitByTime, type Timed } from '#core/feedback/splitByTime.ts';
import { GATE } from '#core/learning/gateBounds.ts';
import type { HeldSet } from '#core/learning/heldResult.ts';
import type { DroppedCount } from '#core/learning/learningReport.ts';
import { gatherAnswers } from '#node/learning/gatherAnswers.ts';
import { gatherHistory, type GatheredHistory } from '#node/learning/gatherHistory.ts';
import { Workspace } from '#node/workspace.ts';

export interface GatherRequest {
  /** Files of feedback; later ones add to earlier ones. */
  readonly feedback: readonly string[];
  /** Full paths of the workspace's folders. */
  readonly folders: readonly string[];
  readonly history: boolean;
  /** Most tasks made of the history, kept aside ones among them. */
  readonly historyTasks: number;
  /**
   * Tasks of the history that are practised beside the answers where the history is not asked for, as the shipped policy
   * learned from such: so that what it can do stays. None by default, and none where git is not run.
   */
  readonly replayTasks?: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** False: git is not run at all, as in a workspace that is not trusted; true by default. */
  readonly git?: boolean;
}

export interface HeldTask {
  readonly task: Task;
  readonly set: Exclude<HeldSet, 'frozen'>;
}

export interface GatheredTasks {
  readonly learn: readonly Task[];
  /** Newer than all of their kind in `learn`. */
  readonly held: readonly HeldTask[];
  readonly rejected: readonly RejectedAnswer[];
  /** By task id, for those tasks whose search is narrowed: files and folders, as paths of what the task is asked of. */
  readonly scopes: ReadonlyMap<string, readonly string[]>;
  /** By task id, for answers' tasks. */
  readonly weakSigns: ReadonlyMap<string, WeakSigns>;
  /** Full paths of the repositories that history tasks are of, by `task.repo`. */
  readonly repositories: ReadonlyMap<string, string>;
  readonly dropped: readonly DroppedCount[];
  /** What a person should know, a sentence each. */
  readonly notes: readonly string[];
  /** Set when there is too little to learn from and to check with. */
  readonly tooLittle?: { readonly missing: number; readonly sentence: string };
}

/**
 * Of the answers a third is kept aside, of the history a quarter, and of each as many as the gate needs, as long as as many
 * are left to learn from.
 */
const ANSWERS_HELD = 1 / 3;
const HISTORY_HELD = 1 / 4;
export const LEAST_HELD = GATE.leastOwn;

/** Rejects with a `WorkspaceError` if a folder cannot be opened, and when `signal` is aborted; nothing else stops it. */
export async function gatherTasks(request: GatherRequest): Promise<GatheredTasks> {
  const workspace = Workspace.open(request.folders);
  const counter = countReasons();
  const notes: string[] = [];
  const answers = await gatherAnswers(workspace, request, counter, notes);
  const withHistory = request.history && request.git !== false;
  const history = withHistory ? await gatherHistory(workspace, request, counter, notes) : NO_HISTORY;
  const practised = withHistory || answers.tasks.length === 0 ? NO_HISTORY : await practice(workspace, request);
  request.signal.throwIfAborted();
  if (practised.tasks.length)
    notes.push(
      `${practised.tasks.length} tasks of the history were practised beside the answers, to keep what it can do.`,
    );
  const fromAnswers = splitByTime(answers.tasks, ANSWERS_HELD, LEAST_HELD);
  const fromHistory = splitByTime<Timed & { readonly task: Task }>(history.tasks, HISTORY_HELD, LEAST_HELD);
  const held = (tasks: readonly { readonly task: Task }[], set: HeldTask['set']): HeldTask[] =>
    tasks.map(({ task }) => ({ task, set }));
  const tooLittle = tooLittleOf(
    answers.tasks.length,
    history.tasks.length,
    fromAnswers.held.length + fromHistory.held.length,
    withHistory || request.git === false,
  );
  return {
    learn: [...practised.tasks, ...fromAnswers.learn, ...fromHistory.learn].map(({ task }) => task),
    held: [...held(fromAnswers.held, 'answers'), ...held(fromHistory.held, 'history')],
    rejected: answers.rejected,
    scopes: new Map(
      [...answers.tasks, ...history.tasks, ...practised.tasks].flatMap(({ task, scope }) =>
        scope.length ? [[task.id, scope]] : [],
      ),
    ),
    weakSigns: new Map(answers.tasks.map(({ task, opened, copied }) => [task.id, { opened, copied }])),
    repositories: new Map([...history.repositories, ...practised.repositories]),
    dropped: counter.counts(),
    notes,
    ...(tooLittle && { tooLittle }),
  };
}

const NO_HISTORY: GatheredHistory = { tasks: [], repositories: new Map() };

/** What is wrong with the history is not told: it was not asked for. */
async function practice(workspace: Workspace, request: GatherRequest): Promise<GatheredHistory> {
  const { replayTasks = 0, git, seed, signal } = request;
  if (git === false || replayTasks === 0) return NO_HISTORY;
  return gatherHistory(workspace, { historyTasks: replayTasks, seed, signal }, countReasons(), []);
}

/** With fewer kept aside a run could learn, and nobody could tell whether that helps. */
function tooLittleOf(answers: number, commits: number, held: number, isAll: boolean): GatheredTasks['tooLittle'] {
  if (held >= LEAST_HELD) return undefined;
  const count = answers + commits;
  // Half of the answers may be kept aside; of an odd number one is over already.
  const missing = 2 * (LEAST_HELD - held) - (answers % 2);
  const there =
    count === 0 ? 'There is no question' : count === 1 ? 'There is 1 question' : `There are ${count} questions`;
  const more = `Accept or correct ${missing} more answer${missing === 1 ? '' : 's'}`;
  const or = isAll ? '' : ', or train on the history of the repository too';
  return { missing, sentence: `${there}, too few to learn from some and to check with others. ${more}${or}.` };
}
