/** What `spoor tasks` is asked to do: the repositories, their ranges, and the limits. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nearest, numberOption, optionValue, type ParsedArguments } from '#cli/arguments.ts';
import { CliError, UsageError, type CliEnvironment } from '#cli/environment.ts';
import { isRepositoryName, readCorpus, shippedCorpus, type Corpus, type CorpusRepository } from '#node/tasks/corpus.ts';
import { parseExcluded, type ExcludedCommits } from '#node/tasks/excludedCommits.ts';

export interface TasksPlan {
  readonly repos: string;
  readonly out: string;
  readonly repositories: readonly CorpusRepository[];
  readonly pairs: boolean;
  readonly format: TasksFormat;
  /** Commits before this time are left out, in seconds since 1970. */
  readonly sinceS: number | undefined;
  readonly leaveNewestDays: number | undefined;
  readonly options: {
    readonly perRepo: number;
    readonly seed: number;
    readonly untilS: number | undefined;
    readonly sinceS: number | undefined;
    readonly withPaths: boolean;
    readonly exclude: ExcludedCommits;
  };
  /** What is to be told before the work begins. */
  readonly said: readonly string[];
}

export type TasksFormat = (typeof FORMATS)[number];

const FORMATS = ['spoor', 'r1-searcher', 'search-r1'] as const;
const DEFAULT_TASKS = 100;
const DEFAULT_PAIRS = 2_000;

export function tasksPlan(parsed: ParsedArguments, { cwd }: CliEnvironment): TasksPlan {
  if (parsed.operands.length)
    throw new UsageError(
      `spoor tasks takes options only, not "${parsed.operands[0]}". "spoor tasks --help" lists them.`,
    );
  const repos = resolve(cwd, requiredOption(parsed, 'repos', 'DIR'));
  const out = resolve(cwd, requiredOption(parsed, 'out', 'FILE'));
  const pairs = parsed.options.has('pairs');
  if (parsed.options.has('until') && parsed.options.has('leave-newest'))
    throw new UsageError('--until and --leave-newest say the same thing in two ways. Give one of them.');
  if (pairs && parsed.options.has('with-paths'))
    throw new UsageError('--with-paths is about questions, and pairs have none. Leave it out.');
  const format = formatOption(parsed);
  const since = optionValue(parsed, 'since');
  if (pairs && (format !== 'spoor' || since !== undefined))
    throw new UsageError(
      `--${format === 'spoor' ? 'since' : 'format'} is about tasks. Leave it out, or leave out --pairs.`,
    );
  if (format !== 'spoor' && since === undefined)
    throw new UsageError(
      `--format ${format} needs --since DATE: the model searches the state before that day and is asked about what came after it.`,
    );
  const sinceS = since === undefined ? undefined : dayOption('since', since);
  const options = {
    perRepo: numberOption(parsed, 'per-repo', 1, 1e6) ?? (pairs ? DEFAULT_PAIRS : DEFAULT_TASKS),
    seed: numberOption(parsed, 'seed', 0, 2 ** 31 - 1) ?? 0,
    untilS: untilOption(optionValue(parsed, 'until')),
    sinceS,
    withPaths: parsed.options.has('with-paths'),
    exclude: readExcluded(optionValue(parsed, 'exclude'), cwd),
  };
  if (!statSync(repos, { throwIfNoEntry: false })?.isDirectory())
    throw new CliError(`There is no folder ${repos}. Check --repos.`);
  const leaveNewestDays = numberOption(parsed, 'leave-newest', 0, 36_500);
  return { repos, out, pairs, format, sinceS, leaveNewestDays, options, ...chooseRepositories(parsed, repos, cwd) };
}

function requiredOption(parsed: ParsedArguments, name: string, value: string): string {
  const given = optionValue(parsed, name);
  if (given === undefined) throw new UsageError(`spoor tasks needs --${name} ${value}.`);
  return given;
}

function formatOption(parsed: ParsedArguments): TasksFormat {
  const given = optionValue(parsed, 'format') ?? FORMATS[0];
  const format = FORMATS.find((name) => name === given);
  if (format) return format;
  const known = nearest(given, FORMATS);
  throw new UsageError(
    `There is no format "${given}". ${known ? `Did you mean ${known}?` : `There are ${FORMATS.join(', ')}.`}`,
  );
}

