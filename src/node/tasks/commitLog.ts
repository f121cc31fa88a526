/**
 * The commits of a history, one by one as git tells them: message and changed files, without the changes themselves.
 *
 * Fields are separated by NUL, which no message and no path can hold. A commit begins with two empty fields.
 */
import { devNull } from 'node:os';
import type { ToolFailure } from '#core/agent/tools.ts';
import { PLAIN_LOG, gitFailure } from '#node/history/git.ts';
import type { HistoryStart, RepositorySource } from './repositorySource.ts';

export interface ChangedFile {
  /** `A` added, `D` deleted, `M` changed, `T` changed in type. */
  readonly status: string;
  /** Repository path; with U+FFFD where it is no text. */
  readonly path: string;
  readonly oldId: string;
  readonly newId: string;
  /** An ordinary file before and after, as far as it was there: no link, no submodule. */
  readonly isFile: boolean;
}

export interface WalkedCommit {
  readonly id: string;
  readonly parents: readonly string[];
  readonly timeS: number;
  /** Cut after `MAX_MESSAGE` bytes. */
  readonly message: string;
  /** The first `MAX_FILES` of them. */
  readonly files: readonly ChangedFile[];
  readonly fileCount: number;
  /** Place in git's order, newest first. */
  readonly order: number;
}

export const MAX_MESSAGE = 16_384;
export const MAX_FILES = 40;

/**
 * Gives every commit of the range but merges to `onCommit`. A history that breaks off in the middle, as in a clone
 * without all trees, ends there: then the sentence says so. A failure only when there is nothing at all.
 */
export async function walkHistory(
  source: RepositorySource,
  start: HistoryStart,
  onCommit: (commit: WalkedCommit) => void,
  part: HistoryPart = {},
): Promise<{ readonly note?: string } | ToolFailure> {
  let count = 0;
  const parser = createWalkParser((commit) => {
    count++;
    if (commit.timeS <= start.untilS) onCommit(commit);
  });
  const result = await source.run([...LOG, ...mostOf(part), start.commit, '--', ...(part.under ?? [])], (chunk) =>
    parser.add(chunk),
  );
  if (result.outcome === 'ended' && result.code === 0) {
    parser.end();
    return {};
  }
  const failure = gitFailure(result, source.directory);
  if (result.outcome !== 'ended' || count === 0) return failure;
  return { note: `The history breaks off after ${count} commits. ${failure.message}` };
}

/** What of a history is walked. */
export interface HistoryPart {
  /** Most commits, newest first; all by default. */
  readonly mostCommits?: number | undefined;
  /** Only changes in these files and folders of the repository, and the commits with some; everywhere by default. */
  readonly under?: readonly string[] | undefined;
}

const mostOf = ({ mostCommits }: HistoryPart): string[] =>
  mostCommits === undefined ? [] : [`--max-count=${mostCommits}`];

const LOG = [
  'log',
  '-z',
  '--no-merges',
  '--raw',
  '--no-abbrev',
  '--no-renames',
  '--format=%x00%x00%H%x00%P%x00%ct%x00%B',
  '--encoding=UTF-8',
  ...PLAIN_LOG,
  '--ignore-submodules=none',
  `-O${devNull}`,
];

export interface WalkParser {
  add(chunk: Buffer): void;
  /** Gives the last commit, if it is whole. */
  end(): void;
}

interface Draft {
  readonly head: string[];
  readonly files: ChangedFile[];
  fileCount: number;
  /** Of the file whose path comes next. */
  meta: string;
}

export function createWalkParser(onCommit: (commit: WalkedCommit) => void): WalkParser {
  const fields = createFieldReader(MAX_MESSAGE, (text) => take(text));
  let draft: Draft | undefined;
  let empties = 0;
  let order = 0;
  const end = (): void => {
    if (draft && draft.head.length === HEAD_FIELDS) onCommit(commitOf(draft, order++));
    draft = undefined;
  };
  const take = (text: string): void => {
    if (draft && draft.head.length < HEAD_FIELDS) draft.head.push(text);
    else if (draft?.meta) addFile(draft, text);
    else if (text === '' && ++empties === 2) {
      end();
      empties = 0;
      draft = { head: [], files: [], fileCount: 0, meta: '' };
    } else if (text !== '') {
      empties = 0;
      if (draft) draft.meta = text;
    }
  };
  return { add: fields.add, end };
}

const HEAD_FIELDS = 4;

function addFile(draft: Draft, path: string): void {
  const [oldMode, newMode, oldId, newId, status] = draft.meta.replace(/^\n?:/, '').split(' ');
  draft.meta = '';
  draft.fileCount++;
  if (draft.files.length >= MAX_FILES || newId === undefined) return;
  const isFile = FILE_MODES.has(oldMode!) && FILE_MODES.has(newMode!);
  draft.files.push({ status: status ?? '', path, oldId: oldId!, newId, isFile });
}

const FILE_MODES = new Set(['100644', '100755', '000000']);

function commitOf({ head, files, fileCount }: Draft, order: number): WalkedCommit {
  const [id, parents, time, message] = head as [string, string, string, string];
  return {
    id,
    parents: parents.split(' ').filter(Boolean),
    timeS: Number.parseInt(time, 10) || 0,
    message,
    files,
    fileCount,
    order,
  };
}

/** Cuts a stream at its NUL bytes; of a field at most `maxBytes` are kept. */
function createFieldReader(maxBytes: number, onField: (text: string) => void): { add(chunk: Buffer): void } {
  let parts: Buffer[] = [];
  let size = 0;
  const keep = (part: Buffer): void => {
    if (size < maxBytes) parts.push(part.subarray(0, maxBytes - size));
    size += part.length;
  };
  return {
    add(chunk) {
      let from = 0;
      for (let at = chunk.indexOf(0); at >= 0; at = chunk.indexOf(0, from)) {
        keep(chunk.subarray(from, at));
        onField(Buffer.concat(parts).toString().toWellFormed());
        parts = [];
        size = 0;
        from = at + 1;
      }
      keep(chunk.subarray(from));
    },
  };
}
