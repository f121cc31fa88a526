/**
 * The read tool: lines of a file of the workspace.
 *
 * What a line is stands in `textDecoding.ts`. Memory is bounded whatever the file: files of up to `KEPT_BYTES` are
 * read whole, longer ones piece by piece; `partial` says what a cap left out.
 */
import type { CallContext, ReadRequest, ReadResult, ReadTool, ToolResult } from '#core/agent/tools.ts';
import type { LineRange } from '#core/search/span.ts';
import { scanLines } from '#node/lineScan.ts';
import { cutLine } from '#node/textDecoding.ts';
import {
  failure,
  findFile,
  KEPT_BYTES,
  readWholeText,
  withFile,
  type FoundFile,
  type WholeText,
} from '#node/textFiles.ts';
import type { Workspace } from '#node/workspace.ts';

/**
 * Failures: `missing`; `denied` for secrets and for lack of permission; `unsupported` for folders, devices, pipes and
 * binary files; `cancelled`; `timeout`.
 */
export function createReadTool({ workspace }: { readonly workspace: Workspace }): ReadTool {
  return { read: (request, context) => read(workspace, request, context) };
}

/** Lines of one result. */
export const MAX_READ_LINES = 400;
/** UTF-16 units of a line; the rest is cut. */
export const MAX_LINE_UNITS = 2_000;
/** Bytes of a file that are looked at. Lines behind them cannot be read, and such a file's lines are not counted. */
export const MAX_SCANNED_BYTES = 32 << 20;

async function read(workspace: Workspace, request: ReadRequest, context: CallContext): Promise<ToolResult<ReadResult>> {
  const { path } = request;
  const deadlineMs = performance.now() + context.timeoutMs;
  const range = wantedRange(request.range);
  if (!range) return failure('unsupported', `Lines of ${path} are asked for by whole numbers from 1.`);
  if (context.signal.aborted) return failure('cancelled', `Reading ${path} was cancelled.`);
  if (context.timeoutMs <= 0) return failure('timeout', `No time was left to read ${path}.`);
  const found = await findFile(workspace, path);
  if ('ok' in found) return found;
  if (found.sizeBytes > KEPT_BYTES) return readLong(path, found, range, { ...context, deadlineMs });
  const whole = await readWholeText(workspace, path, KEPT_BYTES);
  return whole.ok ? give(path, range, pieceOf(whole, range)) : whole;
}

interface Piece extends Omit<ReadResult, 'path' | 'start' | 'lines'> {
  /** Lines of the range that the file has, already limited in number; perhaps too long. */
  readonly lines: readonly string[];
  /** Lines that were counted: all, unless `totalLines` is undefined. */
  readonly countedLines: number;
  /** Lines were shortened when they were read. */
  readonly cut: boolean;
}

interface Range extends LineRange {
  /** The caller asked for more than `MAX_READ_LINES`. */
  readonly asked: number;
}

function wantedRange({ start, end }: LineRange): Range | undefined {
  if (!Number.isInteger(start) || start < 1 || Number.isNaN(end)) return undefined;
  return { start, end: Math.min(Math.floor(end), start + MAX_READ_LINES - 1), asked: Math.floor(end) };
}

const pieceOf = (whole: WholeText, range: Range): Piece => ({
  lines: whole.lines.slice(range.start - 1, Math.max(range.end, range.start - 1)),
  totalLines: whole.lines.length,
  countedLines: whole.lines.length,
  cut: false,
  sizeBytes: whole.sizeBytes,
  encoding: whole.encoding,
  lossy: whole.lossy,
});

async function readLong(
  path: string,
  found: FoundFile,
  range: Range,
  context: CallContext & { deadlineMs: number },
): Promise<ToolResult<ReadResult>> {
  const limits = { maxBytes: MAX_SCANNED_BYTES, maxLineUnits: MAX_LINE_UNITS };
  const scan = await withFile(path, found, (handle) =>
    scanLines(handle, path, found.sizeBytes, range, limits, context),
  );
  if ('ok' in scan) return scan;
  return give(path, range, { ...scan, sizeBytes: found.sizeBytes });
}

function give(path: string, range: Range, piece: Piece): ToolResult<ReadResult> {
  const lines = piece.lines.map((line) => cutLine(line, MAX_LINE_UNITS));
  const cut = piece.cut || lines.some((line, i) => line !== piece.lines[i]);
  const { totalLines, sizeBytes, encoding, lossy } = piece;
  const start = Math.min(range.start, piece.countedLines + 1);
  const value = { path, start, lines, totalLines, sizeBytes, encoding, lossy };
  const partial = whatIsLeftOut(range, piece, cut);
  return partial === undefined ? { ok: true, value } : { ok: true, value, partial };
}

function whatIsLeftOut(range: Range, piece: Piece, cut: boolean): string | undefined {
  const { totalLines, countedLines, lines } = piece;
  const said: string[] = [];
  if (
    range.asked > range.end &&
    lines.length === MAX_READ_LINES &&
    (totalLines === undefined || totalLines > range.end)
  )
    said.push(`only ${MAX_READ_LINES} lines are read at once`);
  if (totalLines === undefined && countedLines < range.end)
    said.push(`only the first ${MAX_SCANNED_BYTES >> 20} MiB of the file are looked at`);
  if (cut) said.push(`lines are cut after ${MAX_LINE_UNITS} characters`);
  return said.length ? `Not everything is here: ${said.join('; ')}.` : undefined;
}
