/** What begins and ends comments and strings in a file, told from its name. */
import { codeFamilyOf } from '#core/search/codeFamily.ts';

export interface Marks {
  /** Comments to the end of the line. */
  readonly lines: readonly string[];
  readonly blocks: readonly (readonly [start: string, end: string])[];
  /** The longest first. One sign ends with the line, but for the backtick; three do not. */
  readonly quotes: readonly string[];
  /** Slashes may hold a regular expression. */
  readonly regex: boolean;
  /** An apostrophe quotes one character, or means something else. */
  readonly characters: boolean;
}

/** Prose has names only where they look like names; in JSON the keys are names. */
export function marksOf(path: string): Marks | 'prose' | 'json' {
  const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  if (PROSE.has(extension)) return 'prose';
  if (JSON_LIKE.has(extension)) return 'json';
  const style = STYLES.get(extension) ?? STYLES.get(codeFamilyOf(path) ?? '') ?? 'hash';
  return MARKS[style];
}

const PROSE = new Set('md mdx markdown rst adoc asciidoc txt tex org log diff patch csv tsv'.split(' '));
const JSON_LIKE = new Set(['json', 'jsonc', 'json5', 'webmanifest']);

const C_BLOCK = ['/*', '*/'] as const;
const PLAIN = ['"', "'"];
const marks = (given: Partial<Marks>): Marks => ({
  lines: [],
  blocks: [],
  quotes: PLAIN,
  regex: false,
  characters: false,
  ...given,
});

const MARKS = {
  script: marks({ lines: ['//'], blocks: [C_BLOCK], quotes: [...PLAIN, '`'], regex: true }),
  go: marks({ lines: ['//'], blocks: [C_BLOCK], quotes: [...PLAIN, '`'] }),
  slash: marks({ lines: ['//'], blocks: [C_BLOCK], quotes: ['"""', ...PLAIN] }),
  rust: marks({ lines: ['//'], blocks: [C_BLOCK], characters: true }),
  php: marks({ lines: ['//', '#'], blocks: [C_BLOCK] }),
  python: marks({ lines: ['#'], quotes: ['"""', "'''", ...PLAIN] }),
  hash: marks({ lines: ['#'] }),
  elixir: marks({ lines: ['#'], quotes: ['"""', ...PLAIN] }),
  lua: marks({ lines: ['--'], blocks: [['--[[', ']]']] }),
  sql: marks({ lines: ['--'], blocks: [C_BLOCK] }),
  haskell: marks({ lines: ['--'], blocks: [['{-', '-}']], characters: true }),
  ml: marks({ lines: [], blocks: [['(*', '*)']], characters: true }),
  percent: marks({ lines: ['%'] }),
  lisp: marks({ lines: [';'], quotes: ['"'] }),
  css: marks({ blocks: [C_BLOCK] }),
  markup: marks({ blocks: [['<!--', '-->']], quotes: ['"'] }),
} satisfies Record<string, Marks>;

/** By extension, else by family. */
const STYLES = new Map<string, keyof typeof MARKS>(
  Object.entries({
    script: 'js ts vue svelte astro',
    go: 'go',
    slash: 'java csharp c cpp kotlin swift scala dart zig v d vala hx sol move odin proto thrift fs fsx scss less cs',
    rust: 'rust',
    php: 'php',
    python: 'python',
    hash: 'ruby shell perl mixed',
    elixir: 'elixir jl',
    lua: 'lua',
    sql: 'sql',
    haskell: 'haskell',
    ml: 'ml mli',
    percent: 'erl',
    lisp: 'clj cljs el lisp scm rkt ini asm',
    css: 'css',
    markup: 'html htm xml svg plist',
  } satisfies Record<keyof typeof MARKS, string>).flatMap(([style, names]) =>
    names.split(' ').map((name): [string, keyof typeof MARKS] => [name, style as keyof typeof MARKS]),
  ),
);
