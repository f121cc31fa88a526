/** The files of a folder that may be documents or say what the folder depends on. */
import { COMMON_ARGS, listFiles, printWithIgnore, type ListOptions } from '#node/ripgrep/listFiles.ts';
import type { FindRipgrepOptions } from '#node/ripgrep/findRipgrep.ts';

/** Lists for the docs index with the ripgrep that these options lead to. No call rejects. */
export function createDocsLister(ripgrep: FindRipgrepOptions = {}): DocsLister {
  return {
    async listFiles(directory, options) {
      const { paths, trouble } = await listFiles(ripgrep, directory, options, DOC_ARGS);
      return trouble ? { paths, note: `Docs of ${directory} may be missing from the index: ${trouble}` } : { paths };
    },
    async importedModules(directory, options) {
      const modules = new Set<string>();
      const { output } = await printWithIgnore(ripgrep, directory, IMPORT_ARGS, options);
      for (const line of output.split('\n')) addModules(line, modules);
      return modules;
    },
  };
}

export interface DocsLister {
  /** Files under `directory` that are documents or manifests by name: relative, `/`-separated, sorted. */
  listFiles(directory: string, options: ListOptions): Promise<Listing>;
  /** The first names of the modules that Python files under `directory` import. */
  importedModules(directory: string, options: ListOptions): Promise<Set<string>>;
}

export interface Listing {
  readonly paths: readonly string[];
  /** One sentence, set when files may be missing. */
  readonly note?: string;
}

/** `import a.b as c, d` → a, d; `from e.f` → e. */
function addModules(line: string, modules: Set<string>): void {
  const [, keyword, names = ''] = /^\s*(import|from)\s+(.*)/.exec(line.slice(0, 1_000)) ?? [];
  for (const name of keyword === 'import' ? names.split(',') : [names]) {
    const module = /^\s*(\w+)/.exec(name)?.[1];
    if (module) modules.add(module);
  }
}

const EXTENSIONS = ['md', 'mdx', 'markdown', 'rst', 'adoc', 'asciidoc', 'txt', 'ipynb'];
const MANIFESTS = ['package.json', 'go.mod', 'Cargo.toml'];
const anyCase = (word: string): string => word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
const TYPES = [...EXTENSIONS.map((end) => `*.${anyCase(end)}`), anyCase('readme'), ...MANIFESTS];
const DOC_ARGS = ['--type=doc', ...TYPES.map((glob) => `--type-add=doc:${glob}`)];
const IMPORTS = String.raw`^\s*(import\s+[A-Za-z_][\w., \t]*|from\s+[A-Za-z_]\w*)`;
const IMPORT_ARGS = [
  ...[...COMMON_ARGS, '--only-matching', '--no-line-number', '--no-filename', '--no-heading'],
  ...['--max-filesize=1M', '--type=py', `--regexp=${IMPORTS}`],
];
