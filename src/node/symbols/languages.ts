/** Which grammar and which query of ours stand for a file. */
import type { GrammarFile } from './grammars.ts';
import { CPP_QUERY, C_QUERY } from './queries/c.ts';
import { CSHARP_QUERY } from './queries/csharp.ts';
import { GO_QUERY } from './queries/go.ts';
import { JAVA_QUERY } from './queries/java.ts';
import { PHP_QUERY } from './queries/php.ts';
import { PYTHON_QUERY } from './queries/python.ts';
import { RUBY_QUERY } from './queries/ruby.ts';
import { RUST_QUERY } from './queries/rust.ts';
import { JAVASCRIPT_QUERY, TYPESCRIPT_QUERY } from './queries/script.ts';

export interface Language {
  readonly grammar: GrammarFile;
  /**
   * Captures: a kind (`@function`) on the definition with `@name` in it; `@wrap` for what belongs to the definition of
   * the same name (`export`, decorators); `@scope` for what only names its insides; `@owner` for a receiver; `@value`
   * for the function that a name is bound to. Of two patterns for one name the first wins.
   */
  readonly query: string;
}

const LANGUAGES: readonly (readonly [extensions: string, grammar: GrammarFile, query: string])[] = [
  ['js jsx mjs cjs es6', 'javascript.wasm', JAVASCRIPT_QUERY],
  ['ts mts cts vue svelte', 'typescript.wasm', TYPESCRIPT_QUERY],
  ['tsx', 'tsx.wasm', TYPESCRIPT_QUERY],
  ['py pyi pyw bzl', 'python.wasm', PYTHON_QUERY],
  ['go', 'go.wasm', GO_QUERY],
  ['rs', 'rust.wasm', RUST_QUERY],
  ['java', 'java.wasm', JAVA_QUERY],
  ['cs csx', 'c-sharp.wasm', CSHARP_QUERY],
  ['c', 'c.wasm', C_QUERY],
  ['cc cpp cxx c++ hpp hh hxx h++ inl ipp tpp ino cu cuh', 'cpp.wasm', CPP_QUERY],
  ['rb rake gemspec ru', 'ruby.wasm', RUBY_QUERY],
  ['php phtml php5 inc', 'php.wasm', PHP_QUERY],
];

const BY_EXTENSION = new Map<string, Language>();
for (const [extensions, grammar, query] of LANGUAGES)
  for (const extension of extensions.split(' ')) BY_EXTENSION.set(extension, { grammar, query });

/** Undefined when no grammar is there for the file. */
export function languageOf(path: string, text: string): Language | undefined {
  const extension = extensionOf(path);
  if (extension === 'h') return BY_EXTENSION.get(looksLikeCpp(text) ? 'cpp' : 'c');
  return BY_EXTENSION.get(extension);
}

export const hasGrammar = (path: string): boolean => languageOf(path, '') !== undefined;

export const extensionOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1).toLowerCase();

const CPP_SIGN =
  /\bstd::|(?:^|\n)[ \t]*(?:namespace\b|template[ \t]*<|class[ \t]+\w|(?:public|private|protected)[ \t]*:|using[ \t]+\w)/;
const SIGN_UNITS = 64 * 1024;

/** Headers of C and C++ share an extension; what only C++ has stands near the top. */
const looksLikeCpp = (text: string): boolean => CPP_SIGN.test(text.slice(0, SIGN_UNITS));

/**
 * The text that the grammar shall see, of the same length in lines: of a component file only the insides of its
 * `<script>` elements.
 */
export function scriptOf(path: string, text: string): string {
  const extension = extensionOf(path);
  if (extension !== 'vue' && extension !== 'svelte') return text;
  let inside = false;
  const kept = text.split('\n').map((line) => {
    const start = line.trimStart();
    if (!inside && start.startsWith('<script')) {
      inside = !line.includes('</script');
      return '';
    }
    if (inside && start.startsWith('</script')) inside = false;
    return inside ? line : '';
  });
  return kept.join('\n');
}
