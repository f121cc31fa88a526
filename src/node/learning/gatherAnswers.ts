/** Judged answers of files of feedback, as tasks of the workspace as it is now. */
import { createHash } from 'node:crypto';
import type { ReasonCounter } from '#core/feedback/countReasons.ts';
import type { FeedbackEvent, FolderState, PlaceText } from '#core/feedback/feedbackEvent.ts';
import { feedbackTasks, type FeedbackLessons, type PresentWorkspace } from '#core/feedback/feedbackTasks.ts';
import { foldFeedback } from '#core/feedback/foldFeedback.ts';
import { newFeedback } from '#core/feedback/newFeedback.ts';
import { localFeedback } from '#core/feedback/shareFeedback.ts';
import { createReadTool } from '#node/readTool.ts';
import { folderStates } from '#node/service/folderStates.ts';
import { locatePlaces } from '#node/service/locate.ts';
import { folderPlaces } from '#node/stores/folderPlaces.ts';
import { readFeedback } from '#node/stores/readFeedback.ts';
import type { Workspace } from '#node/workspace.ts';

export interface AnswersRequest {
  readonly feedback: readonly string[];
  readonly signal: AbortSignal;
  /** False: git is not run, so the workspace's commits are not known. */
  readonly git?: boolean;
}

/** A file that cannot be read is a note, a line that cannot be read is counted. Rejects when `signal` is aborted. */
export async function gatherAnswers(
  workspace: Workspace,
  { feedback, signal, git = true }: AnswersRequest,
  counter: ReasonCounter,
  notes: string[],
): Promise<Omit<FeedbackLessons, 'dropped'>> {
  const places = folderPlaces(workspace.roots.map(({ directory }) => directory));
  let events: FeedbackEvent[] = [];
  for (const file of new Set(feedback)) {
    signal.throwIfAborted();
    const local = localFeedback(await eventsOf(file, counter, notes), places, counter);
    events = events.concat(newFeedback(events, local, counter));
  }
  const states = git
    ? await folderStates(workspace.roots, signal)
    : workspace.roots.map(({ label }) => ({ name: label }));
  const { dropped, ...lessons } = await feedbackTasks(
    foldFeedback(events),
    presentWorkspace(workspace, states),
    signal,
  );
  for (const { reason, count } of dropped) counter.add(reason, count);
  return lessons;
}

async function eventsOf(file: string, counter: ReasonCounter, notes: string[]): Promise<readonly FeedbackEvent[]> {
  try {
    const { events, unreadable, partial } = await readFeedback(file);
    if (partial !== undefined) notes.push(partial);
    counter.add('lines that cannot be read', unreadable.length);
    if (unreadable.length) notes.push(unreadableNote(file, unreadable));
    return events;
  } catch (error) {
    notes.push(`Nothing was learned from ${file}, because it cannot be read (${(error as Error).message}).`);
    return [];
  }
}

function unreadableNote(file: string, [first, ...others]: readonly string[]): string {
  const more = others.length ? ` ${others.length} more of its lines cannot be read.` : '';
  return `Part of ${file} was left out. ${first}${more}`;
}

/** `states`: of the workspace's folders now. */
function presentWorkspace(workspace: Workspace, states: readonly FolderState[]): PresentWorkspace {
  const read = createReadTool({ workspace });
  const commits = states.map(({ commit }) => commit);
  return {
    async locate(places) {
      const located = await locatePlaces(places, read);
      return located.map((now, i) => {
        if (now.state === 'moved') return now.span;
        const { path, start, lines } = places[i]!;
        return now.state === 'same' ? { path, start, end: start + lines.length - 1 } : undefined;
      });
    },
    has: (path) => workspace.resolve(path) !== undefined,
    isAt: (folders) =>
      folders.length === states.length &&
      states.every(
        ({ name, commit }) => commit !== undefined && folders.some((one) => one.name === name && one.commit === commit),
      ),
    stateOf: (places) => (commits.some((commit) => commit === undefined) ? digestOf(places) : commits.join('+')),
  };
}

/** Stands for the state of a workspace without git: the contents of what was found in it. */
function digestOf(places: readonly PlaceText[]): string {
  const hash = createHash('sha256');
  for (const { path, lines } of places) hash.update(JSON.stringify([path, lines]));
  return `content-${hash.digest('hex').slice(0, 16)}`;
}
