/**
 * The files of a folder that may be documents or say what the folder depends on, listed by ripgrep with its ignore
 * rules. A positive glob would bring back ignored files, a file type does not.
 */
import { runProgram } from '#node/childProcesses.ts';
import { findRipgrep, type FindRipgrepOptions } from '#node/ripgrep/findRipgrep.ts';
import { readSpoorIgnore } from '#node/ripgrep/spoorIgnore.ts';
import { NOISE_FOLDERS } from '#node/secrets.ts';
import type { CancelSignal } from '#core/agent/tools.ts';

/** Lists for the docs index with the ripgrep that these options lead to. No call rejects. */
export function createDocsLister(ripgrep: FindRipgrepOptions = {}): DocsLister {
  const run: Run = (directory, args, options) => runFirmly(ripgrep, directory, args, options);
  return {
    async listFiles(directory, options) {
      const { output, trouble } = await listPatiently(run, directory, options);
      const paths = pathsIn(output);
      return trouble ? { paths, note: `Docs of ${directory} may be missing from the index: ${trouble}` } : { paths };
    },
    async importedModules(directory, options) {
      const modules = new Set<string>();
      const { output } = await run(directory, IMPORT_ARGS, options);
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

export interface ListOptions {
  readonly signal: CancelSignal;
  readonly timeoutMs: number;
  /** Ignore files of the folders around `directory` do not count: a folder that was asked for is listed. */
  readonly isAsked?: boolean;
  /** Of ripgrep's output. */
  readonly maxBytes?: number;
}

export interface Listing {
  readonly paths: readonly string[];
  /** One sentence, set when files may be missing. */
  readonly note?: string;
}

type Run = (directory: string, args: readonly string[], options: ListOptions) => Promise<Output>;

/** As for grep: where the ignore files leave nothing at all, first those above the folder and then git's go. */
async function listPatiently(run: Run, directory: string, options: ListOptions): Promise<Output> {
  const modes = [...(options.isAsked ? [] : [[]]), INSIDE, [...INSIDE, '--no-ignore-vcs']];
  for (const mode of modes) {
    const listed = await run(directory, [...LIST_ARGS, ...mode], options);
    if (listed.output || listed.trouble || mode === modes.at(-1)) return listed;
    const any = await run(directory, [...ANY_ARGS, ...mode], { ...options, maxBytes: 1 });
    if (any.output) return listed;
  }
  return { output: '' };
}

interface Output {
  readonly output: string;
  /** A sentence, set when the output is not whole. */
  readonly trouble?: string;
}

/** Ripgrep refuses to start over a rule that is no valid glob; the ignore file itself is read with more patience. */
async function runFirmly(
  ripgrep: FindRipgrepOptions,
  directory: string,
  args: readonly string[],
  options: ListOptions,
): Promise<Output> {
  const own = readSpoorIgnore(directory);
  const soft = own ? [...args, `--ignore-file=${own.file}`] : args;
  const firm = [...soft, ...(own?.firmRules ?? []).map((rule) => `--glob=!${rule}`)];
  const output = await ripgrepOutput(ripgrep, directory, firm, options);
  return output.trouble && firm.length > soft.length ? ripgrepOutput(ripgrep, directory, soft, options) : output;
}

async function ripgrepOutput(
  ripgrep: FindRipgrepOptions,
  cwd: string,
  flags: readonly string[],
  { signal, timeoutMs, maxBytes = MAX_BYTES }: ListOptions,
): Promise<Output> {
  const found = findRipgrep(ripgrep);
  const args = [...flags, '--', '.'];
  if (!found.ok) return { output: '', trouble: found.message };
  const chunks: Buffer[] = [];
  const onStdout = (chunk: Buffer): void => void chunks.push(chunk);
  const result = await runProgram(found.value.file, args, { cwd, signal, timeoutMs, maxBytes, onStdout });
  const output = Buffer.concat(chunks).toString();
  if (result.outcome !== 'ended') return { output, trouble: REASONS[result.outcome] };
  // Code 1: nothing found. Code 2 with output: some folder could not be read, which the user decided.
  const failed = result.code === null || (result.code > 1 && output === '');
  return failed ? { output, trouble: `ripgrep failed (${result.stderr.trim().split('\n')[0]}).` } : { output };
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
const MAX_BYTES = 64 << 20;
const REASONS = {
  timeout: 'listing them took too long.',
  cancelled: 'listing them was cancelled.',
  missing: 'ripgrep could not be started.',
  'too-much': 'there are too many files.',
};

const anyCase = (word: string): string => word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
const TYPES = [...EXTENSIONS.map((end) => `*.${anyCase(end)}`), anyCase('readme'), ...MANIFESTS];
const COMMON_ARGS = [
  ...['--no-config', '--color=never', '--no-follow', '--no-require-git', '--no-ignore-global', '--path-separator=/'],
  ...NOISE_FOLDERS.map((folder) => `--iglob=!**/${folder}`),
];
const LIST_ARGS = [
  ...[...COMMON_ARGS, '--files', '--null', '--hidden', '--type=doc'],
  ...TYPES.map((glob) => `--type-add=doc:${glob}`),
];
/** All files: only whether there is output counts. */
const ANY_ARGS = [...COMMON_ARGS, '--files', '--null', '--hidden'];
const INSIDE = ['--no-ignore-parent'];
const IMPORTS = String.raw`^\s*(import\s+[A-Za-z_][\w., \t]*|from\s+[A-Za-z_]\w*)`;
const IMPORT_ARGS = [
  ...[...COMMON_ARGS, '--only-matching', '--no-line-number', '--no-filename', '--no-heading'],
  ...['--max-filesize=1M', '--type=py', `--regexp=${IMPORTS}`],
];

const pathsIn = (output: string): string[] =>
  output
    .split('\0')
    .slice(0, -1)
    .map((path) => (path.startsWith('./') ? path.slice(2) : path))
    .sort();
