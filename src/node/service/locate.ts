/** Where the lines of citations are in the files as they are now: a citation is never shown for other lines. */
import type { ReadTool } from '#core/agent/tools.ts';
import { relocate } from '#core/answer/relocate.ts';
import type { PlaceText } from '#core/feedback/feedbackEvent.ts';
import type { PlaceState } from '#node/service/searchService.ts';

/**
 * One state for each place, in order. Of a file of up to 1 MiB the first `MAX_LINES` lines are looked at, of a larger one
 * those around the old place. What cannot be read is stale. Never rejects.
 */
export async function locatePlaces(places: readonly PlaceText[], read: ReadTool): Promise<PlaceState[]> {
  const states: PlaceState[] = [];
  const files: KnownFiles = new Map();
  for (const place of places) states.push(await locate(place, read, files));
  return states;
}

/** Lines of a file that are looked at from its beginning. */
export const MAX_LINES = 20_000;
/** Lines of a file that is too large to be read whole, which are read to each side of the old place. */
const MAX_AROUND = 1_200;
const LARGE_BYTES = 1 << 20;
const TIMEOUT_MS = 5_000;

const STALE: PlaceState = { state: 'stale' };

interface Lines {
  /** Line number of the first. */
  readonly first: number;
  readonly lines: readonly string[];
}

/** Files that were read whole. */
type KnownFiles = Map<string, Lines>;

async function locate(place: PlaceText, read: ReadTool, files: KnownFiles): Promise<PlaceState> {
  const { path, start, lines } = place;
  const end = start + lines.length - 1;
  const same = await readLines(read, path, start, end);
  if (!same) return STALE;
  if (relocate(lines, start, same.lines, same.first)) return { state: 'same' };
  const known = files.get(path) ?? (await readAround(read, place, same.sizeBytes, files));
  const found = relocate(lines, start, known.lines, known.first);
  if (!found) return STALE;
  return found.start === start ? { state: 'same' } : { state: 'moved', span: { path, ...found } };
}

async function readAround(
  read: ReadTool,
  { path, start, lines }: PlaceText,
  sizeBytes: number,
  files: KnownFiles,
): Promise<Lines> {
  if (sizeBytes > LARGE_BYTES) {
    const first = Math.max(1, start - MAX_AROUND);
    return readAll(read, path, first, start + lines.length + MAX_AROUND);
  }
  const whole = await readAll(read, path, 1, MAX_LINES);
  files.set(path, whole);
  return whole;
}

/** Piece by piece, because the tool gives no more than some hundred lines at once. */
async function readAll(read: ReadTool, path: string, first: number, last: number): Promise<Lines> {
  const lines: string[] = [];
  while (first + lines.length <= last) {
    const from = first + lines.length;
    const piece = await readLines(read, path, from, last);
    if (!piece || piece.first !== from || piece.lines.length === 0) break;
    lines.push(...piece.lines);
  }
  return { first, lines };
}

async function readLines(
  read: ReadTool,
  path: string,
  start: number,
  end: number,
): Promise<(Lines & { readonly sizeBytes: number }) | undefined> {
  const context = { signal: new AbortController().signal, timeoutMs: TIMEOUT_MS };
  const result = await read.read({ path, range: { start, end } }, context);
  if (!result.ok) return undefined;
  return { first: result.value.start, lines: result.value.lines, sizeBytes: result.value.sizeBytes };
}
