/**
 * `ripGrep(cwd, …)` with the signature and the result shape of the npm package `ripgrep-js` 3.0, run without a shell.
 *
 * Different on purpose: a search string with spaces is one string; matches come sorted by path and line; secret files
 * are left out; there are a time limit and a size limit. docs/decisions/0001-own-ripgrep-adapter.md says why it exists.
 */
import { runProgram, type RunResult } from '#node/childProcesses.ts';
import { isSecret } from '#node/secrets.ts';
import { findRipgrep, ripgrepSettingOf } from './findRipgrep.ts';

/**
 * Searches the folder `cwd` for a literal string, or as the options say. Rejects with `RipGrepError` when ripgrep is
 * missing, refuses the pattern, or runs past the limits. An error about single files is no reason to reject.
 */
export async function ripGrep(cwd: string, searchTermOrOptions: string | RipGrepOptions): Promise<Match[]> {
  if (!cwd) throw new Error('No `cwd` provided');
  if (searchTermOrOptions === undefined) throw new Error('No search term provided');
  const options = typeof searchTermOrOptions === 'string' ? { string: searchTermOrOptions } : searchTermOrOptions;
  const rg = findRipgrep({ setting: ripgrepSettingOf(process.env) });
  if (!rg.ok) throw new RipGrepError(rg.message, '');
  const chunks: Buffer[] = [];
  const run = await runProgram(rg.value.file, argumentsOf(options), {
    cwd,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    maxBytes: MAX_OUTPUT_BYTES,
    ...(options.signal && { signal: options.signal }),
    onStdout: (chunk) => void chunks.push(chunk),
  });
  const matches = run.outcome === 'ended' ? matchesIn(Buffer.concat(chunks).toString()) : [];
  if (run.outcome !== 'ended' || (run.code !== 0 && run.stderr && !matches.length)) throw errorOf(run);
  return matches;
}

export type RipGrepOptions = ({ readonly string: string } | { readonly regex: string }) & {
  readonly globs?: readonly string[];
  readonly fileType?: string | readonly string[];
  readonly multiline?: boolean;
  /** 30 seconds by default. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
};

/** The `data` of a match in ripgrep's JSON lines. Offsets count bytes; what is not UTF-8 has U+FFFD. */
export interface Match {
  path: { text: string };
  lines: { text: string };
  line_number: number;
  absolute_offset: number;
  submatches: { match: { text: string }; start: number; end: number }[];
}

export class RipGrepError extends Error {
  override readonly name = 'RipGrepError';
  readonly stderr: string;

  constructor(message: string, stderr: string) {
    super(message);
    this.stderr = stderr;
  }
}

const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_OUTPUT_BYTES = 64_000_000;

const argumentsOf = (options: RipGrepOptions): string[] => [
  ...['--no-config', '--json'],
  ...('regex' in options ? ['-e', options.regex] : ['-F', '-e', options.string]),
  ...[options.fileType ?? []].flat().map((type) => `--type=${type}`),
  ...(options.globs ?? []).map((glob) => `--glob=${glob}`),
  ...(options.multiline ? ['--multiline'] : []),
  '--',
  './',
];

function errorOf({ outcome, stderr, code }: RunResult): RipGrepError {
  const messages = {
    ended: stderr.split('\n')[0] || `ripgrep ended with code ${code}`,
    timeout: 'The search ran out of time. Narrow it, or allow it more.',
    cancelled: 'The search was cancelled.',
    missing: `ripgrep could not be started: ${stderr}`,
    'too-much': 'The search has too many matches. Narrow it.',
  };
  return new RipGrepError(messages[outcome], stderr);
}

/** Text, or what is not UTF-8 in base 64. */
type JsonText = { text: string } | { bytes: string };
type JsonMatch = Omit<Match, 'path' | 'lines' | 'submatches'> & {
  path: JsonText;
  lines: JsonText;
  submatches: { match: JsonText; start: number; end: number }[];
};

function matchesIn(output: string): Match[] {
  const matches: Match[] = [];
  for (const line of output.split('\n')) {
    if (!line.startsWith('{"type":"match"')) continue;
    const match = toMatch((JSON.parse(line) as { data: JsonMatch }).data);
    if (!isSecret(match.path.text)) matches.push(match);
  }
  return matches.sort(byPlace);
}

/** In the order of ripgrep's own fields. */
const toMatch = ({ path, lines, line_number, absolute_offset, submatches }: JsonMatch): Match => ({
  path: { text: textOf(path).replace(/^\.[/\\]/, '') },
  lines: { text: textOf(lines) },
  line_number,
  absolute_offset,
  submatches: submatches.map(({ match, ...place }) => ({ match: { text: textOf(match) }, ...place })),
});

const textOf = (value: JsonText): string =>
  'text' in value ? value.text : Buffer.from(value.bytes, 'base64').toString();

function byPlace(a: Match, b: Match): number {
  if (a.path.text !== b.path.text) return a.path.text < b.path.text ? -1 : 1;
  return a.absolute_offset - b.absolute_offset;
}
