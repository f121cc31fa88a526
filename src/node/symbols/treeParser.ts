/**
 * The parser, loaded when the first file asks for it, and its grammars, loaded one at a time.
 *
 * There is one for the process (or the worker thread), because a grammar takes megabytes and the parser's WebAssembly
 * memory cannot be given back.
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

let engine: Promise<Engine> | undefined;
/** Why the engine cannot be used any more: after a trap its memory is in no known state. */
let broken: Error | undefined;

/** What came of a parse: the value of `use`, or why there is none. */
export type Parsed<T> = { readonly value: T } | { readonly stopped: 'asked' | 'lost' };

/**
 * A function that parses texts of one language: gives `use` the matches and returns its result. `asked`: `shouldStop`
 * ended it; `lost`: the text is none of the language. Rejects when the grammar cannot be loaded or the parser failed.
 */
export async function loadParser(language: Language) {
  const { parser, load } = await (engine ??= startEngine());
  const loaded = await load(language);
  return <T>(text: string, shouldStop: () => boolean, use: (file: ParsedFile) => T): Parsed<T> => {
    if (broken) throw broken;
    if (isTooDeep(text)) return { stopped: 'lost' };
    try {
      return parseText(parser, loaded, text, shouldStop, use);
    } catch (error) {
      broken = error instanceof Error ? error : new Error(String(error));
      throw broken;
    }
  };
}

async function startEngine(): Promise<Engine> {
  const { Language, Parser, Query } = await import('web-tree-sitter');
  const runtime = requireGrammar('web-tree-sitter.wasm');
  await Parser.init({ locateFile: () => runtime, print: () => {}, printErr: () => {} });
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
