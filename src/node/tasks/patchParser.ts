/**
 * Reads the patches of `git log -p` as they come, line by line.
 *
 * A hunk says how many lines it has, so nothing inside of one can pass for a header, and files are told by the ids of
 * their contents, so no file name has to be read out of a patch.
 */

/** A run of lines that a commit changed, with the unchanged ones around it. */
export interface Hunk {
  /** First line of the hunk before and after the commit, 1-based; 0 or more when that side has no lines. */
  readonly oldStart: number;
  readonly newStart: number;
  /** Each begins with its sign: ` ` unchanged, `-` removed, `+` added. */
  readonly lines: readonly string[];
}

export interface FilePatch {
  readonly oldId: string;
  readonly newId: string;
  readonly hunks: readonly Hunk[];
  /** More lines are changed than are kept. */
  readonly isCut: boolean;
}

export interface CommitPatch {
  readonly id: string;
  readonly files: readonly FilePatch[];
}

export interface PatchParser {
  add(chunk: Buffer): void;
  /** Gives the last commit; to be called only when git ended well. */
  end(): void;
}

/** What `--format` has to be: a line that no patch has outside of its hunks. */
export const PATCH_FORMAT = '%x00%x00%H%x00';
/** Lines of one file's patch that are kept, and bytes of each. */
export const MAX_PATCH_LINES = 3_000;
const MAX_LINE_BYTES = 2_000;

/** `isWanted` tells by the ids before and after whether a file's changes are kept. */
export function createPatchParser(
  isWanted: (commit: string, oldId: string, newId: string) => boolean,
  onCommit: (patch: CommitPatch) => void,
): PatchParser {
  let commit: { id: string; files: DraftFile[] } | undefined;
  let file: DraftFile | undefined;
  let hunk: DraftHunk | undefined;
  const end = (): void => {
    if (commit) onCommit(commit);
    commit = undefined;
  };
  const outside = (text: string): void => {
    const start = /^\0\0([0-9a-f]{40,64})\0$/.exec(text);
    if (start) {
      end();
      commit = { id: start[1]!, files: [] };
    } else if (text.startsWith('diff --git ')) file = undefined;
    else if (text.startsWith('index ') && commit) file = fileOf(text, commit, isWanted);
    else if (text.startsWith('@@ ')) hunk = hunkOf(text, file);
  };
  const lines = createLineReader((line) => {
    if (!hunk) return outside(line.toString());
    takeLine(hunk, line, file);
    if (hunk.oldLeft <= 0 && hunk.newLeft <= 0) hunk = undefined;
  });
  return { add: lines, end };
}

interface DraftFile {
  readonly oldId: string;
  readonly newId: string;
  readonly hunks: DraftHunk[];
  kept: number;
  isCut: boolean;
}

interface DraftHunk {
  readonly oldStart: number;
  readonly newStart: number;
  readonly lines: string[];
  oldLeft: number;
  newLeft: number;
}

function fileOf(
  text: string,
  commit: { id: string; files: DraftFile[] },
  isWanted: (commit: string, oldId: string, newId: string) => boolean,
): DraftFile | undefined {
  const [, oldId, newId] = /^index ([0-9a-f]+)\.\.([0-9a-f]+)/.exec(text) ?? [];
  if (oldId === undefined || newId === undefined || !isWanted(commit.id, oldId, newId)) return undefined;
  const file: DraftFile = { oldId, newId, hunks: [], kept: 0, isCut: false };
  commit.files.push(file);
  return file;
}

function hunkOf(text: string, file: DraftFile | undefined): DraftHunk | undefined {
  const [, oldStart, oldCount, newStart, newCount] = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(text) ?? [];
  if (oldStart === undefined) return undefined;
  const hunk: DraftHunk = {
    oldStart: Number(oldStart),
    newStart: Number(newStart),
    lines: [],
    oldLeft: Number(oldCount ?? 1),
    newLeft: Number(newCount ?? 1),
  };
  file?.hunks.push(hunk);
  return hunk;
}

const [SPACE, PLUS, MINUS, BACKSLASH] = [0x20, 0x2b, 0x2d, 0x5c];

function takeLine(hunk: DraftHunk, line: Buffer, file: DraftFile | undefined): void {
  // Git can be told to leave out the space of an unchanged line that is empty.
  const sign = line.length ? line[0] : SPACE;
  if (sign === BACKSLASH) return;
  if (sign !== PLUS) hunk.oldLeft--;
  if (sign !== MINUS) hunk.newLeft--;
  if (!file) return;
  file.isCut ||= file.kept >= MAX_PATCH_LINES;
  if (file.isCut) return;
  file.kept++;
  hunk.lines.push(line.length ? line.toString().replace(/\r$/, '').toWellFormed() : ' ');
}

/** Cuts a stream into lines without `\n`; of each at most `MAX_LINE_BYTES` are kept. */
function createLineReader(onLine: (line: Buffer) => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let size = 0;
  const keep = (part: Buffer): void => {
    if (size < MAX_LINE_BYTES) parts.push(part.subarray(0, MAX_LINE_BYTES - size));
    size += part.length;
  };
  return (chunk) => {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      if (size === 0) onLine(chunk.subarray(from, Math.min(at, from + MAX_LINE_BYTES)));
      else {
        keep(chunk.subarray(from, at));
        onLine(Buffer.concat(parts));
        parts = [];
        size = 0;
      }
      from = at + 1;
    }
    if (from < chunk.length) keep(chunk.subarray(from));
  };
}
