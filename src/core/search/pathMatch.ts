/**
 * Paths that a few typed characters stand for: every character must occur in the path in its order, case ignored.
 * Left out on purpose: forgiving typing errors. All work is linear in the paths.
 */

/** A path prepared for matching. */
export interface KnownPath {
  /** Folders end with `/`. */
  readonly path: string;
  readonly lower: string;
  /** Index at which the last name begins. */
  readonly nameAt: number;
  /** Number of folders above it. */
  readonly depth: number;
  /** First letters of the path's words, `snuqt` for `src/net/uploadQueue.ts`, and of the name's. */
  readonly heads: string;
  readonly nameHeads: string;
}

/** The files and all folders above them, prepared for matching, each once. */
export function knownPaths(files: readonly string[]): KnownPath[] {
  const folders = new Set<string>();
  for (const file of files)
    for (let at = file.lastIndexOf('/'); at > 0; at = file.lastIndexOf('/', at - 1)) {
      const folder = file.slice(0, at + 1);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  return [...folders, ...files].map(knownPath);
}

/**
 * At most `limit` paths, best first: the name itself, what the name begins with, words in the name that begin with what
 * was typed, first letters of the name's words, the name's middle, the same for the whole path, then scattered
 * characters; among equals the least scattered, the shorter path, the order of the alphabet. Nothing typed gives what
 * stands at the top, folders first.
 */
export function rankPaths(typed: string, paths: readonly KnownPath[], limit: number): string[] {
  const sought = typed
    .trim()
    .toLowerCase()
    .slice(0, MAX_TYPED)
    .replaceAll('\\', '/')
    .replace(/^\.?\//, '');
  const scored: Scored[] = [];
  for (const known of paths) {
    const score = sought ? scoreOf(sought, known) : known.depth * 2 + (isFolder(known) ? 0 : 1);
    if (score !== undefined) scored.push({ path: known.path, score, length: sought ? known.path.length : 0 });
  }
  scored.sort((a, b) => a.score - b.score || a.length - b.length || (a.path < b.path ? -1 : 1));
  return scored.slice(0, Math.max(0, limit)).map(({ path }) => path);
}

const MAX_TYPED = 200;
/** Of the kinds of matches; within a kind a match counts its gaps. */
const STEP = 1_000;

interface Scored {
  readonly path: string;
  readonly score: number;
  readonly length: number;
}

function knownPath(path: string): KnownPath {
  const nameAt = path.lastIndexOf('/', path.length - 2) + 1;
  const depth = path.slice(0, nameAt).split('/').length - 1;
  const heads = headsOf(path, 0);
  return { path, lower: lowerOf(path), nameAt, depth, heads, nameHeads: headsOf(path, nameAt) };
}

/** Some characters are longer in lower case; such a path is matched as it is written, so that indices stay true. */
function lowerOf(path: string): string {
  const lower = path.toLowerCase();
  return lower.length === path.length ? lower : path;
}

const isFolder = ({ path }: KnownPath): boolean => path.endsWith('/');

/** Lower is better; undefined for no match. */
function scoreOf(sought: string, known: KnownPath): number | undefined {
  const { path, lower, nameAt, heads, nameHeads } = known;
  const name = lower.slice(nameAt);
  if (name === sought || name === `${sought}/` || lower === sought || lower === `${sought}/`) return 0;
  if (name.startsWith(sought) || lower.startsWith(sought)) return STEP;
  const inName = nearestWordStart(path, name, sought, nameAt);
  if (inName !== undefined) return (inName ? 2 : 4) * STEP;
  if (sought.length > 1 && nameHeads.startsWith(sought)) return 3 * STEP;
  const inPath = nearestWordStart(path, lower, sought, 0);
  if (inPath !== undefined) return (inPath ? 5 : 6) * STEP;
  if (sought.length > 1 && heads.includes(sought)) return 7 * STEP;
  const gaps = gapsIn(name, sought);
  if (gaps !== undefined) return 8 * STEP + Math.min(gaps, STEP - 1);
  const wide = gapsIn(lower, sought);
  return wide === undefined ? undefined : 9 * STEP + Math.min(wide, STEP - 1);
}

/** Whether one of the places where `part` holds `sought` begins a word; undefined if there is none. */
function nearestWordStart(path: string, part: string, sought: string, offset: number): boolean | undefined {
  let at = part.indexOf(sought);
  if (at < 0) return undefined;
  for (; at >= 0; at = part.indexOf(sought, at + 1)) if (beginsWord(path, offset + at)) return true;
  return false;
}

/** After what is no letter or digit, at a capital after a small letter, and at a digit after a letter. */
function beginsWord(path: string, at: number): boolean {
  if (at === 0) return true;
  const before = path[at - 1]!;
  if (!/[\p{L}\p{N}]/u.test(before)) return true;
  const here = path[at]!;
  return (/\p{Lu}/u.test(here) && /\p{Ll}/u.test(before)) || (/\p{N}/u.test(here) && /\p{L}/u.test(before));
}

/** First letters of the words from `start` on. */
function headsOf(path: string, start: number): string {
  let heads = '';
  let previous = 0;
  for (let at = start; at < path.length; at++) {
    const code = path.charCodeAt(at);
    if (isPlain(code) && (!isPlain(previous) || (isCapital(code) && !isCapital(previous)))) heads += path[at]!;
    previous = code;
  }
  return heads.toLowerCase();
}

const isCapital = (code: number): boolean => code >= 65 && code <= 90;
const isPlain = (code: number): boolean =>
  isCapital(code) || (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code > 127;

/** Characters between those of `sought` in `text`; undefined if they are not all there in order. */
function gapsIn(text: string, sought: string): number | undefined {
  let at = -1;
  let first = 0;
  for (let i = 0; i < sought.length; i++) {
    at = text.indexOf(sought[i]!, at + 1);
    if (at < 0) return undefined;
    if (i === 0) first = at;
  }
  return at - first + 1 - sought.length;
}
