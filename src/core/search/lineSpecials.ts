/** Definitions that a language writes as an assignment or in a form of its own, for each family. */
import type { CodeFamily } from './codeFamily.ts';
import { closeOf, isName, skipSpace, skipSpaceBack, wordEnd, wordStart } from './lineCharacters.ts';
import { STATEMENT_WORDS } from './lineKeywords.ts';
import type { SymbolKind } from './symbolKind.ts';

interface Found {
  readonly name: string;
  readonly kind: SymbolKind;
}
type Rule = (text: string) => Found | undefined;

const EXPORT_WORDS = new Set(['export', 'declare']);
const BINDING_WORDS = new Set(['const', 'let', 'var']);
/** `const f = …`, `a.b.c = function`, `key: () => …`. */
function scriptAssignment(text: string): Found | undefined {
  const indent = skipSpace(text, 0);
  let at = indent;
  let end = wordEnd(text, at);
  let binding = false;
  while (EXPORT_WORDS.has(text.slice(at, end)) || BINDING_WORDS.has(text.slice(at, end))) {
    binding ||= BINDING_WORDS.has(text.slice(at, end));
    at = skipSpace(text, end);
    end = wordEnd(text, at);
  }
  return binding ? scriptBinding(text, at, end, indent) : scriptMember(text, at);
}

function scriptBinding(text: string, start: number, end: number, indent: number): Found | undefined {
  const name = text.slice(start, end);
  const next = text[skipSpace(text, end)];
  if (!isName(name) || (next !== '=' && next !== ':' && next !== undefined && next !== ';')) return undefined;
  const value = valueAfter(text, end);
  const kind = functionKind(value);
  if (kind) return { name, kind };
  if (indent > 0 || value.startsWith('require(')) return undefined;
  return { name, kind: text.lastIndexOf('const', start) >= 0 ? 'constant' : 'variable' };
}

function scriptMember(text: string, start: number): Found | undefined {
  let at = start;
  let end = wordEnd(text, at);
  const first = text.slice(at, end);
  if (end === at || STATEMENT_WORDS.has(first) !== (first === 'this' && text[end] === '.')) return undefined;
  while (text[end] === '.') {
    at = end + 1;
    end = wordEnd(text, at);
  }
  const name = text.slice(at, end);
  const sign = text[skipSpace(text, end)];
  if (!isName(name) || (sign !== '=' && sign !== ':') || text[skipSpace(text, end) + 1] === '=') return undefined;
  const value = valueAfter(text, end);
  const kind = functionKind(value);
  const owner = text.slice(start, Math.max(at - 1, start));
  if (owner === 'module' && name === 'exports') return namedFunction(text, end);
  if (kind && sign === ':' && isParameter(text)) return undefined;
  if (kind && (owner || start > 0)) return { name, kind: kind === 'class' || isExports(owner) ? kind : 'method' };
  if (sign !== '=' || !owner) return undefined;
  if (owner.endsWith('.prototype') || (value === '' && start === 0)) return { name, kind: 'method' };
  return isExports(owner) && start === 0 ? { name, kind: 'constant' } : undefined;
}

