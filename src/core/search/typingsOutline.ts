/**
 * TypeScript declaration files: a section for each declaration with its doc comment, also inside of namespaces and
 * ambient modules. Overloads that follow each other are one section; imports and re-exports are none.
 *
 * A scanner of brackets, strings and comments, not a parser: `.d.ts` files have no expressions to get wrong.
 */
import type { DocHeading, DocToAssemble } from './docAssembly.ts';

const DECLARATION =
  /^(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(function\*?|class|interface|type|enum|const\s+enum|const|let|var|namespace|module|global)\b\s*(?:([\p{L}\p{N}_$.]+)|["']([^"']{1,200})["'])?/u;
const MAX_HEAD = 400;

interface Line {
  /** Open brackets at the start of the line. */
  readonly depth: number;
  readonly inComment: boolean;
  readonly startsComment: boolean;
}

interface Start {
  readonly line: number;
  readonly level: number;
  readonly title: string;
  readonly skip: boolean;
  readonly isContainer: boolean;
}

export function typingsDocument(lines: readonly string[]): DocToAssemble {
  const scanned = scanLines(lines);
  const isCode = new Uint8Array(lines.length);
  const kept = lines.map((line, i) => {
    const isComment = scanned[i]!.inComment || scanned[i]!.startsComment;
    if (!isComment) isCode[i] = 1;
    return isComment ? withoutCommentMarks(line) : line;
  });
  return { lines: kept, original: lines, outline: { headings: headingsOf(lines, scanned), isCode } };
}

function headingsOf(lines: readonly string[], scanned: readonly Line[]): DocHeading[] {
  const headings: DocHeading[] = [];
  const open: number[] = [];
  let commentFrom = -1;
  for (let i = 0; i < lines.length; i++) {
    const { depth, inComment, startsComment } = scanned[i]!;
    const trimmed = inComment || startsComment ? '' : lines[i]!.slice(0, MAX_HEAD).trim();
    if (startsComment && (commentFrom < 0 || !isComment(scanned[i - 1]))) commentFrom = i;
    if (trimmed) {
      while (open.length && depth <= open.at(-1)!) open.pop();
      const start = depth === open.length ? startAt(trimmed, i, depth) : undefined;
      // A comment before the first import is about the file, not about the import.
      const isHeader = start?.skip && headings.length === 0;
      if (start) addStart(headings, commentFrom < 0 || isHeader ? start : { ...start, line: commentFrom });
      if (start?.isContainer) open.push(depth);
      commentFrom = -1;
    }
  }
  return headings;
}

const isComment = (line: Line | undefined): boolean => line !== undefined && (line.inComment || line.startsComment);

function startAt(head: string, line: number, depth: number): Start | undefined {
  if (/^(?:import\b|export\s*(?:\*|\{|type\s*\{|=|default\s+[\w$]+;?$)|\/\/\/)/.test(head))
    return { line, level: depth + 1, title: '', skip: true, isContainer: false };
  const match = DECLARATION.exec(head);
  const title = match?.[2] ?? match?.[3] ?? (match?.[1] === 'global' ? 'global' : undefined);
  const isContainer =
    /^(?:namespace|module|global)$/.test(match?.[1] ?? '') && head.includes('{') && !head.includes('}');
  return title ? { line, level: depth + 1, title, skip: false, isContainer } : undefined;
}

/** Joins overloads and runs of imports with the start before them. */
function addStart(headings: DocHeading[], start: Start): void {
  const last = headings.at(-1);
  if (last && last.level === start.level && last.title === start.title && (last.skip ?? false) === start.skip) return;
  headings.push({ line: start.line, lines: 0, level: start.level, title: start.title, skip: start.skip });
}

function scanLines(lines: readonly string[]): Line[] {
  const scanned: Line[] = [];
  let depth = 0;
  let quote = '';
  for (const line of lines) {
    const before = quote;
    const trimmed = line.trimStart();
    const startsComment =
      before === '' && (trimmed.startsWith('/*') || (trimmed.startsWith('//') && !trimmed.startsWith('///')));
    scanned.push({ depth, inComment: before === '*', startsComment });
    [depth, quote] = scanLine(line, depth, before);
  }
  return scanned;
}

/** The depth and the open quote (`*` for a block comment, a backtick for a template) after the line. */
function scanLine(line: string, depthBefore: number, quoteBefore: string): [number, string] {
  let depth = depthBefore;
  let quote = quoteBefore;
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!;
    if (quote === '*') {
      if (character === '*' && line[i + 1] === '/') [quote, i] = ['', i + 1];
    } else if (quote) {
      if (character === '\\') i++;
      else if (character === quote) quote = '';
    } else if (character === '/' && line[i + 1] === '*') [quote, i] = ['*', i + 1];
    else if (character === '/' && line[i + 1] === '/') break;
    else if (character === '"' || character === "'" || character === '`') quote = character;
    else if (character === '{' || character === '(' || character === '[') depth++;
    else if (character === '}' || character === ')' || character === ']') depth = Math.max(0, depth - 1);
  }
  return [depth, quote === '"' || quote === "'" ? '' : quote];
}

/** Doc comment lines, ` * text` and `// text` without their marks. */
const withoutCommentMarks = (line: string): string =>
  line.replace(/^\s*(?:\/\*\*?|\*(?!\/)|\/\/)? ?/, '').replace(/\*\/\s*$/, '');
