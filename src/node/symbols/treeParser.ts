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

/** A syntax tree and the matches of the language's query in it. Valid inside of `withTree`'s callback only. */
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

/**
 * A function that parses texts of one language: gives `use` the tree and returns its result, or undefined when
 * `shouldStop` ended the parse. Rejects when the grammar cannot be loaded.
 */
export async function loadParser(language: Language) {
  const { parser, load } = await (engine ??= startEngine());
  const loaded = await load(language);
  return <T>(text: string, shouldStop: () => boolean, use: (file: ParsedFile) => T): T | undefined =>
    withTree(parser, loaded, text, shouldStop, use);
}

async function startEngine(): Promise<Engine> {
  const { Language, Parser, Query } = await import('web-tree-sitter');
  const runtime = requireGrammar('web-tree-sitter.wasm');
  await Parser.init({ locateFile: () => runtime });
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

function withTree<T>(
  parser: TreeSitter.Parser,
  { language, query }: LoadedLanguage,
  text: string,
  shouldStop: () => boolean,
  use: (file: ParsedFile) => T,
): T | undefined {
  parser.setLanguage(language);
  const tree = parser.parse(text, null, { progressCallback: shouldStop });
  if (!tree) {
    parser.reset();
    return undefined;
  }
  try {
    const matches = query.matches(tree.rootNode, { progressCallback: shouldStop });
    return shouldStop() ? undefined : use({ matches, hasError: tree.rootNode.hasError });
  } finally {
    tree.delete();
  }
}
