/**
 * Feedback in the form that teams share: each answer once, with paths of its repository; and such feedback as that of
 * this workspace. docs/feedback.md documents the form.
 */
import type { ReasonCounter } from '#core/feedback/countReasons.ts';
import { withPaths } from '#core/feedback/eventPaths.ts';
import type { FeedbackEvent } from '#core/feedback/feedbackEvent.ts';
import { leaveOutNames } from '#core/feedback/leaveOutNames.ts';
import { newFeedback } from '#core/feedback/newFeedback.ts';
import {
  isShared,
  localPaths,
  sharedFolders,
  sharedPath,
  type FolderPlace,
  type LocalPaths,
} from '#core/feedback/sharedPaths.ts';

export interface SharingOptions {
  /** Where the workspace's folders lie. */
  readonly folders: readonly FolderPlace[];
  /** Names that fit one of these patterns are left out of what was asked. */
  readonly leaveOut?: readonly string[];
}

/** Events of a workspace as they are shared; those that are shared already stay as they are. */
export function shareFeedback(
  events: Iterable<FeedbackEvent>,
  { folders, leaveOut = [] }: SharingOptions,
  counter: ReasonCounter,
): FeedbackEvent[] {
  const withoutNames = leaveOutNames(leaveOut);
  const alreadyShared = new Set<string>();
  return newFeedback([], events, counter).map((event) => {
    if (event.type === 'answered' && isShared(event.folders)) alreadyShared.add(event.id);
    if (alreadyShared.has(event.id)) return withoutNames(event);
    const shared = withPaths(event, (path) => sharedPath(path, folders));
    return withoutNames(
      shared.type === 'answered' ? { ...shared, folders: sharedFolders(folders, shared.folders) } : shared,
    );
  });
}

/**
 * Shared events as events of this workspace; others are passed on as they are. Answers about other repositories, and
 * those whose scope or citations all lie outside of the workspace, are left out with what is said about them.
 */
export function localFeedback(
  events: Iterable<FeedbackEvent>,
  folders: readonly FolderPlace[],
  counter: ReasonCounter,
): FeedbackEvent[] {
  const paths = new Map<string, LocalPaths | 'as it is' | 'left out'>();
  const local: FeedbackEvent[] = [];
  for (const event of events) {
    if (event.type === 'answered') {
      const own = isShared(event.folders) ? localPaths(event.folders, folders) : 'as it is';
      const answer = typeof own === 'object' ? localAnswer(event, own) : event;
      const reason = own === undefined ? 'answers about repositories that are not in this workspace' : undefined;
      const left = reason ?? (typeof answer === 'string' ? answer : undefined);
      paths.set(event.id, left === undefined ? own! : 'left out');
      if (left !== undefined) counter.add(left);
      else if (typeof answer === 'object') local.push(answer);
      continue;
    }
    const own = paths.get(event.id) ?? 'as it is';
    if (typeof own === 'object') local.push(withPaths(event, own.pathOf));
    else if (own === 'as it is') local.push(event);
  }
  return local;
}

type Answered = Extract<FeedbackEvent, { type: 'answered' }>;

/** A text says why it is left out. */
function localAnswer(event: Answered, { pathOf, scopeOf, states }: LocalPaths): Answered | string {
  const scope = scopeOf(event.scope);
  if (!scope) return 'answers narrowed to files outside of this workspace';
  const answer = withPaths(event, pathOf) as Answered;
  const isElsewhere = answer.citations.length > 0 && answer.citations.every(({ path }) => path.startsWith('../'));
  return isElsewhere ? 'answers about files outside of this workspace' : { ...answer, scope, folders: states };
}
