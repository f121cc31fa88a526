/** The family of languages that a file name stands for, as far as looking for definitions is concerned. */

export type CodeFamily =
  | 'js'
  | 'ts'
  | 'python'
  | 'go'
  | 'rust'
  | 'java'
  | 'csharp'
  | 'c'
  | 'cpp'
  | 'ruby'
  | 'php'
  | 'kotlin'
  | 'swift'
  | 'scala'
  | 'dart'
  | 'lua'
  | 'shell'
  | 'elixir'
  | 'haskell'
  | 'zig'
  | 'perl'
  | 'mixed';

const EXTENSIONS: Record<CodeFamily, string> = {
  js: 'js jsx mjs cjs es6',
  ts: 'ts tsx mts cts vue svelte astro',
  python: 'py pyi pyw pyx pxd bzl',
  go: 'go',
  rust: 'rs',
  java: 'java groovy gradle',
  csharp: 'cs csx',
  c: 'c',
  cpp: 'h cc cpp cxx c++ hpp hh hxx h++ inl ipp tpp ino cu cuh mm m',
  ruby: 'rb rake gemspec ru',
  php: 'php phtml php5 inc',
  kotlin: 'kt kts',
  swift: 'swift',
  scala: 'scala sc sbt',
  dart: 'dart',
  lua: 'lua luau',
  shell: 'sh bash zsh ksh fish bats',
  elixir: 'ex exs',
  haskell: 'hs lhs elm purs',
  zig: 'zig',
  perl: 'pl pm t',
  mixed:
    'jl nim cr v d vala hx gd coffee erl ml mli fs fsx vb pas proto thrift graphql gql sol cairo move odin ps1 psm1 r tcl clj cljs awk vim',
};

const FAMILIES = new Map<string, CodeFamily>();
for (const [family, extensions] of Object.entries(EXTENSIONS))
  for (const extension of extensions.split(' ')) FAMILIES.set(extension, family as CodeFamily);

/** Headers (`.h`) count as C++, whose rules take in those of C. Undefined for prose, data, markup and unknown files: nothing is defined in them. */
export function codeFamilyOf(path: string): CodeFamily | undefined {
  const dot = path.lastIndexOf('.');
  if (dot < 0 || path.length - dot > 9) return undefined;
  const extension = path.slice(dot + 1);
  return FAMILIES.get(extension) ?? FAMILIES.get(extension.toLowerCase());
}
