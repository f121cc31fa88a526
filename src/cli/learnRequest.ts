/** What `spoor train` is asked for when it learns from use, kept in the run's folder so that it can be gone on with. */
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { numberOption, optionValue, type ParsedArguments } from '#cli/arguments.ts';
import { CliError, UsageError, type CliEnvironment } from '#cli/environment.ts';
import { LEARNING_DEFAULTS, type LearningPlan } from '#node/learning/learningPlan.ts';
import { ripgrepSettingOf } from '#node/ripgrep/findRipgrep.ts';
import { cacheDirectory } from '#node/storage.ts';
import { folderKey } from '#node/stores/folderNames.ts';
import { writeWholeSync } from '#node/stores/writeWholeSync.ts';
import { Workspace } from '#node/workspace.ts';

export interface LearnRequest {
  readonly version: typeof VERSION;
  readonly plan: LearningPlan;
  /** Full path that the policy is copied to; without, it is among the versions only. */
  readonly out?: string;
  /** Full paths: a page, or JSON where the name ends so. */
  readonly reports: readonly string[];
  /** Whether the gate decides about `out`, or the policy is written there in any case. */
  readonly promote: 'gate' | 'always';
}

/** Options that only learning from use has. */
export const LEARNING_ONLY = [
  'feedback',
  'history',
  'workspace',
  'start',
  'minutes',
  'storage',
  'report',
  'promote',
  'json',
] as const;

/** Whether a run in this folder learns from use. */
export const holdsRequest = (directory: string): boolean => existsSync(join(directory, REQUEST));

/** The request of the command line, with its files looked after. Nothing is written yet. */
export function requestOf(parsed: ParsedArguments, { cwd, env }: CliEnvironment): LearnRequest {
  const full = (path: string): string => resolve(cwd, path);
  const folders = foldersOf(parsed, full);
  const feedback = feedbackOf(parsed).map(full);
  const start = optionValue(parsed, 'start');
  const out = optionValue(parsed, 'out');
  const reports = (parsed.options.get('report') ?? []).map(full);
  for (const file of [...feedback, ...(start === undefined ? [] : [full(start)])]) checkReadable(file);
  for (const file of [...reports, ...(out === undefined ? [] : [full(out)])]) makeFolder(dirname(file));
  const storage = full(optionValue(parsed, 'storage') ?? cacheDirectory(env));
  const directory = join(storage, 'learning', folderKey(folders.join('\n')));
  const rg = ripgrepSettingOf(env);
  const plan: LearningPlan = {
    ...boundsOf(parsed),
    directory: join(directory, 'run'),
    folders,
    storage,
    feedback,
    history: parsed.options.has('history'),
    ...(start !== undefined && { start: full(start) }),
    startName: start === undefined ? 'shipped' : basename(start),
    versions: join(directory, 'policies'),
    docsFolders: [],
    ...(rg && { rg }),
  };
  return {
    version: VERSION,
    plan,
    ...(out !== undefined && { out: full(out) }),
    reports,
    promote: promotionOf(parsed),
  };
}

/** Folder that holds all of a request: itself, the run, the versions. */
export const folderOf = ({ plan }: LearnRequest): string => dirname(plan.directory);

/** Takes the place of what is left of an earlier run. */
export function beginRequest(request: LearnRequest): void {
  // First what could be gone on with: a stop in between must not leave the old run under the new request.
  rmSync(request.plan.directory, { recursive: true, force: true });
  writeWholeSync(join(folderOf(request), REQUEST), `${JSON.stringify(request, null, 2)}\n`);
}

/** What is left of a run that has ended: its versions. */
export function endRequest(request: LearnRequest): void {
  rmSync(join(folderOf(request), REQUEST), { force: true });
  rmSync(request.plan.directory, { recursive: true, force: true });
}

/** The request of a run that was begun. */
export function readRequest(directory: string): LearnRequest {
  const file = join(directory, REQUEST);
  try {
    const request = JSON.parse(readFileSync(file, 'utf8')) as LearnRequest;
    if (request.version === VERSION) return request;
  } catch {
    // Said below: whatever is wrong with it, there is nothing to go on with.
  }
  throw new CliError(
    `${file} cannot be read by this Spoor. Begin the run anew by spoor train --feedback or --history.`,
  );
}

const VERSION = 1;
const REQUEST = 'learning.json';

function foldersOf(parsed: ParsedArguments, full: (path: string) => string): readonly string[] {
  const named = (parsed.options.get('workspace') ?? ['.']).map(full);
  return Workspace.open(named).roots.map((root) => root.directory);
}

/** Files behind `--feedback` are operands where a shell has made several of a pattern. */
function feedbackOf(parsed: ParsedArguments): readonly string[] {
  const named = parsed.options.get('feedback') ?? [];
  if (!named.length && parsed.operands.length)
    throw new UsageError(`spoor train takes files of feedback behind --feedback, not "${parsed.operands[0]}" alone.`);
  if (!named.length && !parsed.options.has('history'))
    throw new UsageError('spoor train needs something to learn from: --feedback FILE, --history, or both.');
  return [...named, ...parsed.operands];
}

function boundsOf(parsed: ParsedArguments): Pick<LearningPlan, 'seed' | 'minutes' | 'processes' | 'historyTasks'> {
  const { seed, minutes, processes, historyTasks } = LEARNING_DEFAULTS;
  return {
    seed: numberOption(parsed, 'seed', 0, 2 ** 32 - 1) ?? seed,
    minutes: numberOption(parsed, 'minutes', 1, 10_000) ?? minutes,
    processes: numberOption(parsed, 'processes', 1, 64) ?? processes,
    historyTasks,
  };
}

function promotionOf(parsed: ParsedArguments): LearnRequest['promote'] {
  const text = optionValue(parsed, 'promote') ?? 'gate';
  if (text === 'gate' || text === 'always') return text;
  throw new UsageError(`--promote takes gate or always, not "${text}".`);
}

function checkReadable(file: string): void {
  try {
    accessSync(file, constants.R_OK);
    if (!statSync(file).isFile()) throw new Error('it is no file');
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${(error as Error).message}.`);
  }
}

function makeFolder(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw new CliError(`${directory} cannot be written to: ${(error as Error).message}.`);
  }
}
