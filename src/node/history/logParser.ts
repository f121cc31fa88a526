/**
 * Reads the output of `git log -z --name-status` with `LOG_FORMAT`, piece by piece.
 *
 * Fields are separated by NUL. A commit begins with two empty fields, which no list of files can have, and has a fixed
 * number of fields before its files; a message cannot hold a NUL. So no message and no file name can pass for another.
 */
export function createLogParser(onCommit: (commit: LoggedCommit) => void): LogParser {
  let field: Buffer[] = [];
  let fieldBytes = 0;
  const records = createRecordReader(onCommit);
  const take = (part: Buffer): void => {
    if (fieldBytes < MAX_FIELD_BYTES) field.push(part.subarray(0, MAX_FIELD_BYTES - fieldBytes));
    fieldBytes += part.length;
  };
  return {
    add(chunk) {
      let from = 0;
      for (let at = chunk.indexOf(0); at >= 0; at = chunk.indexOf(0, from)) {
        take(chunk.subarray(from, at));
        records.field(Buffer.concat(field).toString(), fieldBytes > MAX_FIELD_BYTES);
        field = [];
        fieldBytes = 0;
        from = at + 1;
      }
      take(chunk.subarray(from));
    },
    end: () => records.end(),
  };
}

export interface LogParser {
  add(chunk: Buffer): void;
  /** Gives the last commit, if it is whole. */
  end(): void;
}

export interface LoggedCommit {
  readonly id: string;
  readonly timeS: number;
  readonly subject: string;
  readonly body: string;
  /** Repository paths, at most `MAX_FILES`, sorted. A renamed file stands here by its new name. */
  readonly files: readonly string[];
  readonly fileCount: number;
  /** Old and new path of files that were renamed, only of those in `files`. */
  readonly renames: readonly (readonly [string, string])[];
}

export const LOG_FORMAT = '%x00%x00%H%x00%ct%x00%s%x00%b';
/** Files of a commit that are kept. */
export const MAX_FILES = 300;
/** UTF-16 units of a message that are kept, subject and body together. */
export const MAX_MESSAGE = 4_000;
/** A message of `MAX_MESSAGE` units in the longest encoding; a path may be as long on no system. */
const MAX_FIELD_BYTES = MAX_MESSAGE * 4;

interface RecordReader {
  field(text: string, isCut: boolean): void;
  end(): void;
}

interface Draft {
  readonly head: string[];
  readonly files: string[];
  readonly renames: [string, string][];
  fileCount: number;
}

function createRecordReader(onCommit: (commit: LoggedCommit) => void): RecordReader {
  let draft: Draft | undefined;
  let empties = 0;
  let paths: string[] = [];
  let pathsWanted = 0;
  let isPathCut = false;

  const end = (): void => {
    const commit = draft && finish(draft);
    if (commit) onCommit(commit);
    draft = undefined;
    pathsWanted = 0;
  };
  const path = (text: string, isCut: boolean): void => {
    paths.push(text);
    isPathCut ||= isCut;
    if (--pathsWanted > 0) return;
    draft!.fileCount++;
    if (isPathCut || draft!.files.length >= MAX_FILES) return;
    draft!.files.push(paths.at(-1)!);
    if (paths.length === 2) draft!.renames.push([paths[0]!, paths[1]!]);
  };
  const begin = (): void => {
    end();
    empties = 0;
    draft = { head: [], files: [], renames: [], fileCount: 0 };
  };
  const status = (text: string): void => {
    empties = 0;
    if (!draft) return;
    pathsWanted = /^\n?[RC]/.test(text) ? 2 : 1;
    paths = [];
    isPathCut = false;
  };
  return {
    field(text, isCut) {
      if (draft && draft.head.length < 4) draft.head.push(text);
      else if (draft && pathsWanted > 0) path(text, isCut);
      else if (text !== '') status(text);
      else if (++empties === 2) begin();
    },
    end,
  };
}

function finish({ head, files, renames, fileCount }: Draft): LoggedCommit | undefined {
  const [id, time, subject, body] = head;
  if (body === undefined || !/^[0-9a-f]{40,64}$/.test(id!)) return undefined;
  const cutSubject = subject!.slice(0, MAX_MESSAGE).toWellFormed();
  return {
    id: id!,
    timeS: Number.parseInt(time!, 10) || 0,
    subject: cutSubject,
    body: body.slice(0, MAX_MESSAGE - cutSubject.length).toWellFormed(),
    files: [...new Set(files)].sort(),
    fileCount,
    renames,
  };
}
