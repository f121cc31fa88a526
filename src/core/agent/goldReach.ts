/**
 * How much of a task's gold an episode could have answered with: the ceiling of any policy that searches no better.
 * A place can be cited only if it is a candidate and its lines can be read.
 */
import type { Candidate } from '#core/agent/candidates.ts';
import type { Gold } from '#core/agent/reward.ts';
import type { WorldRecord } from '#core/agent/worldRecord.ts';
import { rangesOverlap, type LineRange, type Span } from '#core/search/span.ts';

/** Of the files and of the spans of a gold. */
export interface Reach {
  readonly all: number;
  /** A window of the file, or one that meets the span, is among the candidates. */
  readonly candidates: number;
  /** The same, and the record has lines of it: of the window of the file, or of the span. */
  readonly readable: number;
}

export interface GoldReach {
  readonly files: Reach;
  readonly spans: Reach;
  /** Rank of the first candidate in a gold file, 1 for the best; undefined if there is none. */
  readonly firstRank: number | undefined;
}

/** `candidates`: those that the episode was offered, best first; of several observations one after another. */
export function goldReach(
  gold: Gold,
  candidates: readonly Candidate[],
  { files }: Pick<WorldRecord, 'files'>,
): GoldReach {
  const isReadable = (span: Span): boolean => {
    const file = files.get(span.path);
    return file?.ok === true && file.value.pieces.some((piece) => rangesOverlap(rangeOf(piece), span));
  };
  const windows = Map.groupBy(
    candidates.map(({ span }) => span),
    ({ path }) => path,
  );
  const inFile = (path: string): readonly Span[] => windows.get(path) ?? [];
  const meeting = (span: Span): readonly Span[] => inFile(span.path).filter((window) => rangesOverlap(window, span));
  const first = candidates.findIndex(({ span }) => gold.goldFiles.includes(span.path));
  return {
    files: {
      all: gold.goldFiles.length,
      candidates: count(gold.goldFiles, (path) => inFile(path).length > 0),
      readable: count(gold.goldFiles, (path) => inFile(path).some(isReadable)),
    },
    spans: {
      all: gold.goldSpans.length,
      candidates: count(gold.goldSpans, (span) => meeting(span).length > 0),
      readable: count(gold.goldSpans, (span) => meeting(span).length > 0 && isReadable(span)),
    },
    firstRank: first < 0 ? undefined : first + 1,
  };
}

const rangeOf = ({ start, lines }: { readonly start: number; readonly lines: readonly string[] }): LineRange => ({
  start,
  end: start + lines.length - 1,
});

const count = <T>(all: readonly T[], holds: (one: T) => boolean): number => all.filter(holds).length;

export interface ReachSummary {
  readonly tasks: number;
  /** Means over the tasks, each task's share of its own gold; spans over the tasks that have some. */
  readonly files: { readonly candidates: number; readonly readable: number };
  readonly spans: { readonly candidates: number; readonly readable: number };
  /** Share of the tasks with a gold file among the first 1, 5, 10 and 50 candidates. */
  readonly within: Readonly<Record<1 | 5 | 10 | 50, number>>;
}

/** Tasks without gold, asked of a wrong repository, are left out. */
export function summariseReach(reaches: readonly GoldReach[]): ReachSummary {
  const some = reaches.filter(({ files }) => files.all > 0);
  const within = (rank: number): number => mean(some.map(({ firstRank = Infinity }) => Number(firstRank <= rank)));
  return {
    tasks: some.length,
    files: meanShares(some.map(({ files }) => files)),
    spans: meanShares(some.map(({ spans }) => spans).filter(({ all }) => all > 0)),
    within: { 1: within(1), 5: within(5), 10: within(10), 50: within(50) },
  };
}

const meanShares = (reaches: readonly Reach[]): { candidates: number; readable: number } => ({
  candidates: mean(reaches.map(({ candidates, all }) => candidates / all)),
  readable: mean(reaches.map(({ readable, all }) => readable / all)),
});

const mean = (values: readonly number[]): number =>
  values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
