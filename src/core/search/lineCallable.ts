/**
 * Functions, methods and fields of the languages in which no keyword announces them: `static int foo(struct bar *b)`,
 * `public List<String> names() {`, `private static final int MAX = 3;`, `render() {`.
 */
import type { CodeFamily } from './codeFamily.ts';
import {
  closeOf,
  isName,
  isSpaceCode,
  isWordCode,
  skipSpace,
  skipSpaceBack,
  wordEnd,
  wordStart,
} from './lineCharacters.ts';
import { CALL_WORDS, STATEMENT_WORDS } from './lineKeywords.ts';
import type { SymbolKind } from './symbolKind.ts';

interface Found {
  readonly name: string;
  readonly kind: SymbolKind;
}

const TYPED: ReadonlySet<CodeFamily> = new Set(['java', 'csharp', 'c', 'cpp', 'dart']);
const MEMBER_MODIFIERS = new Set(
  'public private protected internal static async get set readonly abstract override declare accessor export'.split(
    ' ',
  ),
);
const FIELD_MODIFIERS = new Set('public private protected internal static const readonly'.split(' '));

/** The function or method whose head is this line, or undefined. */
export function callableOf(text: string, family: CodeFamily): Found | undefined {
  const isScript = family === 'js' || family === 'ts';
  if (!isScript && !TYPED.has(family)) return undefined;
  const open = text.indexOf('(');
  if (open <= 0) return undefined;
  const end = nameEnd(text, open);
  const start = wordStart(text, end);
  const name = text.slice(start, end);
  if (!isName(name) || CALL_WORDS.has(name)) return undefined;
  const close = closeOf(text, open);
  const tail = close < 0 ? undefined : text.slice(skipSpace(text, close), skipSpaceBack(text, text.length));
  if (tail !== undefined && C_ATTRIBUTES.has(name)) return callableOf(text.slice(0, start) + tail, family);
  if (tail !== undefined && isMacroCall(tail, family)) return callableOf(`${text.slice(0, start)}T ${tail}`, family);
  return isScript ? scriptMethod(text, start, name, tail, family) : typedCallable(text, start, name, tail, family);
}

/** Words of C and C++ with arguments that may stand between the words of a head. */
export const C_ATTRIBUTES: ReadonlySet<string> = new Set(['__attribute__', '__declspec', 'alignas', '_Alignas']);
const TAIL_WORDS = new Set(
  'noexcept throw throws requires where const volatile override final default async sync alignas __attribute__'.split(
    ' ',
  ),
);

/** Whether another head follows: `PUBLIC(int) start(…)`, `int __attribute__((cold)) start(…)`. */
function isMacroCall(tail: string, family: CodeFamily): boolean {
  if (family !== 'c' && family !== 'cpp') return false;
  let at = 0;
  while (tail[at] === '*' || tail[at] === ' ') at++;
  const end = wordEnd(tail, at);
  return end > at && tail[skipSpace(tail, end)] === '(' && !TAIL_WORDS.has(tail.slice(at, end));
}

/** End of the name before a parenthesis, with or without type parameters between them. */
function nameEnd(text: string, open: number): number {
  const end = skipSpaceBack(text, open);
  if (text[end - 1] !== '>') return end;
  const angle = text.indexOf('<');
  return angle > 0 && closeOf(text, angle) === end ? skipSpaceBack(text, angle) : end;
}

function scriptMethod(text: string, start: number, name: string, tail: string | undefined, family: CodeFamily) {
  let at = skipSpace(text, 0);
  if (at === 0) return undefined;
  let modified = false;
  while (at < start) {
    if (text[at] === '*' || text[at] === '#') at = skipSpace(text, at + 1);
    else {
      const end = wordEnd(text, at);
      if (end === at || !MEMBER_MODIFIERS.has(text.slice(at, end))) return undefined;
      modified = true;
      at = skipSpace(text, end);
    }
  }
  const opens = tail?.startsWith('{') || (family === 'ts' && tail?.startsWith(':') && !tail.endsWith(','));
  const isHead = opens || (modified && (tail === undefined || (family === 'ts' && tail === ';')));
  if (!isHead) return undefined;
  return { name, kind: name === 'constructor' ? ('constructor' as const) : ('method' as const) };
}

function typedCallable(
  text: string,
  start: number,
  name: string,
  tail: string | undefined,
  family: CodeFamily,
): Found | undefined {
  const indent = skipSpace(text, 0);
  if (indent > 0 && family === 'c') return undefined;
  const destructor = text[start - 1] === '~' ? 1 : 0;
  const qualifier = qualifierOf(text, start - destructor);
  const prefixEnd = skipSpaceBack(text, qualifier.start);
  if (!isTypePrefix(text, indent, prefixEnd)) return undefined;
  const hasType = prefixEnd > indent;
  if (hasType && start - destructor === prefixEnd && isWordCode(text.charCodeAt(prefixEnd - 1))) return undefined;
  if (!isHeadTail(tail, indent, hasType, family, name)) return undefined;
  if (destructor) return { name: `~${name}`, kind: 'method' };
  return { name, kind: kindOf(text, name, qualifier.name, hasType, indent, family) };
}

/** The `Foo::` before an out-of-class name; `start` is where it begins. */
function qualifierOf(text: string, start: number): { start: number; name: string } {
  let at = start;
  let name = '';
  while (text[at - 1] === ':' && text[at - 2] === ':') {
    let end = at - 2;
    if (text[end - 1] === '>') end = Math.max(text.lastIndexOf('<', end), 0);
    at = wordStart(text, end);
    if (!name) name = text.slice(at, end);
    if (at === end) break;
  }
  return { start: at, name };
}

