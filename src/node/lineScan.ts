/**
 * Lines of a long file, read piece by piece: memory holds one piece and the lines that are asked for.
 */
import type { FileHandle } from 'node:fs/promises';
import type { CancelSignal, ToolFailure } from '#core/agent/tools.ts';
import type { LineRange } from '#core/search/span.ts';
import { decodeBytes, formatOf, isBinary, withoutReturn, type Encoding, type TextFormat } from '#node/textDecoding.ts';
import { failure, notText, readBytes } from '#node/textFiles.ts';

/**
 * Counts the lines of a file and keeps those of `range`. A file longer than `maxBytes` is looked at only until the
 * range is complete or `maxBytes` are read. `lossy` speaks of the lines kept.
 */
export async function scanLines(
  handle: FileHandle,
  path: string,
  sizeBytes: number,
  range: LineRange,
  limits: ScanLimits,
  context: { readonly signal: CancelSignal; readonly deadlineMs: number },
): Promise<LineScan | ToolFailure> {
  const endByte = Math.min(sizeBytes, limits.maxBytes);
  const head = await readBytes(handle, 0, Math.min(PIECE_BYTES, endByte));
  if (isBinary(head)) return notText(path);
  const collector = createCollector(range, formatOf(head), limits.maxLineUnits);
  collector.add(head.subarray(formatOf(head).bomBytes));
  for (let at = head.length; at < endByte && !(sizeBytes > endByte && collector.isDone());) {
    if (context.signal.aborted) return failure('cancelled', `Reading ${path} was cancelled.`);
    if (performance.now() > context.deadlineMs) return failure('timeout', `There was not enough time to read ${path}.`);
    const piece = await readBytes(handle, at, Math.min(PIECE_BYTES, endByte - at));
    if (piece.length === 0) break;
    collector.add(piece);
    at += piece.length;
  }
  return collector.finish(sizeBytes <= endByte);
}

export interface ScanLimits {
  readonly maxBytes: number;
  readonly maxLineUnits: number;
}

export interface LineScan {
  readonly lines: readonly string[];
  /** Undefined when the file was not looked at to its end. */
  readonly totalLines: number | undefined;
  readonly countedLines: number;
  readonly cut: boolean;
  readonly encoding: Encoding;
  readonly lossy: boolean;
}

/** An even number, so that no UTF-16 unit lies across two pieces. */
const PIECE_BYTES = 256 << 10;

interface Collector {
  add(piece: Buffer): void;
  isDone(): boolean;
  finish(reachedEnd: boolean): LineScan;
}

function createCollector(range: LineRange, format: TextFormat, maxLineUnits: number): Collector {
  const terminator = { 'utf-16le': Buffer.from([10, 0]), 'utf-16be': Buffer.from([0, 10]) }[format.encoding as string];
  const newline = terminator ?? Buffer.from([10]);
  // No character takes more than 3 bytes for one UTF-16 unit; the slack shows that the line goes on.
  const maxLineBytes = maxLineUnits * 3 + 8;
  const lines: string[] = [];
  let line = 1;
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let lineBytes = 0;
  let cut = false;
  let lossy = false;

  const keep = (part: Buffer): void => {
    lineBytes += part.length;
    if (line < range.start || line > range.end || keptBytes >= maxLineBytes) return;
    const taken = Buffer.from(part.subarray(0, maxLineBytes - keptBytes));
    kept.push(taken);
    keptBytes += taken.length;
  };
  const end = (terminated: boolean): void => {
    if (line >= range.start && line <= range.end) {
      const isCut = lineBytes > keptBytes;
      const decoded = decodeBytes(Buffer.concat(kept), format, isCut);
      lines.push(terminated && !isCut ? withoutReturn(decoded.text) : decoded.text);
      cut ||= isCut;
      lossy ||= decoded.lossy;
    }
    kept = [];
    keptBytes = lineBytes = 0;
    line++;
  };
  return {
    add(piece) {
      let from = 0;
      for (let at = findNewline(piece, newline, 0); at >= 0; at = findNewline(piece, newline, from)) {
        keep(piece.subarray(from, at));
        end(true);
        from = at + newline.length;
      }
      keep(piece.subarray(from));
    },
    isDone: () => line > range.end,
    finish(reachedEnd) {
      if (!reachedEnd && lineBytes > 0 && line >= range.start && line <= range.end) cut = true;
      if (lineBytes > 0) end(false);
      const counted = line - 1;
      return {
        lines,
        totalLines: reachedEnd ? counted : undefined,
        countedLines: counted,
        cut,
        encoding: format.encoding,
        lossy,
      };
    },
  };
}

/** The next terminator that begins at a unit's first byte. */
function findNewline(piece: Buffer, newline: Buffer, from: number): number {
  let at = piece.indexOf(newline, from);
  while (newline.length === 2 && at >= 0 && at % 2 === 1) at = piece.indexOf(newline, at + 1);
  return at;
}