const DAY_S = 86_400;

/** The last second of that day, since 1970. */
const untilOption = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : dayOption('until', text) + DAY_S - 1;

/** The first second of a day, since 1970. */
function dayOption(name: string, text: string): number {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const beginMs = isDate ? Date.parse(`${text}T00:00:00Z`) : NaN;
  // A day that no month has is taken for one of the next month.
  if (Number.isNaN(beginMs) || new Date(beginMs).toISOString().slice(0, 10) !== text)
    throw new UsageError(`--${name} takes a day like 2024-12-31, not "${text}".`);
  return beginMs / 1000;
}

function readExcluded(name: string | undefined, cwd: string): ExcludedCommits {
  if (name === undefined) return new Map();
  const file = resolve(cwd, name);
  let text: string;
  try {
    text = readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    throw new CliError(`The commits to leave out cannot be read from ${file}: ${(error as Error).message}.`);
  }
  const excluded = parseExcluded(text);
  if (typeof excluded !== 'number') return excluded;
  throw new CliError(
    `Line ${excluded} of ${file} is no commit id and no JSON object whose "fix_commit" is one. Without it, commits that results are measured on could be learned from.`,
  );
}

function chooseRepositories(
  parsed: ParsedArguments,
  repos: string,
  cwd: string,
): Pick<TasksPlan, 'repositories' | 'said'> {
  const shipped = openCorpus(shippedCorpus());
  const given = optionValue(parsed, 'corpus');
  const corpus = given === undefined ? shipped : openCorpus(resolve(cwd, given));
  const barred = new Set([...shipped.neverTrainOn, ...corpus.neverTrainOn].map((repo) => repo.toLowerCase()));
  const isBarred = ({ repo }: CorpusRepository): boolean => barred.has(repo.toLowerCase());
  const names = parsed.options.get('repo');
  const chosen = names
    ? names.map((name) => namedRepository(name, corpus))
    : given === undefined
      ? repositoriesIn(repos, corpus)
      : corpus.repositories;
  const refused = chosen.find(isBarred);
  if (refused && (names || given !== undefined)) throw new CliError(refusal(refused.repo, 'Leave it out.'));
  const repositories = chosen.filter((repository) => !isBarred(repository));
  if (repositories.length === 0)
    throw new CliError(`There is no repository to make tasks of in ${repos}. They are expected at owner/name.`);
  return { repositories, said: chosen.filter(isBarred).map(({ repo }) => refusal(repo, 'It is left out.')) };
}

const refusal = (repo: string, so: string): string =>
  `${repo} is one of the repositories that results are measured on, so nothing may be learned from it. ${so}`;

function openCorpus(file: string | undefined): Corpus {
  if (file === undefined)
    throw new CliError(
      'models/corpus.json is missing, which names the repositories that nothing may be learned from. Install Spoor anew.',
    );
  const corpus = readCorpus(file);
  if (typeof corpus === 'string') throw new CliError(corpus);
  return corpus;
}

function namedRepository(name: string, corpus: Corpus): CorpusRepository {
  if (isRepositoryName(name)) return corpus.repositories.find(({ repo }) => repo === name) ?? { repo: name };
  throw new UsageError(`--repo takes a name of the form owner/name, not "${String(name)}".`);
}

/** All folders at owner/name, by name. */
function repositoriesIn(repos: string, corpus: Corpus): CorpusRepository[] {
  return foldersIn(repos)
    .flatMap((owner) => foldersIn(join(repos, owner)).map((name) => `${owner}/${name}`))
    .filter(isRepositoryName)
    .map((name) => namedRepository(name, corpus));
}

/** Links to folders count; what cannot be listed has none. */
function foldersIn(directory: string): string[] {
  try {
    const isFolder = (name: string): boolean =>
      statSync(join(directory, name), { throwIfNoEntry: false })?.isDirectory() ?? false;
    return readdirSync(directory).filter(isFolder).sort();
  } catch {
    return [];
  }
}
