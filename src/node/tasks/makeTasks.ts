/**
 * Tasks from a repository's own history: what a commit says is the question, the lines that it changed are the answer,
 * and its parent is the state to search. Any history gives as many as one wants, without anybody having labelled them.
 */
import type { Task, TaskSource } from '#core/agent/task.ts';
import type { ToolFailure } from '#core/agent/tools.ts';
import type { GitProgram } from '#node/history/git.ts';
import { createSample } from './chance.ts';
import { walkHistory } from './commitLog.ts';
import { countDrop, type Drops } from './drops.ts';
import { isExcluded, type ExcludedCommits } from './excludedCommits.ts';
import { readBlobs } from './readBlobs.ts';
import { readPatches } from './readPatches.ts';
import { openSource, startOfRange, type HistoryRange, type RepositorySource } from './repositorySource.ts';
import { candidateOf, type TaskCandidate } from './taskCandidate.ts';
import { draftTask, type TaskDraft } from './taskDraft.ts';
import { definitionSpan } from './addedDocs.ts';

export interface TaskOptions extends HistoryRange {
  /** Most tasks of one repository. */
  readonly perRepo: number;
  readonly seed: number;
  readonly exclude: ExcludedCommits;
  /** Keep questions that name a file that answers them. */
  readonly withPaths: boolean;
  /** Commits made before this time are left out, in seconds since 1970. */
  readonly sinceS?: number | undefined;
  /** Only the newest so many commits of the range are looked at; merges do not count. All by default. */
  readonly mostCommits?: number | undefined;
  /** Only what was changed in these files and folders of the repository; everywhere by default. */
  readonly under?: readonly string[] | undefined;
}

export interface Made<S extends string> {
  readonly bySource: ReadonlyMap<S, number>;
  readonly drops: Drops;
  /** Commits looked at, without merges. */
  readonly commits: number;
  /** What was left out, a sentence each. */
  readonly notes: readonly string[];
}

export interface MadeTask {
  readonly task: Task;
  /** The commit that answers. */
  readonly fixCommit: string;
  /** When it was committed, in seconds since 1970. */
  readonly timeS: number;
  /** Ids of what its files held in the state to search, by path. */
  readonly heldBefore: ReadonlyMap<string, string>;
}

/** Gives at most `perRepo` tasks to `emit`, in an order shuffled by the seed. `directory` is bare or a work tree. */
export async function makeTasks(
  git: GitProgram,
  directory: string,
  repo: string,
  options: TaskOptions,
  emit: (made: MadeTask) => void,
): Promise<Made<TaskSource> | ToolFailure> {
  const source = await openSource(git, directory);
  if ('ok' in source) return source;
  const start = await startOfRange(source, options);
  if ('ok' in start) return start;
  const drops: Drops = new Map();
  const sample = createSample<TaskCandidate>(options.perRepo * CANDIDATES_A_TASK + 100, options.seed);
  let commits = 0;
  const walked = await walkHistory(
    source,
    start,
    (commit) => {
      if (commit.timeS < (options.sinceS ?? -Infinity)) return;
      commits++;
      const candidate = isExcluded(options.exclude, commit.id) ? 'named by --exclude' : candidateOf(commit);
      if (typeof candidate === 'string') countDrop(drops, candidate);
      else sample.add(commit.id, candidate, candidate.weight);
    },
    options,
  );
  if ('ok' in walked) return walked;
  const maker = { source, repo, options, drops, asked: new Set<string>(), bySource: new Map<TaskSource, number>() };
  const failure = await takeTasks(maker, sample.kept(), emit);
  if (failure) return failure;
  return { bySource: maker.bySource, drops, commits, notes: walked.note === undefined ? [] : [walked.note] };
}

/** Candidates kept for each wanted task: enough for those that fall through, few enough for any memory. */
const CANDIDATES_A_TASK = 10;
const CHUNK = 128;
/** Three unchanged lines around a change show which definition a comment was put above. */
const CONTEXT = 3;

interface Maker {
  readonly source: RepositorySource;
  readonly repo: string;
  readonly options: TaskOptions;
  readonly drops: Drops;
  /** Questions so far: the same change is often made on several branches. */
  readonly asked: Set<string>;
  readonly bySource: Map<TaskSource, number>;
}

async function takeTasks(
  maker: Maker,
  candidates: readonly TaskCandidate[],
  emit: (made: MadeTask) => void,
): Promise<ToolFailure | undefined> {
  let made = 0;
  for (let from = 0; from < candidates.length && made < maker.options.perRepo; from += CHUNK) {
    const drafts = await draftsOf(maker, candidates.slice(from, from + CHUNK));
    if ('ok' in drafts) return drafts;
    const contents = await readBlobs(
      maker.source,
      drafts.flatMap(({ addedDoc }) => addedDoc?.blobId ?? []),
    );
    if ('ok' in contents) return contents;
    for (const draft of drafts) {
      if (made >= maker.options.perRepo) break;
      const task = finish(maker, draft, contents);
      if (!task) continue;
      emit(task);
      made++;
    }
  }
  return undefined;
}

async function draftsOf(maker: Maker, candidates: readonly TaskCandidate[]): Promise<TaskDraft[] | ToolFailure> {
  const { source, options, drops } = maker;
  const read = await readPatches(source, candidates, CONTEXT);
  if ('ok' in read) return read;
  countDrop(drops, 'contents not in this clone', read.missing);
  return candidates.flatMap((candidate) => {
    const patches = read.patches.get(candidate.id);
    const draft = patches && draftTask(candidate, patches, options);
    if (typeof draft === 'string') countDrop(drops, draft);
    return draft === undefined || typeof draft === 'string' ? [] : [draft];
  });
}

function finish(
  { repo, asked, drops, bySource }: Maker,
  draft: TaskDraft,
  contents: ReadonlyMap<string, string>,
): MadeTask | undefined {
  const { candidate, question, source, addedDoc } = draft;
  const key = question.toLowerCase().replace(/\P{L}+/gu, ' ');
  const span = addedDoc && definitionSpan(addedDoc, contents.get(addedDoc.blobId) ?? '');
  const goldSpans = addedDoc ? (span ? [span] : []) : draft.goldSpans;
  const reason = asked.has(key) ? 'asked before' : goldSpans.length ? undefined : 'no place at the parent';
  if (reason) {
    countDrop(drops, reason);
    return undefined;
  }
  asked.add(key);
  bySource.set(source, (bySource.get(source) ?? 0) + 1);
  const task: Task = {
    id: `${repo}:${candidate.id.slice(0, ID_LENGTH)}`,
    repo,
    commit: candidate.parent,
    source,
    question,
    goldFiles: addedDoc ? [addedDoc.path] : draft.goldFiles,
    goldSpans,
  };
  const gold = candidate.files.filter(({ path }) => task.goldFiles.includes(path));
  const heldBefore = new Map(gold.map(({ path, oldId }) => [path, oldId]));
  return { task, fixCommit: candidate.id, timeS: candidate.timeS, heldBefore };
}

const ID_LENGTH = 12;
