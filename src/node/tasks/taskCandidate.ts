/** Which commits may give a task, told from message and file names, before any change is read. */
import { fileKind } from '#core/search/fileKind.ts';
import type { ChangedFile, WalkedCommit } from './commitLog.ts';
import type { DropReason } from './drops.ts';
import { commitFault, wordsFault } from './messageFault.ts';
import { isChangelog } from './releaseNotes.ts';

export interface TaskCandidate {
  readonly id: string;
  /** The state to search. */
  readonly parent: string;
  readonly message: string;
  readonly order: number;
  /** When it was committed, in seconds since 1970. */
  readonly timeS: number;
  /** Files whose changes are wanted. */
  readonly files: readonly ChangedFile[];
  /** Paths of `files` that may answer. */
  readonly gold: readonly string[];
  /** How much rather it is taken than another: questions that are no commit messages are rare, and wanted. */
  readonly weight: number;
}

export const MAX_GOLD_FILES = 6;
const MAX_CHANGED_FILES = 25;
const MAX_SIDE_FILES = 6;
/** Times that a commit is rather taken for a release note, for tests, and for comments on what was there before. */
const NOTE_WEIGHT = 6;
const TEST_WEIGHT = 4;
const COMMENT_WEIGHT = 4;

export function candidateOf(commit: WalkedCommit): TaskCandidate | DropReason {
  const fault = commitFault(commit.message);
  if (fault) return fault;
  if (commit.fileCount > MAX_CHANGED_FILES) return 'too many files';
  const files = commit.files.filter((file) => file.isFile && isText(file.path));
  const sources = files.filter((file) => fileKind(file.path) === 'source');
  // What is new or gone does not answer at the parent, but a commit of many such files is a move or an import.
  const gold = sources.filter((file) => file.status === 'M');
  if (commit.parents.length !== 1 || gold.length === 0) return 'no source changed';
  if (sources.length > MAX_GOLD_FILES) return 'too many files';
  const notes = files.filter((file) => file.status !== 'D' && isChangelog(file.path));
  const tests = files.filter((file) => file.status !== 'D' && fileKind(file.path) === 'test');
  return {
    id: commit.id,
    parent: commit.parents[0]!,
    message: commit.message,
    order: commit.order,
    timeS: commit.timeS,
    files: [...gold, ...notes.slice(0, MAX_SIDE_FILES), ...tests.slice(0, MAX_SIDE_FILES)],
    gold: gold.map((file) => file.path),
    weight: weightOf(commit, notes.length > 0, tests.length > 0),
  };
}

function weightOf({ message }: WalkedCommit, hasNote: boolean, hasTest: boolean): number {
  if (wordsFault(message) === 'about documentation') return COMMENT_WEIGHT;
  return hasNote ? NOTE_WEIGHT : hasTest ? TEST_WEIGHT : 1;
}

/** A name that is no UTF-8 text cannot be written as JSON and found again. */
const isText = (path: string): boolean => !path.includes('\ufffd');
