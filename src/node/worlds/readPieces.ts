/** Reads what a record keeps of a file: all of it, or of a long file the lines around what may be read. */
import type { CallContext, ReadResult, Tools, ToolResult } from '#core/agent/tools.ts';
import type { RecordedFile } from '#core/agent/worldRecord.ts';
import { joinRanges, spanLength, type LineRange } from '#core/search/span.ts';
import { MAX_READ_LINES } from '#node/readTool.ts';

/** A file of so many lines is kept whole. */
export const WHOLE_FILE_LINES = 800;
/** Lines that are kept of any file. */
export const MAX_FILE_LINES = 6_000;

/** `wanted`: the lines that matter of a file that is too long to be kept whole, the most important first. */
export async function readPieces(
  { read, symbols }: Pick<Tools, 'read' | 'symbols'>,
  path: string,
  wanted: readonly LineRange[],
  context: CallContext,
): Promise<ToolResult<RecordedFile>> {
  const first = await read.read({ path, range: { start: 1, end: MAX_READ_LINES } }, context);
  if (!first.ok) return first;
  const { totalLines, sizeBytes, encoding, lossy } = first.value;
  const isShort = totalLines !== undefined && totalLines <= WHOLE_FILE_LINES;
  const ranges = isShort ? [{ start: 1, end: Math.max(1, totalLines) }] : joinRanges(withinLimit(wanted));
  const pieces: RecordedFile['pieces'][number][] = [];
  for (const range of ranges) {
    const piece = await readRange(read, first.value, range, context);
    if (!piece.ok) return piece;
    pieces.push({ start: range.start, lines: piece.value });
  }
  const outline = await symbols.outline(path, context);
  return { ok: true, value: { totalLines, sizeBytes, encoding, lossy, pieces, outline } };
}

function withinLimit(wanted: readonly LineRange[]): LineRange[] {
  const kept: LineRange[] = [];
  let lines = 0;
  for (const range of wanted) {
    lines = joinRanges([...kept, range]).reduce((sum, one) => sum + spanLength(one), 0);
    if (lines > MAX_FILE_LINES) break;
    kept.push(range);
  }
  return kept;
}

async function readRange(
  read: Tools['read'],
  { path, totalLines }: ReadResult,
  range: LineRange,
  context: CallContext,
): Promise<ToolResult<string[]>> {
  const lines: string[] = [];
  const last = Math.min(range.end, totalLines ?? range.end);
  for (let start = range.start; start <= last; start += MAX_READ_LINES) {
    const part = await read.read({ path, range: { start, end: Math.min(last, start + MAX_READ_LINES - 1) } }, context);
    if (!part.ok) return part;
    for (const line of part.value.lines) lines.push(line);
  }
  return { ok: true, value: lines };
}
