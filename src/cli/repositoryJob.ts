/** The rows of a batch that are about one repository: one work tree that moves from commit to commit. */
import type { Answer } from '#core/answer/answer.ts';
import type { Tally } from '#cli/batchSummary.ts';
import { citationProblems } from '#cli/citationCheck.ts';
import type { CliEnvironment } from '#cli/environment.ts';
import type { Progress } from '#cli/progress.ts';
import type { ResultRow, Results } from '#cli/results.ts';
import type { Row } from '#cli/rows.ts';
import { measuredPolicy, optionsText, type SearchOptions } from '#cli/searchOptions.ts';
import { searchCount } from '#cli/trailText.ts';
import { openWorktree, type Worktree } from '#node/worktree.ts';
import { printable } from '#core/answer/plainText.ts';
import { searchFailure } from '#core/answer/searchFailure.ts';
import { plainSpan } from '#core/search/span.ts';
import type { Searcher } from '#node/searcher.ts';

export interface RepositoryJob {
  readonly repo: string;
  readonly rows: readonly Row[];
  /** The user's repository; only read. */
  readonly source: string;
  /** Where its commits are laid out. */
  readonly directory: string;
  readonly storage: string;
  readonly options: SearchOptions;
}

export interface BatchContext {
  readonly results: Results;
  readonly tally: Tally;
  readonly progress: Progress;
  readonly createSearcher: CliEnvironment['createSearcher'];
  readonly signal: AbortSignal;
}

/** Asked before a repository's first row, so that no row pays for what is loaded only once. */
const WARM_UP = 'Where does the program start?';

/** Asks all rows, oldest commit first; whatever is wrong with a row becomes its error line. */
export async function askRepository(job: RepositoryJob, context: BatchContext): Promise<void> {
  context.progress.now(job.repo);
  const opened = await attempt(async () => {
    const worktree = await openWorktree(job.source, job.directory, context.signal);
    return { worktree, states: await statesOf(worktree, job.rows) };
  });
  if (!opened.ok) return failRows(job.rows, opened.error, context);
  const { worktree, states } = opened.value;
  for (const [i, rows] of states.entries()) await askState(worktree, rows, i === 0, job, context);
}

/** Rows by commit, oldest commit first, so that each step changes few files. */
async function statesOf(worktree: Worktree, rows: readonly Row[]): Promise<Row[][]> {
  const byCommit = Map.groupBy(rows, (row) => row.commit);
  const times = await worktree.commitTimes([...byCommit.keys()]);
  const timeOf = (state: readonly Row[]): number => times.get(state[0]!.commit) ?? Infinity;
  return [...byCommit.values()].sort((a, b) => timeOf(a) - timeOf(b) || (a[0]!.commit < b[0]!.commit ? -1 : 1));
}

/** Lays out one commit and asks its rows. */
async function askState(
  worktree: Worktree,
  rows: readonly Row[],
  isFirst: boolean,
  job: RepositoryJob,
  context: BatchContext,
): Promise<void> {
  if (context.signal.aborted) return;
  const opened = await attempt(async () => {
    await worktree.moveTo(rows[0]!.commit);
    return openSearcher(worktree, isFirst, job, context);
  });
  if (!opened.ok) return failRows(rows, opened.error, context);
  try {
    for (const row of rows) if (!context.signal.aborted) await askRow(row, opened.value, worktree, job, context);
  } finally {
    await opened.value.close();
  }
}

async function openSearcher(
  worktree: Worktree,
  isFirst: boolean,
  { options, storage }: RepositoryJob,
  { createSearcher, signal }: BatchContext,
): Promise<Searcher> {
  const searcher = await createSearcher({ directories: [worktree.directory], storage, ...options.searcher });
  try {
    await searcher.ready();
    if (isFirst) await searcher.ask(WARM_UP, { ...options.ask, signal });
    return searcher;
  } catch (error) {
    await searcher.close();
    throw error;
  }
}

async function askRow(
  row: Row,
  searcher: Searcher,
  worktree: Worktree,
  job: RepositoryJob,
  context: BatchContext,
): Promise<void> {
  const startMs = performance.now();
  const asked = await attempt(() => searcher.ask(row.question, { ...job.options.ask, signal: context.signal }));
  const ms = performance.now() - startMs;
  if (!asked.ok) return failRows([row], asked.error, context);
  if (context.signal.aborted) return;
  const failure = searchFailure(asked.value);
  if (failure !== undefined) return failRows([row], failure, context);
  checkCitations(row, asked.value, worktree, context);
  context.results.append(resultOf(row, asked.value, ms, job.options));
  context.tally.answered++;
  context.tally.times.push(ms);
  context.progress.step(row.repo);
}

function checkCitations(row: Row, answer: Answer, worktree: Worktree, { tally, progress }: BatchContext): void {
  const problems = citationProblems(answer, worktree.directory);
  tally.citations += answer.citations.length;
  tally.violations += problems.length;
  for (const problem of problems) progress.say(printable(`${row.id}: ${problem}`));
}

function resultOf(row: Row, answer: Answer, ms: number, options: SearchOptions): ResultRow {
  const others = optionsText(options);
  return {
    id: row.id,
    files: answer.files,
    citations: answer.citations.map(plainSpan),
    answer: answer.sentences.map((sentence) => sentence.text).join(' '),
    ms: Math.round(ms * 10) / 10,
    searches: searchCount(answer.trail),
    turns: answer.trail.length,
    confidence: answer.confidence,
    found: answer.found,
    stopReason: answer.stopReason,
    policy: measuredPolicy(options),
    ...(others ? { options: others } : {}),
  };
}

/** Writes an error line for each row, unless the batch was stopped: then they are still to be asked. */
function failRows(rows: readonly Row[], error: string, { results, tally, progress, signal }: BatchContext): void {
  if (signal.aborted) return;
  for (const row of rows) {
    results.append({ id: row.id, error });
    tally.failed++;
    progress.step(row.repo);
  }
}

type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

async function attempt<T>(action: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await action() };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}
