/** Pairs of text and code from one repository: its history, and the files of its newest commit. */
import type { ToolFailure } from '#core/agent/tools.ts';
import type { GitProgram } from '#node/history/git.ts';
import { commitPairs } from './commitPairs.ts';
import { countDrop, type Drops } from './drops.ts';
import type { ExcludedCommits } from './excludedCommits.ts';
import type { Made } from './makeTasks.ts';
import type { Pair, PairSource } from './pair.ts';
import {
  openSource,
  startOfRange,
  type HistoryRange,
  type HistoryStart,
  type RepositorySource,
} from './repositorySource.ts';
import { snapshotPairs } from './snapshotPairs.ts';

export interface PairOptions extends HistoryRange {
  /** Most pairs of one repository. */
  readonly perRepo: number;
  readonly seed: number;
  readonly exclude: ExcludedCommits;
}

/** What makes the pairs of one repository, and keeps account of them. */
export interface PairMaker {
  readonly source: RepositorySource;
  readonly start: HistoryStart;
  readonly options: PairOptions;
  readonly drops: Drops;
  readonly notes: string[];
  commits: number;
  /** How many pairs are still wanted. */
  left(): number;
  /** Passes over what was there before, and what comes after enough. */
  add(source: PairSource, text: string, code: string, path: string): void;
}

/** Gives at most `perRepo` pairs to `emit`. `directory` is bare or a work tree. */
export async function makePairs(
  git: GitProgram,
  directory: string,
  repo: string,
  options: PairOptions,
  emit: (pair: Pair) => void,
): Promise<Made<PairSource> | ToolFailure> {
  const source = await openSource(git, directory);
  if ('ok' in source) return source;
  const start = await startOfRange(source, options);
  if ('ok' in start) return start;
  const bySource = new Map<PairSource, number>();
  const maker = makerOf(source, start, options, (pair) => {
    bySource.set(pair.source, (bySource.get(pair.source) ?? 0) + 1);
    emit({ repo, ...pair });
  });
  const failure =
    (await snapshotPairs(maker, {
      'doc-comment': Math.ceil(options.perRepo * SHARES.docComment),
      test: Math.ceil(options.perRepo * SHARES.test),
      docs: Math.ceil(options.perRepo * SHARES.docs),
    })) ?? (await commitPairs(maker, options.perRepo));
  if (failure) return failure;
  return { bySource, drops: maker.drops, commits: maker.commits, notes: maker.notes };
}

/** Most of each source; commits fill up what is left. */
const SHARES = { docComment: 0.3, test: 0.15, docs: 0.15 };

function makerOf(
  source: RepositorySource,
  start: HistoryStart,
  options: PairOptions,
  emit: (pair: Omit<Pair, 'repo'>) => void,
): PairMaker {
  const drops: Drops = new Map();
  const seen = new Set<string>();
  let made = 0;
  const left = (): number => options.perRepo - made;
  return {
    source,
    start,
    options,
    drops,
    notes: [],
    commits: 0,
    left,
    add(kind, text, code, path) {
      const key = `${text}\n${code}`;
      if (!code || left() <= 0) return;
      if (seen.has(key)) return countDrop(drops, 'asked before');
      seen.add(key);
      made++;
      emit({ source: kind, text, code, path });
    },
  };
}