/** `done: (error: Error) => void,`: a type, where a value would open a block or end without a sign. */
const isParameter = (text: string): boolean =>
  text.includes('=>') && !/[{(]\s*$/.test(text) && !text.includes(') => {');

/** `module.exports = function retry(` defines retry. */
function namedFunction(text: string, end: number): Found | undefined {
  const at = text.indexOf('function ', end);
  const start = at < 0 ? text.length : skipSpace(text, at + 9);
  const name = text.slice(start, wordEnd(text, start));
  return isName(name) ? { name, kind: 'function' } : undefined;
}

const isExports = (owner: string): boolean => owner === 'exports' || owner === 'module.exports';

/** What stands behind the `=` or `:` of a name, types left out. */
function valueAfter(text: string, end: number): string {
  const at = skipSpace(text, end);
  if (text[at] !== '=' && text[at] !== ':') return '';
  const value = text.slice(skipSpace(text, at + 1));
  if (text[at] === '=' || functionKind(value)) return value;
  const equals = value.search(/[^=!<>]=[^=>]/);
  return equals < 0 ? '' : value.slice(equals + 2).trimStart();
}

function functionKind(value: string): 'function' | 'class' | undefined {
  let end = wordEnd(value, 0);
  let word = value.slice(0, end);
  if (word === 'class') return 'class';
  let at = 0;
  if (word === 'async') {
    at = skipSpace(value, end);
    end = wordEnd(value, at);
    word = value.slice(at, end);
  }
  if (word === 'function') return 'function';
  if (word) return value.startsWith('=>', skipSpace(value, end)) ? 'function' : undefined;
  if (value[at] === '<') at = skipSpace(value, Math.max(closeOf(value, at), at));
  if (value[at] !== '(') return undefined;
  const close = closeOf(value, at);
  if (close < 0) return word !== value.slice(0, at).trim() ? 'function' : undefined;
  const next = skipSpace(value, close);
  return value[next] === ':' || value.startsWith('=>', next) ? 'function' : undefined;
}

/** `NAME = …` and `name: Type = …` in the first column. */
function plainAssignment(kind: SymbolKind, accepts: (name: string) => boolean): Rule {
  return (text) => {
    const end = wordEnd(text, 0);
    const name = text.slice(0, end);
    if (!isName(name) || STATEMENT_WORDS.has(name) || !accepts(name)) return undefined;
    const at = skipSpace(text, end);
    if (text[at] === '=' && text[at + 1] !== '=' && text[at + 1] !== '>' && text[at + 1] !== '~') return { name, kind };
    return text[at] === ':' && text.includes('=', at) && text[at + 1] === ' ' ? { name, kind } : undefined;
  };
}

const rubyConstant: Rule = (text) => {
  const start = skipSpace(text, 0);
  const first = text.charCodeAt(start);
  if (!(first >= 65 && first <= 90)) return undefined;
  return plainAssignment('constant', () => true)(text.slice(start));
};

/** `\tErrClosed = errors.New(…)` inside of a `var (` group. */
function goGroupMember(text: string): Found | undefined {
  const first = text.charCodeAt(1);
  if (text[0] !== '\t' || !(first >= 65 && first <= 90)) return undefined;
  const end = wordEnd(text, 1);
  const equals = text.indexOf('=', end);
  if (equals < 0 || text[equals - 1] !== ' ' || text[equals + 1] === '=') return undefined;
  for (let at = end; at < equals; at++) if ('.,(:[+-'.includes(text[at]!)) return undefined;
  return { name: text.slice(1, end), kind: 'constant' };
}

/** `#define NAME`, `} name_t;`, `typedef int name_t;`, `using Name = …`. */
function cSpecial(text: string): Found | undefined {
  const hash = skipSpace(text, 0);
  if (text[hash] === '#') {
    const word = skipSpace(text, hash + 1);
    if (!text.startsWith('define', word)) return undefined;
    const start = skipSpace(text, word + 6);
    const name = text.slice(start, wordEnd(text, start));
    return isName(name) ? { name, kind: 'macro' } : undefined;
  }
  return cTypeName(text, skipSpace(text, 0));
}

function cTypeName(text: string, indent: number): Found | undefined {
  const isTypedef = text.startsWith('typedef ', indent);
  if (!isTypedef && text[0] !== '}') return text.startsWith('using ', indent) ? usingAlias(text, indent) : undefined;
  let end = skipSpaceBack(text, text.lastIndexOf(';') + 1);
  if (text[end - 1] !== ';') return undefined;
  end = skipSpaceBack(text, end - 1);
  const pointer = text.indexOf('(*');
  if (isTypedef && pointer > 0) end = wordEnd(text, skipSpace(text, pointer + 2));
  const name = text.slice(wordStart(text, end), end);
  return isName(name) ? { name, kind: 'type' } : undefined;
}

function usingAlias(text: string, indent: number): Found | undefined {
  const start = skipSpace(text, indent + 6);
  const end = wordEnd(text, start);
  return end > start && text[skipSpace(text, end)] === '=' ? { name: text.slice(start, end), kind: 'type' } : undefined;
}

/** `define('NAME', …)` */
function phpDefine(text: string): Found | undefined {
  const start = skipSpace(text, 0);
  const quote = text[start + 7];
  if (!text.startsWith('define(', start) || (quote !== "'" && quote !== '"')) return undefined;
  const end = wordEnd(text, start + 8);
  return end > start + 8 && text[end] === quote ? { name: text.slice(start + 8, end), kind: 'constant' } : undefined;
}

/** `name() {` and `NAME=value` in the first column. */
function shellSpecial(text: string): Found | undefined {
  const start = skipSpace(text, 0);
  let end = wordEnd(text, start);
  while ('-:.'.includes(text[end] ?? ' ')) end = wordEnd(text, end + 1);
  const name = text.slice(start, end);
  const at = skipSpace(text, end);
  if (name && text[at] === '(' && text[skipSpace(text, at + 1)] === ')') return { name, kind: 'function' };
  return start === 0 && text[end] === '=' && isName(name) ? { name, kind: 'variable' } : undefined;
}

/** `name :: Type` in the first column. */
function haskellSignature(text: string): Found | undefined {
  let end = wordEnd(text, 0);
  while (text[end] === "'") end++;
  return end > 0 && text.startsWith('::', skipSpace(text, end))
    ? { name: text.slice(0, end), kind: 'function' }
    : undefined;
}

/** `local M.name = function`, `name = value` in the first column. */
function luaAssignment(text: string): Found | undefined {
  const equals = text.indexOf('=');
  if (equals <= 0) return undefined;
  const end = skipSpaceBack(text, equals);
  const name = text.slice(wordStart(text, end), end);
  if (!isName(name) || text[equals + 1] === '=') return undefined;
  if (text.startsWith('function', skipSpace(text, equals + 1))) return { name, kind: 'function' };
  if (text.startsWith('require', skipSpace(text, equals + 1))) return undefined;
  const isLocal = text.startsWith('local ') && wordStart(text, end) === skipSpace(text, 6);
  return isLocal ? { name, kind: 'variable' } : undefined;
}

const VALUE_WORDS = new Set(['val', 'var', 'let']);
const VALUE_MODIFIERS = new Set(
  'public private internal protected static override final const lateinit lazy implicit open fileprivate'.split(' '),
);

/** `private val NAME: Type = …` at the top or in a class; without modifiers only in the first column. */
function valueBinding(text: string): Found | undefined {
  const indent = skipSpace(text, 0);
  let at = indent;
  let end = wordEnd(text, at);
  let modified = false;
  while (VALUE_MODIFIERS.has(text.slice(at, end))) {
    modified = true;
    at = skipSpace(text, end);
    end = wordEnd(text, at);
  }
  const word = text.slice(at, end);
  if (!VALUE_WORDS.has(word) || (indent > 0 && !modified)) return undefined;
  const start = skipSpace(text, end);
  const name = text.slice(start, wordEnd(text, start));
  return isName(name) ? { name, kind: word === 'var' ? 'variable' : 'constant' } : undefined;
}

const always = (): boolean => true;

export const SPECIAL_RULES: Partial<Record<CodeFamily, Rule>> = {
  js: scriptAssignment,
  ts: scriptAssignment,
  python: plainAssignment('constant', always),
  go: goGroupMember,
  ruby: rubyConstant,
  php: phpDefine,
  c: cSpecial,
  cpp: cSpecial,
  shell: shellSpecial,
  haskell: haskellSignature,
  lua: luaAssignment,
  kotlin: valueBinding,
  swift: valueBinding,
  scala: valueBinding,
};
