/** Pairs of a doc comment and the definition that it stands at, with the comment cut out. */
import type { Definition } from '#core/agent/tools.ts';
import { codeFamilyOf } from '#core/search/codeFamily.ts';
import { docstringAt } from '#node/symbols/docComment.ts';
import { lineOutline } from '#node/symbols/lineOutline.ts';
import { linesOf } from '#node/textDecoding.ts';
import { docQuestion } from './docQuestion.ts';
import { pairCode } from './pair.ts';
import { isSearchable } from './questionFault.ts';

export interface DescribedDefinition {
  readonly name: string;
  /** What its doc comment says first; undefined if it has none that says something. */
  readonly text: string | undefined;
  /** Without its doc comment. */
  readonly code: string;
}

/** Functions, methods and types of a file in their order. */
export function describedDefinitions(path: string, contents: string): DescribedDefinition[] {
  const lines = linesOf(contents);
  return lineOutline(path, lines)
    .filter((definition) => WORTH_TELLING.has(definition.kind))
    .map((definition) => describe(path, lines, definition))
    .filter(({ code }) => code.length >= MIN_CODE);
}

const MIN_CODE = 40;
const WORTH_TELLING = new Set<Definition['kind']>([
  'function',
  'method',
  'constructor',
  'class',
  'struct',
  'trait',
  'interface',
  'enum',
]);

function describe(path: string, lines: readonly string[], definition: Definition): DescribedDefinition {
  const own = lines.slice(definition.line - 1, definition.span.end);
  const docstring = codeFamilyOf(path) === 'python' ? cutDocstring(own) : undefined;
  const question = docQuestion(docstring?.doc ?? definition.doc ?? '', definition.name);
  return {
    name: definition.name,
    text: question !== undefined && isSearchable(question) ? question : undefined,
    code: pairCode(docstring?.rest ?? own),
  };
}

const MAX_HEAD_LINES = 20;

/** The string that a Python definition begins with, and the definition without it. */
export function cutDocstring(lines: readonly string[]): { readonly doc: string; readonly rest: string[] } | undefined {
  const headEnd = lines.slice(0, MAX_HEAD_LINES).findIndex((line) => /:\s*(?:#.*)?$/.test(line));
  const start = headEnd < 0 ? -1 : lines.findIndex((line, i) => i > headEnd && line.trim());
  const opening = start < 0 ? undefined : /^\s*[rRuU]?("""|''')/.exec(lines[start]!);
  if (!opening) return undefined;
  const after = lines[start]!.slice(opening[0].length);
  const isOneLine = after.includes(opening[1]!);
  const end = isOneLine ? start : lines.findIndex((line, i) => i > start && line.includes(opening[1]!));
  if (end < 0) return undefined;
  const doc = docstringAt(
    lines
      .slice(start, end + 1)
      .join('\n')
      .trimStart(),
    0,
  );
  return doc === undefined ? undefined : { doc, rest: [...lines.slice(0, start), ...lines.slice(end + 1)] };
}
