/**
 * What a single line of code defines, judged by the line alone: cheap enough for every line that a search hits.
 *
 * Only the first 400 UTF-16 units are looked at and all steps are linear, so no line is expensive. Being a guess, it
 * misses definitions whose head says nothing without its neighbours (struct members, locals, Go's grouped constants in
 * lower case); it is written to be right where it answers. Declarations that only repeat a definition
 * (C prototypes, `impl Foo`, `extension Foo`) define nothing here.
 */
import { codeFamilyOf, type CodeFamily } from './codeFamily.ts';
import { C_ATTRIBUTES, callableOf, fieldOf } from './lineCallable.ts';
import { closeOf, isName, skipSpace, wordEnd } from './lineCharacters.ts';
import { KEYWORD_RULES, STATEMENT_WORDS, type KeywordRules } from './lineKeywords.ts';
import type { SymbolKind } from './symbolKind.ts';
import { SPECIAL_RULES } from './lineSpecials.ts';

export interface LineDefinition {
  readonly name: string;
  readonly kind: SymbolKind;
}

const MAX_LOOK = 400;

/** The name that a line of this file defines, or undefined. */
export const definedName = (line: string, path: string): string | undefined => lineDefinition(line, path)?.name;

/** The definition that begins in a line of this file, or undefined. */
export function lineDefinition(line: string, path: string): LineDefinition | undefined {
  const family = codeFamilyOf(path);
  if (family === undefined) return undefined;
  const text = line.length > MAX_LOOK ? line.slice(0, MAX_LOOK) : line;
  return (
    keywordDefinition(text, family) ??
    SPECIAL_RULES[family]?.(text) ??
    callableOf(text, family) ??
    fieldOf(text, family)
  );
}

function keywordDefinition(text: string, family: CodeFamily): LineDefinition | undefined {
  const rules = KEYWORD_RULES[family];
  let at = skipSpace(text, 0);
  for (;;) {
    const end = wordEnd(text, at);
    if (end === at) return undefined;
    const word = text.slice(at, end);
    const next = skipSpace(text, end);
    const kind = rules.keywords.get(word);
    if (kind && !(rules.modifiers.has(word) && startsWithKeyword(text, next, rules)))
      return namedAt(text, next, kind, rules, family);
    if (!rules.modifiers.has(word)) return undefined;
    at =
      text[next] === '"'
        ? skipSpace(text, text.indexOf('"', next + 1) + 1 || text.length)
        : text[next] === '('
          ? skipSpace(text, Math.max(closeOf(text, next), next))
          : next;
  }
}

function startsWithKeyword(text: string, at: number, rules: KeywordRules): boolean {
  const word = text.slice(at, wordEnd(text, at));
  return rules.keywords.has(word) || rules.modifiers.has(word);
}

function namedAt(text: string, from: number, kind: SymbolKind, rules: KeywordRules, family: CodeFamily) {
  const at = beforeName(text, from, family);
  let end = wordEnd(text, at);
  let start = at;
  let qualifiers = 0;
  if (family === 'kotlin') end = afterReceiverType(text, end);
  while (rules.joints.includes(text[end] ?? ' ')) {
    const next = text[end + 1] === text[end] ? end + 2 : end + 1;
    if (wordEnd(text, next) === next) break;
    start = next;
    end = wordEnd(text, next);
    qualifiers++;
  }
  const name = withMark(text, start, end, family);
  if (!isName(name) || (STATEMENT_WORDS.has(name) && kind !== 'method' && kind !== 'function')) return undefined;
  const follow = text[skipSpace(text, start + name.length)];
  if (rules.after !== undefined && follow !== undefined && !rules.after.includes(follow)) return undefined;
  if (!followsWell(text, skipSpace(text, start + name.length), kind, family, skipSpace(text, 0) === 0))
    return undefined;
  const isMember = kind === 'function' && (text[from] === '(' || (qualifiers > 0 && family === 'lua'));
  return { name, kind: isMember ? ('method' as const) : kind };
}

/** Steps over what may stand between keyword and name: stars, receivers, type parameters. */
function beforeName(text: string, from: number, family: CodeFamily): number {
  let at = from;
  if (family === 'rust' && text[at] === '!') at = skipSpace(text, at + 1);
  if (family === 'rust' && text.startsWith('mut ', at)) at = skipSpace(text, at + 4);
  if (family === 'js' || family === 'ts') if (text[at] === '*') at = skipSpace(text, at + 1);
  if (family === 'php' && text[at] === '&') at = skipSpace(text, at + 1);
  const word = wordEnd(text, at);
  if (text[skipSpace(text, word)] === '(' && C_ATTRIBUTES.has(text.slice(at, word)))
    return skipSpace(text, Math.max(closeOf(text, skipSpace(text, word)), word));
  if ((family === 'go' && text[at] === '(') || (text[at] === '<' && family !== 'ruby')) {
    const close = closeOf(text, at);
    if (close > 0) at = skipSpace(text, close);
  }
  return at;
}

/** `List<T>.second`: the index of the dot, if type arguments stand before it. */
function afterReceiverType(text: string, end: number): number {
  const close = text[end] === '<' ? closeOf(text, end) : -1;
  return close > 0 && text[close] === '.' ? close : end;
}

/** A name with the marks that some languages allow at its end: `empty?`, `save!`, `name=`. */
function withMark(text: string, start: number, end: number, family: CodeFamily): string {
  const mark = text[end];
  const marked = (family === 'ruby' || family === 'elixir') && (mark === '?' || mark === '!');
  const setter = family === 'ruby' && mark === '=' && text[end + 1] === '(';
  return text.slice(start, marked || setter ? end + 1 : end);
}

/** Keywords that are also ordinary names in their language count only before the right sign. */
function followsWell(text: string, at: number, kind: SymbolKind, family: CodeFamily, isFirstColumn: boolean): boolean {
  const next = text[at];
  if (family === 'ts' && kind === 'type') return next === '=' || next === '<' || next === undefined;
  if (family === 'ts' && (kind === 'module' || kind === 'enum')) return next === '{' || next === undefined;
  if (family === 'python' && kind === 'type') return next === '=' || next === '[';
  if (family === 'python' && kind === 'function') return next === '(' || next === '[' || next === undefined;
  if (family === 'python' && kind === 'class') return next !== '=';
  if (family === 'rust' && kind === 'constant') return next === ':';
  if (family === 'zig' && kind !== 'function') return (next === '=' || next === ':') && !text.includes('@import', at);
  if (family === 'go' && (kind === 'constant' || kind === 'variable')) return isFirstColumn;
  if (family === 'shell') return next === '(' || next === '{' || next === undefined;
  return true;
}
