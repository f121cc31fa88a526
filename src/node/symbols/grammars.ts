/**
 * The grammars of tree-sitter that ship with the program, as data: the build script copies each `from` (a path under
 * node_modules) to `dist/grammars/` under the name `file`.
 */
export const GRAMMAR_FILES = [
  { file: 'web-tree-sitter.wasm', from: 'web-tree-sitter/web-tree-sitter.wasm' },
  { file: 'c.wasm', from: 'tree-sitter-c/tree-sitter-c.wasm' },
  { file: 'c-sharp.wasm', from: 'tree-sitter-c-sharp/tree-sitter-c_sharp.wasm' },
  { file: 'cpp.wasm', from: 'tree-sitter-cpp/tree-sitter-cpp.wasm' },
  { file: 'go.wasm', from: 'tree-sitter-go/tree-sitter-go.wasm' },
  { file: 'java.wasm', from: 'tree-sitter-java/tree-sitter-java.wasm' },
  { file: 'javascript.wasm', from: 'tree-sitter-javascript/tree-sitter-javascript.wasm' },
  { file: 'php.wasm', from: 'tree-sitter-php/tree-sitter-php.wasm' },
  { file: 'python.wasm', from: 'tree-sitter-python/tree-sitter-python.wasm' },
  { file: 'ruby.wasm', from: 'tree-sitter-ruby/tree-sitter-ruby.wasm' },
  { file: 'rust.wasm', from: 'tree-sitter-rust/tree-sitter-rust.wasm' },
  { file: 'typescript.wasm', from: 'tree-sitter-typescript/tree-sitter-typescript.wasm' },
  { file: 'tsx.wasm', from: 'tree-sitter-typescript/tree-sitter-tsx.wasm' },
] as const;

export type GrammarFile = (typeof GRAMMAR_FILES)[number]['file'];
