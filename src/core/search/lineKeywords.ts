/** The words that begin a definition, and those that may stand before them, for each family of languages. */
import type { CodeFamily } from './codeFamily.ts';
import type { SymbolKind } from './symbolKind.ts';

export interface KeywordRules {
  readonly keywords: ReadonlyMap<string, SymbolKind>;
  readonly modifiers: ReadonlySet<string>;
  /** Characters that join the parts of a qualified name; its last part is the name. */
  readonly joints: string;
  /** What may follow the name; anything when absent. The end of the line always may. */
  readonly after?: string;
}

const ACCESS =
  'public private protected internal static final abstract override open sealed async inline extern unsafe partial';

const SOURCES: Record<CodeFamily, readonly [keywords: string, modifiers: string, joints?: string, after?: string]> = {
  js: ['function:function class:class', 'export default async'],
  ts: [
    'function:function class:class interface:interface enum:enum namespace:module module:module type:type',
    'export default async declare abstract const',
    '.',
  ],
  python: ['def:function class:class cdef:function cpdef:function type:type', 'async', '', '(:[='],
  go: ['func:function type:type const:constant var:variable', ''],
  rust: [
    'fn:function struct:struct enum:enum trait:trait union:struct mod:module type:type const:constant static:constant macro_rules:macro',
    'pub async unsafe extern default const mut auto',
  ],
  java: ['class:class interface:interface enum:enum record:class def:function', `${ACCESS} strictfp non-sealed`],
  csharp: [
    'class:class interface:interface enum:enum struct:struct record:class namespace:module',
    `${ACCESS} new readonly ref file`,
    '.',
  ],
  c: ['struct:struct union:struct enum:enum', 'typedef static const extern volatile', '', '{'],
  cpp: [
    'class:class struct:struct union:struct enum:enum namespace:module concept:type',
    'typedef static const extern export inline constexpr',
    ':',
    '{:',
  ],
  ruby: ['def:method class:class module:module', 'private protected public private_class_method memoize', '.:'],
  php: [
    'function:function class:class interface:interface trait:trait enum:enum const:constant namespace:module',
    'public private protected static final abstract readonly',
    '\\',
  ],
  kotlin: [
    'fun:function class:class interface:interface object:module typealias:type',
    `${ACCESS} data enum annotation value inner suspend operator infix tailrec const lateinit expect actual companion external`,
    '.',
  ],
  swift: [
    'func:function class:class struct:struct enum:enum protocol:interface typealias:type actor:class macro:macro',
    `${ACCESS} fileprivate class mutating nonmutating indirect nonisolated required convenience`,
  ],
  scala: [
    'def:function class:class trait:trait object:module type:type enum:enum',
    `${ACCESS} case implicit lazy given opaque transparent`,
  ],
  dart: [
    'class:class mixin:trait enum:enum typedef:type extension:class',
    'abstract base final sealed interface mixin',
  ],
  lua: ['function:function', 'local', '.:'],
  shell: ['function:function', ''],
  elixir: [
    'def:function defp:function defmacro:macro defmacrop:macro defmodule:module defprotocol:interface defguard:macro',
    '',
    '.',
  ],
  haskell: ['data:type newtype:type type:type class:class module:module', '', '.'],
  zig: ['fn:function const:constant var:variable', 'pub export extern inline threadlocal comptime'],
  perl: ['sub:function package:module', '', ':'],
  mixed: [
    'function:function def:function defn:function fn:function func:function fun:function proc:function sub:function ' +
      'class:class struct:struct interface:interface enum:enum trait:trait module:module protocol:interface ' +
      'record:class message:struct service:interface contract:class input:type scalar:type macro:macro',
    `${ACCESS} export pub mutable type local let`,
    '.:',
  ],
};

const pairs = (words: string): [string, SymbolKind][] =>
  words.split(' ').map((word) => word.split(':') as [string, SymbolKind]);

const rulesFrom = ([keywords, modifiers, joints = '', after]: (typeof SOURCES)[CodeFamily]): KeywordRules => ({
  keywords: new Map(pairs(keywords)),
  modifiers: new Set(modifiers.split(' ')),
  joints,
  ...(after === undefined ? {} : { after }),
});

export const KEYWORD_RULES = Object.fromEntries(
  Object.entries(SOURCES).map(([family, source]) => [family, rulesFrom(source)]),
) as Record<CodeFamily, KeywordRules>;

/** Words that begin statements or expressions: what follows them is used, not defined, and they are no names. */
export const STATEMENT_WORDS: ReadonlySet<string> = new Set(
  (
    'if else for foreach while do switch case default return throw try catch finally with new delete await yield goto ' +
    'assert using lock fixed sizeof typeof instanceof in is as not and or elif except raise pass break continue import ' +
    'from package include require extends implements super this self function class let var const end then until ' +
    'unless when match loop use where co_await co_return co_yield defined emit print echo'
  ).split(' '),
);

/** Words before a parenthesis that call or control, and so are no names of functions. */
export const CALL_WORDS: ReadonlySet<string> = new Set(
  (
    'if else for foreach while do switch case return throw catch with new await yield goto using lock fixed sizeof ' +
    'typeof function super this defined synchronized assert elif unless until and or not in is default'
  ).split(' '),
);
