/**
 * The parser, loaded when the first file asks for it, and its grammars, loaded one at a time. For a worker thread only,
 * which is given up when the parser throws: after a trap its memory is in no known state.
 */
import type * as TreeSitter from 'web-tree-sitter';
import { grammarPath } from './grammarFolder.ts';
import type { GrammarFile } from './grammars.ts';
import type { Language } from './languages.ts';
import { isTooDeep, maxProgressCalls } from './parseGuard.ts';

/** A syntax tree and the matches of the language's query in it. Valid inside of the callback only. */
export interface ParsedFile {
  readonly matches: readonly TreeSitter.QueryMatch[];
  /** Parts of the text are not what the grammar expects. */
  readonly hasError: boolean;
}

interface LoadedLanguage {
  readonly language: TreeSitter.Language;
  readonly query: TreeSitter.Query;
}

interface Engine {
  readonly parser: TreeSitter.Parser;
  readonly load: (language: Language) => Promise<LoadedLanguage>;
}

/**
 * Bytes to which the parser's memory may grow; it traps instead of going beyond. Sources of 500 KB in all our
 * languages kept it under 40 MiB; a hostile text of 16 KB asks for gigabytes.
 */
const MAX_MEMORY_BYTES = 256 << 20;
const FIRST_MEMORY_BYTES = 32 << 20;
const PAGE_BYTES = 65_536;

interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

/** The compiler knows it only together with all of the browser. */
declare const WebAssembly: {
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => WasmMemory;
};

let engine: Promise<Engine> | undefined;
let memory: WasmMemory | undefined;

/** What came of a parse: the value of `use`, or why there is none. */
export type Parsed<T> = { readonly value: T } | { readonly stopped: 'asked' | 'lost' };

/**
 * Parses a text: gives `use` the matches and returns its result. `asked`: `shouldStop` ended it; `lost`: the text is
 * none of the language. Throws when the parser failed.
 */
export type Parse = <T>(text: string, shouldStop: () => boolean, use: (file: ParsedFile) => T) => Parsed<T>;

/** The function that parses texts of one language. Rejects when the grammar cannot be loaded. */
export async function loadParser(language: Language): Promise<Parse> {
  const { parser, load } = await (engine ??= startEngine());
  const loaded = await load(language);
  return (text, shouldStop, use) =>
    isTooDeep(text) ? { stopped: 'lost' } : parseText(parser, loaded, text, shouldStop, use);
}

/** Bytes that the parser's memory has grown to. It never shrinks. */
export const parserMemoryBytes = (): number => memory?.buffer.byteLength ?? 0;

async function startEngine(): Promise<Engine> {
  const { Language, Parser, Query } = await import('web-tree-sitter');
  const runtime = requireGrammar('web-tree-sitter.wasm');
  memory = new WebAssembly.Memory({ initial: FIRST_MEMORY_BYTES / PAGE_BYTES, maximum: MAX_MEMORY_BYTES / PAGE_BYTES });
  await Parser.init({ wasmMemory: memory, locateFile: () => runtime, print: () => {}, printErr: () => {} });
  const known = new Map<GrammarFile, Promise<LoadedLanguage>>();
  const loadNow = async ({ grammar, query }: Language): Promise<LoadedLanguage> => {
    const language = await Language.load(requireGrammar(grammar));
    return { language, query: new Query(language, query) };
  };
  const load = (wanted: Language): Promise<LoadedLanguage> => {
    const loading = known.get(wanted.grammar) ?? loadNow(wanted);
    known.set(wanted.grammar, loading);
    return loading;
  };
  return { parser: new Parser(), load };
}

function requireGrammar(file: GrammarFile): string {
  const path = grammarPath(file);
  if (path === undefined) throw new Error(`The grammar ${file} is missing. Install the program again.`);
  return path;
}

function parseText<T>(
  parser: TreeSitter.Parser,
  { language, query }: LoadedLanguage,
  text: string,
  shouldStop: () => boolean,
  use: (file: ParsedFile) => T,
): Parsed<T> {
  let callsLeft = maxProgressCalls(text);
  parser.setLanguage(language);
  const tree = parser.parse(text, null, { progressCallback: () => --callsLeft < 0 || shouldStop() });
  if (!tree) {
    parser.reset();
    return { stopped: callsLeft < 0 ? 'lost' : 'asked' };
  }
  try {
    const matches = query.matches(tree.rootNode, { progressCallback: shouldStop });
    if (shouldStop()) return { stopped: 'asked' };
    return { value: use({ matches, hasError: tree.rootNode.hasError }) };
  } finally {
    tree.delete();
  }
}
