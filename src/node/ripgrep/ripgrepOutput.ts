/**
 * Reads what ripgrep prints under `--heading --null --line-number --stats`, as it comes:
 *
 *     PATH NUL (NUMBER ":" TEXT LF)* [PATH ": " WARNING LF] LF …  and the statistics at the end.
 *
 * A path ends with NUL and may hold anything else, but begins with no digit (`./` or a letter of a drive); a line of
 * a file always begins with its number; the warning repeats the path, so its length is known; the statistics are what
 * stands after the last file and holds no NUL. So neither names nor contents can pass for anything else. Text that is
 * not UTF-8 gets U+FFFD.
 */

/** A parser that hands files and lines to `sink`; pieces of output may be cut anywhere. */
export function createOutputParser(sink: OutputSink, maxColumns: number): OutputParser {
  let mode: 'path' | 'lines' | 'warning' = 'path';
  let path = '';
  let unread = 0;
  let rest: Buffer[] = [];

  const readPath = (text: string, from: number): number => {
    const stop = text.indexOf('\0', from);
    path += text.slice(from, stop < 0 ? text.length : stop);
    if (stop < 0) return text.length;
    path = path.replace(/^\n+/, '');
    sink.file(path);
    mode = 'lines';
    return stop + 1;
  };

  const readLine = (text: string, from: number): number => {
    const stop = text.indexOf('\n', from);
    if (stop === from) {
      mode = 'path';
      path = '';
      return stop + 1;
    }
    let colon = from;
    let number = 0;
    for (let code; (code = text.charCodeAt(colon)) >= 48 && code <= 57; colon++) number = number * 10 + code - 48;
    if (colon === from || text[colon] !== ':') {
      mode = 'warning';
      unread = path.length;
      return from;
    }
    sink.line(number, text, colon + 1, endOfText(text, colon + 1, stop, maxColumns));
    return stop + 1;
  };

  const skipWarning = (text: string, from: number): number => {
    const skipped = Math.min(unread, text.length - from);
    unread -= skipped;
    const stop = unread > 0 ? -1 : text.indexOf('\n', from + skipped);
    if (stop >= 0) mode = 'lines';
    return stop < 0 ? text.length : stop + 1;
  };

  const readers = { path: readPath, lines: readLine, warning: skipWarning };
  return {
    push(chunk) {
      const cut = chunk.lastIndexOf(0x0a) + 1;
      if (cut === 0) {
        rest.push(chunk);
        return;
      }
      const whole = chunk.subarray(0, cut);
      const text = (rest.length ? Buffer.concat([...rest, whole]) : whole).toString();
      rest = cut < chunk.length ? [chunk.subarray(cut)] : [];
      for (let at = 0; at < text.length;) at = readers[mode](text, at);
    },
    end: () => statsOf((mode === 'path' ? path : '') + Buffer.concat(rest).toString()),
  };
}

export interface OutputParser {
  push(chunk: Buffer): void;
  /** What ripgrep says that it did; undefined if it was stopped before it said so. */
  end(): SearchStats | undefined;
}

export interface OutputSink {
  /** A file with matches; the lines that follow are its lines. */
  file(path: string): void;
  /** `text[start, end)` is the line without its terminator. */
  line(number: number, text: string, start: number, end: number): void;
}

export interface SearchStats {
  readonly filesSearched: number;
  readonly bytesSearched: number;
}

const NAMED_BINARY = /^.*: binary file matches \(found .*? around offset \d+\)\n+/s;
const PREVIEW_END = / \[\.\.\. (?:omitted end of long line|\d+ more match(?:es)?)\]$/;
const LONGEST_PREVIEW_END = 64;
const STATS = /(?:^|\n)(\d+) files searched\n\d+ bytes printed\n(\d+) bytes searched\n[^\n]*\n[^\n]*\n$/;

/**
 * A path without the sentence that ripgrep prints before it, and ends with no NUL, for a binary file that was named on
 * the command line. For paths that do not exist as they stand.
 */
export const withoutBinaryNotice = (path: string): string => path.replace(NAMED_BINARY, '');

/** Leaves out a carriage return, and what ripgrep adds to the preview of a line of more than `maxColumns` bytes. */
function endOfText(text: string, start: number, stop: number, maxColumns: number): number {
  if (text[stop - 1] === ']' && Buffer.byteLength(text.slice(start, stop)) > maxColumns) {
    const tail = text.slice(Math.max(start, stop - LONGEST_PREVIEW_END), stop);
    return stop - (PREVIEW_END.exec(tail)?.[0].length ?? 0);
  }
  return stop > start && text[stop - 1] === '\r' ? stop - 1 : stop;
}

function statsOf(text: string): SearchStats | undefined {
  const stats = STATS.exec(text);
  return stats ? { filesSearched: Number(stats[1]), bytesSearched: Number(stats[2]) } : undefined;
}
