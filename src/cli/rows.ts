/** The questions of a batch: lines of JSON, checked one by one, so that a bad one does not stop the rest. */
import { readFileSync } from 'node:fs';
import { CliError } from '#cli/environment.ts';
import { questionProblem } from '#cli/question.ts';
import { isRepoName } from '#core/agent/taskLine.ts';

export interface Row {
  readonly id: string;
  /** `owner/name`. */
  readonly repo: string;
  /** Hexadecimal commit id, full or abbreviated. */
  readonly commit: string;
  readonly question: string;
}

export interface BadRow {
  /** The row's own id, or `line N` if it has none. */
  readonly id: string;
  readonly error: string;
}

export interface Rows {
  /** In the file's order. */
  readonly good: readonly Row[];
  readonly bad: readonly BadRow[];
  /** Ids that came again; only the first of each counts. */
  readonly doubles: readonly string[];
}

const COMMIT = /^[0-9a-f]{7,64}$/;

/** Reads the file's rows; `only` keeps those of one split, `limit` the first so many of them. */
export function readRows(file: string, filter: { readonly only?: string; readonly limit?: number }): Rows {
  const chosen = linesOf(file)
    .map(parseLine)
    .filter((row) => isOf(row, filter.only))
    .slice(0, filter.limit);
  const seen = new Set<string>();
  const rows = { good: [] as Row[], bad: [] as BadRow[], doubles: [] as string[] };
  for (const { id, fields } of chosen) {
    if (seen.has(id)) rows.doubles.push(id);
    else sortIn(rows, id, fields);
    seen.add(id);
  }
  return rows;
}

interface Line {
  readonly id: string;
  /** The row, or why the line is none. */
  readonly fields: Readonly<Record<string, unknown>> | string;
}

const isOf = ({ fields }: Line, split: string | undefined): boolean =>
  split === undefined || typeof fields === 'string' || fields['split'] === split;

function linesOf(file: string): { text: string; number: number }[] {
  const lines = readText(file).split('\n');
  return lines.map((text, i) => ({ text, number: i + 1 })).filter(({ text }) => text.trim());
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'There is no such file' : (error as Error).message;
    throw new CliError(`The questions cannot be read from ${file}. ${why}.`);
  }
}

function parseLine({ text, number }: { text: string; number: number }): Line {
  const id = `line ${number}`;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { id, fields: 'The line is no JSON object.' };
    const fields = value as Record<string, unknown>;
    if (typeof fields['id'] === 'string' && fields['id']) return { id: fields['id'], fields };
    return { id, fields: 'The row has no "id".' };
  } catch {
    return { id, fields: 'The line is not JSON.' };
  }
}

function sortIn(rows: { good: Row[]; bad: BadRow[] }, id: string, fields: Line['fields']): void {
  const error = typeof fields === 'string' ? fields : problemOf(fields);
  if (error !== undefined) rows.bad.push({ id, error });
  else rows.good.push(rowOf(id, fields as Record<keyof Row, string>));
}

function problemOf({ repo, commit, question }: Readonly<Record<string, unknown>>): string | undefined {
  if (!isRepoName(repo)) return 'The row\'s "repo" is not of the form owner/name.';
  if (typeof commit !== 'string' || !COMMIT.test(commit))
    return 'The row\'s "commit" is no commit id of 7 or more hexadecimal digits.';
  return typeof question === 'string' ? questionProblem(question) : 'The row has no "question".';
}

const rowOf = (id: string, { repo, commit, question }: Readonly<Record<keyof Row, string>>): Row => ({
  id,
  repo,
  commit,
  question,
});
