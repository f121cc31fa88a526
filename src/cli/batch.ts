/** `spoor batch`: many questions, each asked of its repository as it was at its commit. */
import { join, resolve } from 'node:path';
import { statSync } from 'node:fs';
import { numberOption, optionValue, type ParsedArguments } from '#cli/arguments.ts';
import { emptyTally, summaryText, type Tally } from '#cli/batchSummary.ts';
import { askRepository, type RepositoryJob } from '#cli/repositoryJob.ts';
import { CliError, EXIT, UsageError, type CliEnvironment } from '#cli/environment.ts';
import { startProgress } from '#cli/progress.ts';
import { openResults, type Results } from '#cli/results.ts';
import { readRows, type Rows } from '#cli/rows.ts';
import { measuredPolicy, optionsText, searchOptions, type SearchOptions } from '#cli/searchOptions.ts';
import { withTempFolder } from '#cli/tempFolder.ts';
import { keptModels, type KeptModels } from '#node/llm/keptModels.ts';

export async function batch(parsed: ParsedArguments, environment: CliEnvironment): Promise<number> {
  const models = keptModels();
  const plan = planOf(parsed, environment, models);
  const results = openResults(plan.out, { policy: measuredPolicy(plan.options), options: optionsText(plan.options) });
  try {
    const tally = await withTempFolder((folder) => run(plan, results, folder, environment));
    environment.stderr.write(summaryText(tally, plan.out));
    if (environment.signal.aborted) return EXIT.interrupted;
    return tally.failed || tally.violations ? EXIT.failed : EXIT.answered;
  } finally {
    results.close();
    await models.close();
  }
}

interface Plan {
  readonly rows: Rows;
  readonly repos: string;
  readonly out: string;
  readonly jobs: number;
  readonly storage: string | undefined;
  readonly options: SearchOptions;
}

function planOf(parsed: ParsedArguments, { cwd, env }: CliEnvironment, { open }: KeptModels): Plan {
  const [questions, ...others] = parsed.operands;
  if (questions === undefined || others.length)
    throw new UsageError('spoor batch takes one file of questions: spoor batch QUESTIONS.jsonl …');
  const repos = resolve(cwd, requiredOption(parsed, 'repos', 'DIR'));
  const out = resolve(cwd, requiredOption(parsed, 'out', 'FILE'));
  const storage = optionValue(parsed, 'storage');
  const given = searchOptions(parsed, { env });
  const options = {
    searcher: {
      ...given.searcher,
      ...(given.searcher.models && { models: { ...given.searcher.models, strict: true, open } }),
    },
    ask: { ...given.ask, policy: measuredPolicy(given) },
  };
  const jobs = numberOption(parsed, 'jobs', 1, 16) ?? 1;
  const only = optionValue(parsed, 'only');
  const limit = numberOption(parsed, 'limit', 1, 1e9);
  if (!statSync(repos, { throwIfNoEntry: false })?.isDirectory())
    throw new CliError(`There is no folder ${repos}. Check --repos.`);
  const rows = readRows(resolve(cwd, questions), {
    ...(only === undefined ? {} : { only }),
    ...(limit ? { limit } : {}),
  });
  if (only !== undefined && !rows.good.length && !rows.bad.length)
    throw new CliError(`No row of ${questions} has the split "${only}".`);
  return { rows, repos, out, jobs, options, storage: storage === undefined ? undefined : resolve(cwd, storage) };
}

function requiredOption(parsed: ParsedArguments, name: string, value: string): string {
  const given = optionValue(parsed, name);
  if (given === undefined) throw new UsageError(`spoor batch needs --${name} ${value}.`);
  return given;
}

async function run(plan: Plan, results: Results, folder: string, environment: CliEnvironment): Promise<Tally> {
  const tally = emptyTally(plan.rows.doubles.length);
  const open = plan.rows.good.filter((row) => !results.done.has(row.id));
  tally.skipped = plan.rows.good.length - open.length;
  for (const row of plan.rows.bad) {
    results.append(row);
    tally.failed++;
  }
  const progress = startProgress(open.length, environment, () => performance.now());
  const storage = plan.storage ?? join(folder, 'storage');
  const groups = [...Map.groupBy(open, (row) => row.repo)];
  const waiting = groups.map(([repo, rows], i): RepositoryJob => {
    const source = join(plan.repos, ...repo.split('/'));
    const directory = join(folder, String(i), repo.split('/')[1]!);
    return { repo, rows, source, directory, storage, options: plan.options };
  });
  try {
    await inWorkers(plan.jobs, environment.signal, waiting, (job, signal) =>
      askRepository(job, { results, tally, progress, signal, createSearcher: environment.createSearcher }),
    );
    return tally;
  } finally {
    progress.end();
  }
}

/** Does each job once, `count` side by side. The first error ends the others too, and is thrown when all are gone. */
async function inWorkers<T>(
  count: number,
  signal: AbortSignal,
  jobs: readonly T[],
  act: (job: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failing = new AbortController();
  const either = AbortSignal.any([signal, failing.signal]);
  const waiting = [...jobs];
  const work = async (): Promise<void> => {
    try {
      for (let job = waiting.shift(); job !== undefined && !either.aborted; job = waiting.shift())
        await act(job, either);
    } catch (error) {
      failing.abort();
      throw error;
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: count }, work));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
}