function isTypePrefix(text: string, start: number, end: number): boolean {
  if (start >= end) return true;
  const first = text.slice(start, wordEnd(text, start));
  if (STATEMENT_WORDS.has(first) && first !== 'const' && first !== 'new' && first !== 'default') return false;
  if (!first && text[start] !== '<' && text[start] !== '@' && text[start] !== '[') return false;
  if (!isTypeText(text, start, end)) return false;
  const last = text[end - 1]!;
  if (!isWordCode(last.charCodeAt(0))) return '*&>]?'.includes(last);
  return !STATEMENT_WORDS.has(text.slice(wordStart(text, end), end)) || first === 'const';
}

/** Words and the signs of types; a comma only between type arguments. */
function isTypeText(text: string, start: number, end: number): boolean {
  let depth = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (isWordCode(code) || isSpaceCode(code)) continue;
    const sign = text[at]!;
    if (!'*&<>,:[]?.@'.includes(sign) || (sign === ',' && depth <= 0)) return false;
    if ((sign === '.' && text[at + 1] === '<') || (sign === '?' && text[at - 1] === ' ')) return false;
    if (sign === '<') depth++;
    else if (sign === '>') depth--;
  }
  return true;
}

function isHeadTail(tail: string | undefined, indent: number, hasType: boolean, family: CodeFamily, name: string) {
  if (tail === undefined) return hasType || (indent === 0 && name !== name.toUpperCase());
  const isConstructor = indent > 0 && isCapitalised(name);
  if (!hasType && !isConstructor && (indent > 0 || name === name.toUpperCase())) return false;
  if (tail === '') return hasType || indent === 0 || family === 'csharp';
  if (tail[0] === '{') return true;
  if (tail[0] === ';') return hasType && family !== 'c' && family !== 'cpp' && indent > 0;
  if (tail[0] === ':') return tail[1] !== ':';
  if (tail.startsWith('=>')) return hasType && (family === 'csharp' || family === 'dart');
  if (tail.startsWith('->')) return hasType && family === 'cpp';
  if (tail[0] === '=') return false;
  const word = tail.slice(0, wordEnd(tail, 0));
  if (!hasType || (!TAIL_WORDS.has(word) && (word === '' || word !== word.toUpperCase()))) return false;
  return !tail.endsWith(';') || (hasType && family !== 'c' && family !== 'cpp' && indent > 0);
}

const isCapitalised = (name: string): boolean => name[0] !== name[0]!.toLowerCase() && name !== name.toUpperCase();

function kindOf(
  text: string,
  name: string,
  owner: string,
  hasType: boolean,
  indent: number,
  family: CodeFamily,
): SymbolKind {
  if (family === 'c') return 'function';
  if (owner) return owner === name ? 'constructor' : 'method';
  if (indent === 0) return 'function';
  const before = text.slice(indent, wordEnd(text, indent));
  if (!hasType || (MEMBER_MODIFIERS.has(before) && isOneWord(text, indent, name))) return 'constructor';
  return 'method';
}

/** Whether the name follows directly on one modifier: `public Queue(`. */
const isOneWord = (text: string, indent: number, name: string): boolean =>
  isCapitalised(name) && text.startsWith(name, skipSpace(text, wordEnd(text, indent)));

/** The member or global with a value whose declaration is this line, or undefined. */
export function fieldOf(text: string, family: CodeFamily): Found | undefined {
  const indent = skipSpace(text, 0);
  if (family === 'c' || family === 'cpp') return indent === 0 ? globalOf(text) : undefined;
  if (family !== 'java' && family !== 'csharp' && family !== 'ts') return undefined;
  const first = text.slice(indent, wordEnd(text, indent));
  if (indent === 0 || !FIELD_MODIFIERS.has(first) || (family === 'ts' && first === 'const')) return undefined;
  const end = fieldNameEnd(text, indent, family);
  const name = text.slice(wordStart(text, end), end);
  if (!isName(name) || FIELD_MODIFIERS.has(name) || STATEMENT_WORDS.has(name)) return undefined;
  const isConstant = / final | const /.test(text.slice(0, end)) || first === 'const';
  return { name, kind: isConstant ? 'constant' : 'field' };
}

/** The name ends before the first of `=`, `;`, `{` or, in TypeScript, a colon. */
function fieldNameEnd(text: string, from: number, family: CodeFamily): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 40) return 0;
    if (code === 61 || code === 59 || code === 123) return skipSpaceBack(text, at);
    if (family === 'ts' && (code === 58 || code === 63 || code === 33)) return skipSpaceBack(text, at);
  }
  return 0;
}

/** `struct command table[] = {`: a C variable with a value. */
function globalOf(text: string): Found | undefined {
  const equals = text.indexOf('=');
  if (equals <= 0 || text[equals + 1] === '=') return undefined;
  let end = skipSpaceBack(text, equals);
  const bracket = text.indexOf('[');
  if (bracket > 0 && bracket < end) end = skipSpaceBack(text, bracket);
  const start = wordStart(text, end);
  if (start === end || start === 0 || !isTypePrefix(text, 0, skipSpaceBack(text, start))) return undefined;
  return { name: text.slice(start, end), kind: /\bconst\b/.test(text.slice(0, start)) ? 'constant' : 'variable' };
}
