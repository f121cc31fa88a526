/** The command line of a search: every flag that keeps ripgrep within bounds, and what is never searched. */
import { availableParallelism } from 'node:os';
import { NOISE_FOLDERS, NOISE_GLOBS, SECRET_GLOBS } from '#node/secrets.ts';
import type { SpoorIgnore } from './spoorIgnore.ts';

/** Arguments for one process that prints the lines with one of `literals`, in the form `ripgrepOutput.ts` reads. */
export function searchArguments(literals: readonly string[], options: ArgumentOptions): string[] {
  return [
    ...['--no-config', '--color=never', '--fixed-strings', '--case-sensitive', '--no-follow', '--path-separator=/'],
    ...['--heading', '--null', '--with-filename', '--line-number', '--stats'],
    ...[`--max-columns=${MAX_COLUMNS}`, '--max-columns-preview', `--max-count=${MAX_LINES_PER_FILE}`],
    ...[`--max-filesize=${MAX_FILE_BYTES}`, `--threads=${Math.min(availableParallelism(), MAX_THREADS)}`],
    ...['--hidden', '--no-require-git', '--no-ignore-global', ...IGNORING[options.ignoring]],
    ...DENIED,
    ...ownIgnoreArguments(options),
    ...literals.flatMap((literal) => ['-e', literal]),
    '--',
    ...options.targets,
  ];
}

export interface ArgumentOptions {
  /** Relative to the folder that ripgrep runs in, beginning with `./`. */
  readonly targets: readonly string[];
  readonly ignoring: Ignoring;
  readonly ownIgnore?: SpoorIgnore | undefined;
  /** False: the firm rules of the own ignore file are left to the file itself (they may not all be valid globs). */
  readonly firm: boolean;
}

/** Which ignore files count: as for git; only those inside of the folder; only `.ignore` and our own. */
export type Ignoring = 'git' | 'inside' | 'own';

/** Bytes of a line that are searched for terms; ripgrep prints no more of a longer one. */
export const MAX_COLUMNS = 1000;
/** Lines of a file in one pass; what stands after them is not seen. Includes lines that only look like a match. */
export const MAX_LINES_PER_FILE = 2000;
/** Larger files are not searched. */
export const MAX_FILE_BYTES = 2_000_000;
/** A search is a guest on the user's machine. */
const MAX_THREADS = 8;

const IGNORING: Readonly<Record<Ignoring, readonly string[]>> = {
  git: [],
  inside: ['--no-ignore-parent'],
  own: ['--no-ignore-parent', '--no-ignore-vcs'],
};

/** Only negative globs: a single positive one would bring back ignored files. */
const DENIED = [...SECRET_GLOBS, ...NOISE_GLOBS, ...NOISE_FOLDERS]
  // Samples of `.env` are wanted; the secret ones among `.env.*` are sorted out when the output is read.
  .filter((glob) => !/^(?:\.env\.\*|\*\.env)$/.test(glob))
  .map((glob) => `--iglob=!**/${glob}`);

const ownIgnoreArguments = ({ ownIgnore, firm }: ArgumentOptions): string[] =>
  ownIgnore
    ? [`--ignore-file=${ownIgnore.file}`, ...(firm ? ownIgnore.firmRules.map((rule) => `--glob=!${rule}`) : [])]
    : [];
