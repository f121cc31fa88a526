/** The definitions of one text: from its syntax tree where a grammar fits, else from its lines. Pure but for the parser. */
import type { Definition } from '#core/agent/tools.ts';
import type { SymbolKind } from '#core/search/symbolKind.ts';
import { cutLine, linesOf } from '#node/textDecoding.ts';
import { docAbove, docstringAt } from './docComment.ts';
import { extensionOf } from './languages.ts';
import { lineOutline } from './lineOutline.ts';
import type { ParsedFile } from './treeParser.ts';
import { rawDefinitions, type RawDefinition } from './treeDefinitions.ts';
import { signatureOf, wordsBefore } from './signature.ts';

/** The definitions in a parsed text, sorted as the port says. */
export function treeOutline(path: string, text: string, { matches, hasError }: ParsedFile): Definition[] {
  const lines = linesOf(text);
  const raw = nested(rawDefinitions(matches).filter((found) => found.name !== '' && !isImport(text, found)));
  const definitions = raw.filter((one) => isDefinition(text, one)).map((one) => definitionOf(path, text, lines, one));
  const all = hasError || path.endsWith('.rs') ? [...definitions, ...survivors(path, lines, definitions)] : definitions;
  return withoutRepeats(all);
}

/** By first line, then longest first, then line and name. */
export const sortDefinitions = (definitions: readonly Definition[]): Definition[] =>
  [...definitions].sort(
    (a, b) =>
      a.span.start - b.span.start ||
      b.span.end - a.span.end ||
      a.line - b.line ||
      (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );

interface Nested {
  readonly found: RawDefinition;
  readonly around: readonly RawDefinition[];
}

/** Names around a definition that are told; text nested deeper is no program. */
const MAX_NESTING = 50;

/** Each definition with those that stand around it, outermost first. */
function nested(found: readonly RawDefinition[]): Nested[] {
  const stack: RawDefinition[] = [];
  return [...found]
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .map((one) => {
      while (stack.length > 0 && stack.at(-1)!.end <= one.start) stack.pop();
      const around = stack.filter((outer) => outer.end >= one.end && outer.end - outer.start > one.end - one.start);
      if (stack.length < MAX_NESTING) stack.push(one);
      return { found: one, around };
    });
}

function definitionOf(path: string, text: string, lines: readonly string[], { found, around }: Nested): Definition {
  const above =
    wordsBefore(text, found.start) !== undefined
      ? docAbove(lines, found.startRow, path)
      : { row: found.startRow, doc: undefined };
  const isPython = PYTHON.has(extensionOf(path));
  const doc = (isPython && found.body !== undefined ? docstringAt(text, found.body) : undefined) ?? above.doc;
  const inside = [...around.flatMap((outer) => [...outer.owners, outer.name]), ...found.owners];
  const last = lines.length;
  return {
    name: shortName(found.name),
    kind: kindOf(found, around.at(-1), isPython),
    span: { path, start: above.row + 1, end: Math.min(found.endRow + 1, last) },
    line: Math.min(found.nameRow + 1, last),
    signature: signatureOf(text, found.start, found.end, found.body),
    ...(doc === undefined ? {} : { doc }),
    inside: inside.map(shortName),
  };
}

const MAX_NAME_UNITS = 200;
const shortName = (name: string): string => cutLine(name, MAX_NAME_UNITS);
const PYTHON = new Set(['py', 'pyi', 'pyw', 'bzl']);
const CLASS_LIKE = new Set<string>(['class', 'struct', 'trait', 'interface', 'enum', 'scope']);
const CONSTRUCTOR_NAMES = new Set(['constructor', '__init__', 'initialize', '__construct']);

function kindOf(found: RawDefinition, outer: RawDefinition | undefined, isPython: boolean): SymbolKind {
  const kind = found.kind === 'entry' ? 'method' : (found.kind as SymbolKind);
  if (kind === 'variable' && /^[^=]*\bconst\b/.test(found.head)) return 'constant';
  if (kind === 'constant' && isPython && /\p{Ll}/u.test(found.name)) return 'variable';
  if (kind !== 'function' && kind !== 'method') return kind;
  const isMember = found.owners.length > 0 || (outer !== undefined && CLASS_LIKE.has(outer.kind));
  if (isMember && CONSTRUCTOR_NAMES.has(found.name)) return 'constructor';
  if (isMember && kind === 'function' && (found.owners.at(-1) ?? outer?.name) === found.name) return 'constructor';
  return isMember ? 'method' : kind;
}

/** `const x = require('y')` binds what another file defines. */
const isImport = (text: string, found: RawDefinition): boolean =>
  (found.kind === 'constant' || found.kind === 'variable') &&
  /^(?:const|let|var)\b[^=]*=\s*require\s*\(/.test(text.slice(found.start, Math.min(found.end, found.start + 200)));

const CALLABLE = new Set<string>(['function', 'method', 'constructor']);

/** No scopes, no locals, and no statements that a lost parser took for functions. */
function isDefinition(text: string, { found, around }: Nested): boolean {
  if (found.kind === 'scope' || (found.kind === 'entry' && wordsBefore(text, found.start) === undefined)) return false;
  if (CALLABLE.has(found.kind) && (STATEMENTS.has(found.name) || isMacroCall(text, found))) return false;
  const isVariable = found.kind === 'variable' || found.kind === 'constant';
  return !isVariable || !CALLABLE.has(around.at(-1)?.kind ?? '');
}

/** `TEST(Queue, pushes) {`: a macro before a block, taken for a function without a type. */
const isMacroCall = (text: string, { kind, name, start }: RawDefinition): boolean =>
  kind === 'function' && /^[A-Z][A-Z0-9_]*$/.test(name) && text.startsWith(`${name}(`, start);

const STATEMENTS = new Set(['if', 'for', 'while', 'switch', 'return', 'sizeof']);
const ONE_LINERS = new Set<SymbolKind>(['constant', 'variable', 'field', 'other']);

/** Of a variable that is set again and again in one place only the first time counts, and nothing counts twice. */
function withoutRepeats(definitions: readonly Definition[]): Definition[] {
  const seen = new Set<string>();
  return sortDefinitions(definitions).filter((one) => {
    const place = ONE_LINERS.has(one.kind) ? one.inside.join(' ') : `${one.span.start}-${one.span.end} ${one.kind}`;
    const key = `${one.name} ${place}`;
    return !seen.has(key) && seen.add(key);
  });
}

/**
 * What its line plainly says where the grammar saw nothing: in the first column where it lost its way (macros of C),
 * and inside of the macro calls of Rust, whose arguments have no grammar.
 */
function survivors(path: string, lines: readonly string[], known: readonly Definition[]): Definition[] {
  const taken = new Set(known.map((one) => one.line));
  const inCalls = path.endsWith('.rs') && lines.some((line) => /^[ \t]*\w{1,100}! ?[{(]/.test(line));
  return lineOutline(path, lines).filter(
    (one) => !taken.has(one.line) && !ONE_LINERS.has(one.kind) && (inCalls || /^\S/.test(lines[one.line - 1]!)),
  );
}
