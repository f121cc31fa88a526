/**
 * Bytes of a file to text and lines, the same way for every tool, so that line numbers agree everywhere.
 *
 * A line ends with `\n` or `\r\n`; a lone `\r` is an ordinary character, as in ripgrep. Text after the last terminator
 * is a line, nothing after it is none: an empty file has no line. A byte order mark is not part of the text.
 */
import type { ReadResult } from '#core/agent/tools.ts';

/** The text of a whole file. Never throws; bytes that are not text become U+FFFD, and `lossy` says so. */
export function decodeText(bytes: Uint8Array): DecodedText {
  const format = formatOf(bytes);
  return { encoding: format.encoding, ...decodeBytes(bytes.subarray(format.bomBytes), format) };
}

export type Encoding = ReadResult['encoding'];

export interface DecodedText {
  readonly text: string;
  readonly encoding: Encoding;
  readonly lossy: boolean;
}

export interface TextFormat {
  readonly encoding: Encoding;
  /** Length of the byte order mark. */
  readonly bomBytes: number;
  /** Bytes of a `\n`. */
  readonly unitBytes: 1 | 2;
}

/** Bytes at the beginning of a file in which a NUL makes it binary. */
export const BINARY_PROBE_BYTES = 65_536;

/** The encoding by the byte order mark; UTF-8 without one. The first 3 bytes of the file are enough. */
export function formatOf(head: Uint8Array): TextFormat {
  const [a, b, c] = head;
  if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', bomBytes: 2, unitBytes: 2 };
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', bomBytes: 2, unitBytes: 2 };
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8-bom', bomBytes: 3, unitBytes: 1 };
  return { encoding: 'utf-8', bomBytes: 0, unitBytes: 1 };
}

/** Whether a file that begins with these bytes is no text: a NUL byte without the mark of UTF-16, or UTF-32. */
export function isBinary(head: Uint8Array): boolean {
  const probe = head.subarray(0, BINARY_PROBE_BYTES);
  if (formatOf(probe).unitBytes === 1) return probe.includes(0);
  return probe.length >= 4 && probe[0] === 0xff && probe[2] === 0 && probe[3] === 0;
}

/** Decodes bytes without a byte order mark. `isCut`: they may end in the middle of a character, which is dropped. */
export function decodeBytes(bytes: Uint8Array, format: TextFormat, isCut = false): { text: string; lossy: boolean } {
  const ordered = format.encoding === 'utf-16be' ? swapPairs(bytes) : bytes;
  const label = format.unitBytes === 2 ? 'utf-16le' : 'utf-8';
  const decode = (fatal: boolean): string =>
    new TextDecoder(label, { fatal, ignoreBOM: true }).decode(ordered, { stream: isCut });
  try {
    return { text: decode(true), lossy: false };
  } catch {
    return { text: decode(false), lossy: true };
  }
}

/** The lines of a text, without terminators. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  const rest = lines.pop()!;
  for (let i = 0; i < lines.length; i++) lines[i] = withoutReturn(lines[i]!);
  if (rest !== '') lines.push(rest);
  return lines;
}

/** A line whose `\n` has been taken off, without the `\r` before it. */
export const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line);

/** The beginning of a line, at most `maxUnits` UTF-16 units; a surrogate pair is not torn apart. */
export function cutLine(line: string, maxUnits: number): string {
  if (line.length <= maxUnits) return line;
  const last = line.charCodeAt(maxUnits - 1);
  return line.slice(0, last >= 0xd800 && last <= 0xdbff ? maxUnits - 1 : maxUnits);
}

function swapPairs(bytes: Uint8Array): Uint8Array {
  const swapped = new Uint8Array(bytes);
  for (let i = 0; i + 1 < swapped.length; i += 2) {
    swapped[i] = bytes[i + 1]!;
    swapped[i + 1] = bytes[i]!;
  }
  return swapped;
}
