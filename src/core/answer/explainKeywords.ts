/** Words that belong to a language and not to a program, for each family of languages. */
import { codeFamilyOf, type CodeFamily } from '#core/search/codeFamily.ts';

export interface Keywords {
  /** Never a name, unless something is taken out of by it (`x.default`). */
  readonly hard: ReadonlySet<string>;
  /** A name too, unless another word or a bracket follows (`type Name`, `async function`). */
  readonly soft: ReadonlySet<string>;
}

export function keywordsOf(path: string): Keywords {
  const family = codeFamilyOf(path);
  return family === undefined ? NONE : KEYWORDS[family];
}

const setOf = (words: string): ReadonlySet<string> => new Set(words.split(' '));
const NONE: Keywords = { hard: new Set(), soft: new Set() };
const keywords = (hard: string, soft = ''): Keywords => ({ hard: setOf(hard), soft: setOf(soft) });

const FLOW = 'if else for while do switch case break continue return default';
const ERRORS = 'try catch finally throw';
const ACCESS = 'public private protected static';
const VALUES = 'true false null';
const SCRIPT =
  `${FLOW} ${ERRORS} ${VALUES} class const let var function new delete typeof instanceof in void this super extends ` +
  'import export yield await with debugger enum undefined NaN Infinity static';
const SCRIPT_SOFT = 'async of get set from as';
const C = `${FLOW} goto sizeof typedef struct union enum static const extern inline register volatile void int char short long float double signed unsigned auto NULL`;
const JVM = `${FLOW} ${ERRORS} ${ACCESS} ${VALUES} class interface enum extends implements import package new this super final abstract void instanceof throws synchronized volatile transient native int long short byte char float double boolean`;
const EVERY_SHELL =
  'if then else elif fi for while until do done case esac in function return local export exit true false echo';

const KEYWORDS: Record<CodeFamily, Keywords> = {
  js: keywords(SCRIPT, SCRIPT_SOFT),
  ts: keywords(
    `${SCRIPT} ${ACCESS} interface implements readonly keyof infer string number boolean any unknown never object symbol bigint`,
    `${SCRIPT_SOFT} type namespace module declare abstract override is asserts satisfies unique`,
  ),
  python: keywords(
    'False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield self cls',
    'match case type',
  ),
  go: keywords(
    'break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var nil true false iota string int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 byte rune bool error float32 float64 any make len cap append',
  ),
  rust: keywords(
    'as async await break const continue crate dyn else enum extern false fn for if impl in let loop match mod move mut pub ref return self Self static struct super trait true type unsafe use where while bool char str u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64',
    'union default macro_rules',
  ),
  java: keywords(JVM, 'var record sealed permits yield'),
  csharp: keywords(
    `${JVM.replace(' import package final throws synchronized transient native', '')} using namespace base out ref params readonly override virtual sealed internal string bool object decimal is as foreach lock typeof nameof async await operator delegate event struct const`,
    'var get set record partial where when yield value',
  ),
  c: keywords(C),
  cpp: keywords(
    `${C} ${ERRORS} ${ACCESS} ${VALUES} class namespace template typename using new delete this virtual override friend operator nullptr constexpr const_cast static_cast dynamic_cast reinterpret_cast noexcept explicit mutable bool decltype`,
    'final concept requires',
  ),
  ruby: keywords(
    'alias and begin break case class def defined? do else elsif end ensure false for if in module next nil not or redo rescue retry return self super then true undef unless until when while yield require require_relative attr_reader attr_writer attr_accessor',
  ),
  php: keywords(
    `${FLOW} ${ERRORS} ${ACCESS} ${VALUES} function class interface trait extends implements namespace use new echo print foreach as global abstract final const var instanceof require require_once include include_once this self parent array int string bool float mixed void fn match`,
  ),
  kotlin: keywords(
    'as break class continue do else false for fun if in interface is null object package return super this throw true try typealias val var when while import override private public protected internal Int String Boolean Long Unit Any',
    'by get set data open sealed suspend companion inline init value',
  ),
  swift: keywords(
    'associatedtype class deinit enum extension func import init inout let operator protocol static struct subscript typealias var break case continue default defer do else fallthrough for guard if in repeat return switch where while as catch false is nil super self Self throw throws true try private public internal fileprivate override final Int String Bool Double',
    'get set open some any async await',
  ),
  scala: keywords(
    'abstract case catch class def do else extends false final finally for if implicit import lazy match new null object override package private protected return sealed super this throw trait try true type val var while with yield given Int String Boolean Unit',
    'using then end extension',
  ),
  dart: keywords(
    `${JVM} var dynamic required late async await mixin with factory typedef library part on is as bool num String`,
    'get set show hide',
  ),
  lua: keywords(
    'and break do else elseif end false for function goto if in local nil not or repeat return then true until while self',
  ),
  shell: keywords(EVERY_SHELL),
  elixir: keywords(
    'def defp defmodule defmacro defstruct do end fn if else unless case cond for with when nil true false and or not in import require use alias raise rescue try after',
  ),
  haskell: keywords(
    'case class data deriving do else forall if import in infix infixl infixr instance let module newtype of then type where',
  ),
  zig: keywords(
    'const var fn pub return if else while for switch break continue defer errdefer try catch struct enum union error comptime inline test null undefined true false orelse and or void bool u8 u16 u32 u64 usize i8 i16 i32 i64 isize f32 f64 anytype',
  ),
  perl: keywords(
    'my our local sub if elsif else unless while until for foreach return use require package last next print die and or not eq ne',
  ),
  mixed: keywords(
    `${FLOW} ${ERRORS} ${VALUES} end function fn def let var const import nil not and or in then begin module type`,
  ),
};
