/**
 * A question whose answer is known: what a policy is trained on and measured by. One line of a tasks file is one task,
 * in the form that `spoor batch` reads too.
 */
import type { Span } from '#core/search/span.ts';

/** Where the words of a task's question come from. */
export type TaskSource =
  | 'commit'
  | 'changelog'
  | 'test'
  | 'doc-comment'
  | 'accepted-answer'
  /** Asked of a repository that does not hold the answer. */
  | 'wrong-repository';

export interface Task {
  /** Unique in its file. */
  readonly id: string;
  /** `owner/name`. */
  readonly repo: string;
  /** The state to search: the parent of the commit that answers; of an accepted answer what the workspace stands at. */
  readonly commit: string;
  readonly source: TaskSource;
  readonly question: string;
  /** Files that answer it; a lower bound, other places may be right too. Empty only where nothing does (`wrong-repository`, and an `accepted-answer` that nothing was found). */
  readonly goldFiles: readonly string[];
  /** Lines that answer it, in `goldFiles`. */
  readonly goldSpans: readonly Span[];
  /** Where it stands, only part of the places was judged: these are wrong, and what is neither here nor gold is unknown. */
  readonly knownWrong?: readonly Span[];
}
