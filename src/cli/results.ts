/** The results of a batch: a file of JSON lines that only grows, and that a stopped batch goes on with. */
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import type { Span } from '#core/search/span.ts';
import type { StopReason } from '#core/agent/event.ts';
import { CliError } from '#cli/environment.ts';
import type { BadRow } from '#cli/rows.ts';

export interface ResultRow {
  readonly id: string;
  readonly files: readonly string[];
  readonly citations: readonly Span[];
  readonly answer: string;
  /** Milliseconds of the question alone. */
  readonly ms: number;
  /** Calls that search (grep, symbols, docs, history). */
  readonly searches: number;
  readonly turns: number;
  readonly confidence: number;
  readonly found: boolean;
  readonly stopReason: StopReason;
  readonly policy: string;
  /** Options that differ from the defaults; absent if none does. */
  readonly options?: string;
}

export interface Results {
  /** Ids that were answered before. */
  readonly done: ReadonlySet<string>;
  append(row: ResultRow | BadRow): void;
  close(): void;
}

/**
 * Opens the file to go on with it. What a stop left half-written is cut off, and rows that failed are taken out, so
 * that they are tried again. Throws a `CliError` if it holds anything else, or answers of other options.
 */
export function openResults(file: string, made: { readonly policy: string; readonly options: string }): Results {
  try {
    const done = isFile(file) ? repair(file, made) : new Set<string>();
    const descriptor = openSync(file, 'a');
    return { done, append: (row) => append(descriptor, file, row), close: () => closeSync(descriptor) };
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`The results cannot be written to ${file}: ${(error as Error).message}.`);
  }
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Writes a new file and puts it in the old one's place, so that a kill in between loses nothing. */
function repair(file: string, made: { policy: string; options: string }): Set<string> {
  const text = readFileSync(file, 'utf8');
  const lines = text.split('\n');
  const kept: string[] = [];
  const done = new Set<string>();
  for (const [i, line] of lines.entries()) {
    const row = parsed(line);
    const isCutOff = i === lines.length - 1 && (done.size > 0 || line.startsWith('{"id":'));
    if (!row && line.trim() && !isCutOff) throw new CliError(notResults(file, i + 1));
    if (!row || isFailed(row)) continue;
    if (!Array.isArray(row.files) || typeof row.id !== 'string') throw new CliError(notResults(file, i + 1));
    if (row.policy !== made.policy || (row.options ?? '') !== made.options) throw new CliError(otherOptions(file, row));
    kept.push(line);
    done.add(row.id);
  }
  const whole = kept.map((line) => `${line}\n`).join('');
  if (whole !== text) {
    writeFileSync(`${file}.new`, whole);
    renameSync(`${file}.new`, file);
  }
  return done;
}

const notResults = (file: string, line: number): string =>
  `${file} does not hold results of a batch (see its line ${line}). Name another file by --out.`;

const otherOptions = (file: string, row: Partial<ResultRow>): string =>
  `${file} holds answers made by --policy ${row.policy} ${row.options ?? ''}`.trimEnd() +
  '. Use the same options to go on, or name another file by --out.';

function parsed(line: string): Partial<ResultRow & BadRow> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const isFailed = ({ id, error, ...others }: Partial<BadRow>): boolean =>
  typeof id === 'string' && typeof error === 'string' && Object.keys(others).length === 0;

/** One write for the whole line; a line that does not fit on the disk is taken back. */
function append(descriptor: number, file: string, row: ResultRow | BadRow): void {
  const line = Buffer.from(`${JSON.stringify(row)}\n`);
  let why = 'The disk is full';
  try {
    const written = writeSync(descriptor, line);
    if (written === line.length) return;
    ftruncateSync(descriptor, fstatSync(descriptor).size - written);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') why = (error as Error).message;
  }
  throw new CliError(`A result could not be written to ${file}. ${why}. Make room and run the same command again.`);
}
