/**
 * What of the history can be seen by one call: the views of all workspace folders, as far as they can be had in time.
 */
import type { CallContext, ToolFailure, ToolResult } from '#core/agent/tools.ts';
import { inTime } from '#node/inTime.ts';
import { joinLabel, type WorkspaceRoot } from '#node/workspace.ts';
import type { HeadView } from '#node/history/headView.ts';
import type { RootHistory } from '#node/history/rootHistory.ts';

/** The views of all roots, as far as they can be had in time. A failure when there is nothing else. */
export async function lookAtHistory(
  roots: readonly RootHistory[],
  context: CallContext,
  deadlineMs: number,
): Promise<ToolFailure | (SeenHistory & { views: (HeadView | undefined)[] })> {
  const found = await Promise.all(roots.map((root) => lookAt(root, context, deadlineMs)));
  const failures = found.filter((view) => view !== undefined && view !== 'late' && 'ok' in view);
  const views = found.map((view) => (view === undefined || view === 'late' || 'ok' in view ? undefined : view));
  if (failures[0] && failures.length === found.length) return failures[0];
  const seen = roots.flatMap(({ root }, i) => (views[i] ? [{ root, view: views[i] }] : []));
  const late = found.includes('late') ? ['The history is still being opened.'] : [];
  const notes = [...failures.map(({ message }) => message), ...late, ...seen.flatMap(({ view }) => notesOf(view))];
  const complete = !late.length && seen.every(({ view }) => view.complete);
  return { seen, views, notes: [...new Set(notes)], complete };
}

async function lookAt(
  root: RootHistory,
  context: CallContext,
  deadlineMs: number,
): Promise<HeadView | ToolFailure | 'late' | undefined> {
  const view = await inTime(root.view(), { ...context, timeoutMs: deadlineMs - performance.now() });
  if (view === 'late' || view === undefined || 'ok' in view) return view;
  await inTime(view.someThere, { ...context, timeoutMs: Math.min(deadlineMs - performance.now(), FIRST_WAIT_MS) });
  return view.failure && view.members.size === 0 ? view.failure : view;
}

function notesOf(view: HeadView): string[] {
  const notes = [...view.notes];
  if (!view.complete && !view.failure)
    notes.push(`The history is still being read: ${view.members.size} commits so far.`);
  if (view.failure) notes.push(view.failure.message);
  if (view.store.note !== undefined) notes.push(view.store.note);
  return notes;
}

export interface SeenRoot {
  readonly root: WorkspaceRoot;
  readonly view: HeadView;
}

export interface SeenHistory {
  readonly seen: readonly SeenRoot[];
  /** What was left out, a sentence each. */
  readonly notes: readonly string[];
  readonly complete: boolean;
}

/** Longest wait of a call for the first commits of a cold cache, in milliseconds. */
export const FIRST_WAIT_MS = 300;

/** The workspace path of a path of the repository, if it is in this folder. */
export function workspacePath({ root, view }: SeenRoot, path: string): string | undefined {
  const { prefix } = view.repository;
  return path.startsWith(prefix) ? joinLabel(root.label, path.slice(prefix.length)) : undefined;
}

/** The path in the repository of a workspace path, if it is in this folder. */
export function repositoryPath({ root, view }: SeenRoot, path: string): string | undefined {
  const start = joinLabel(root.label, '');
  return path.startsWith(start) ? view.repository.prefix + path.slice(start.length) : undefined;
}

/** A result with what was left out. */
export const success = <T>(value: T, notes: readonly string[]): ToolResult<T> =>
  notes.length ? { ok: true, value, partial: notes.join(' ') } : { ok: true, value };
