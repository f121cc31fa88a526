/**
 * Files that a question names: `src/net/retry.ts:58`, a frame of a stack trace, `package.json`. What is named is told by
 * the files that there are, so that `Node.js` and `e.g.` name none.
 */

export interface NamedPlace {
  readonly path: string;
  /** 1-based. */
  readonly line?: number;
  /** The question is about this file, and does not only mention it. */
  readonly isTopic: boolean;
}

/** A text that may name a file. */
interface Mention {
  /** `/`-separated. */
  readonly name: string;
  readonly line?: number;
}

/** Whether there is anything in the question that could name a file: only then is it worth to list them. */
export const mayNameFiles = (question: string): boolean => mentionsIn(question).length > 0;

/**
 * The files that are named, in their order, each once, at most `most`. A name of several files names none, unless one of
 * them stands at the top.
 */
export function namedPlaces(
  question: string,
  files: ReadonlySet<string>,
  most: number,
  mayBeRead: (path: string) => boolean = () => true,
): NamedPlace[] {
  const named = new Map<string, NamedPlace>();
  const isTopic = ({ name, line }: Mention): boolean =>
    !ASKS_ELSEWHERE.test(question) &&
    (line !== undefined ||
      name.includes('/') ||
      ASKS_ABOUT.test(question) ||
      question.trim().length <= name.length + 3);
  for (const mention of mentionsIn(question)) {
    if (named.size >= most) break;
    const { name, line } = mention;
    const path = fileOf(name, files);
    if (path !== undefined && mayBeRead(path) && named.get(path)?.line === undefined)
      named.set(path, { path, ...(line !== undefined && { line }), isTopic: isTopic(mention) });
  }
  return [...named.values()];
}

/** "Where is package.json read?" is about a place elsewhere. */
const ASKS_ELSEWHERE =
  /^\s*(?:(?:and|but|also|so|then)\s+)*(?:where|who|whose|which|what (?:uses|calls|reads|imports))\b/iu;
/** A mere name may stand for its kind: "Fix .ignore in the parent folder" is not about the file of that name. */
const ASKS_ABOUT =
  /^\s*(?:(?:and|but|also|so|then|please)\s+)*(?:what|how|why|explain|describe|show|summari[sz]e|tell|open|read|is|does|can)\b/iu;

/** UTF-16 units of a question that is taken whole. Of a longer one, an issue with its logs, less is meant: see below. */
const SHORT = 300;
/** UTF-16 units that are looked at. */
const MAX_LOOK = 10_000;
const MAX_MENTIONS = 32;
const LONGEST_NAME = 200;

/** What may stand around a path: quotes, brackets, commas, what Markdown and stack traces put there. */
const EDGES = /^[\s"'`“”‘’«»()[\]{}<>*,;!?|]+|[\s"'`“”‘’«»()[\]{}<>*,;!?.:|]+$/gu;
/** A line, and a column that does not matter: `:58`, `:58:12`, `#L58`, `(58,12)` without its last bracket. */
const LINE = /(?:[:#]L?|\()(\d{1,7})(?:[-–:,]L?\d{1,7})?$/u;
/** Python's frames and prose have the line behind: `File "src/a.py", line 58`. */
const LINE_BEHIND = /^["'`”’)\],]*\s*(?:,|at|on|in)?\s*lines?\s+(\d{1,7})\b/iu;
/** A path has a folder or an ending; these names have neither. */
const FILE_LIKE =
  /\/|^\.?[^.\s]+\.[^.\s]|^\.[\p{L}\p{N}]|^(?:\p{Lu}\p{Ll}+file|LICEN[CS]E|README|CHANGELOG|CONTRIBUTING|CODEOWNERS)$/u;

/** Of a long text its first line, and the frames of stack traces, which have a folder and a line. */
function mentionsIn(question: string): Mention[] {
  const text = question.trim().slice(0, MAX_LOOK);
  const titleEnd = text.length <= SHORT ? text.length : text.indexOf('\n') + 1 || text.length;
  const mentions: Mention[] = [];
  for (const match of text.matchAll(/\S+/gu)) {
    if (mentions.length >= MAX_MENTIONS) break;
    const mention = mentionOf(match[0], text.slice(match.index + match[0].length, match.index + match[0].length + 40));
    if (!mention) continue;
    const isFrame = mention.line !== undefined && mention.name.includes('/');
    if (match.index < titleEnd || isFrame) mentions.push(mention);
  }
  return mentions;
}

function mentionOf(run: string, behind: string): Mention | undefined {
  if (run.length > LONGEST_NAME || /[a-z][a-z\d+.-]*:\/\/(?!\/)/iu.test(run)) return undefined;
  const bare = run.replaceAll(EDGES, '').replace(/^file:\/\//u, '');
  const line = LINE.exec(bare);
  const name = (line ? bare.slice(0, line.index) : bare).replaceAll('\\', '/').replace(/^(?:\.\/)+/u, '');
  if (!FILE_LIKE.test(name)) return undefined;
  const number = Number(line?.[1] ?? LINE_BEHIND.exec(behind)?.[1] ?? 0);
  return { name, ...(number > 0 && { line: number }) };
}

/** Packages and what runs them have files of the same names. */
const OF_PACKAGES = /^node:|(?:^|\/)(?:node_modules|site-packages|bower_components|vendor)\//u;

/** The file itself; the only one that ends so; of a full path elsewhere the file below a folder that it ends with. */
function fileOf(name: string, files: ReadonlySet<string>): string | undefined {
  if (files.has(name)) return name;
  if (OF_PACKAGES.test(name)) return undefined;
  const ending = `/${name.replace(/^\/+/u, '')}`;
  let only: string | undefined;
  for (const path of files)
    if (path.endsWith(ending)) {
      if (only !== undefined) return undefined;
      only = path;
    }
  if (only !== undefined) return only;
  for (let at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) {
    const rest = name.slice(at + 1);
    if (rest.includes('/') && files.has(rest)) return rest;
  }
  return undefined;
}
