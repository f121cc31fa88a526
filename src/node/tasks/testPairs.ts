/** Pairs of a test's name and its body: what is said to be tested, and the calls that test it. */
import { pairCode } from './pair.ts';
import { testNameIn } from './testNames.ts';

export interface NamedTest {
  readonly text: string;
  /** Without the line that names it. */
  readonly code: string;
}

/** `onlyMarked`: take only what an attribute marks as a test, in files that are no test files. */
export function namedTests(lines: readonly string[], onlyMarked: boolean): NamedTest[] {
  return lines.flatMap((line, row) => {
    const text = onlyMarked && !isMarked(lines, row) ? undefined : testNameIn(line);
    const code = text === undefined ? '' : pairCode(bodyBelow(lines, row));
    return text !== undefined && code.length >= MIN_CODE ? [{ text, code }] : [];
  });
}

const MIN_CODE = 40;
const MAX_BODY_LINES = 80;

/** `#[test]`, `#[tokio::test]`. */
const isMarked = (lines: readonly string[], row: number): boolean =>
  lines.slice(Math.max(0, row - 3), row).some((line) => /^\s*#\[(?:\w+::)*test\b/.test(line.slice(0, 100)));

/** The lines below the head that are indented more than it. */
function bodyBelow(lines: readonly string[], row: number): string[] {
  const indent = indentOf(lines[row]!);
  const body: string[] = [];
  for (const line of lines.slice(row + 1, row + 1 + MAX_BODY_LINES)) {
    if (line.trim() && indentOf(line) <= indent && !/^\s*\{\s*$/.test(line)) break;
    body.push(line);
  }
  return body;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;
