/**
 * What an episode earns. R1-Searcher's two stages (arXiv 2503.05592, sections 3.2 and 3.3), with an F of citations in
 * the place of the F1 of an answer's words. Every term is a function of its own.
 *
 * Stage 1 pays for coming to the right places and for an answer of the right form, stage 2 for the right places. Left out: R1-Searcher's
 * format check on the generated text, which legal actions make needless; what is left of it is "no answer at all".
 */
import { MAX_CITED_LINES } from '#core/agent/citableSpan.ts';
import type { StopReason } from '#core/agent/event.ts';
import { rangesOverlap, type LineRange, type Span } from '#core/search/span.ts';

/** What is known to answer a task. Both empty: the workspace does not hold the answer. */
export interface Gold {
  readonly goldFiles: readonly string[];
  readonly goldSpans: readonly Span[];
}

/** What rewards look at; an `EpisodeOutcome` is one. */
export interface PaidEpisode {
  readonly stopReason: StopReason;
  /** Best first. For `not-found` they are no answer, and do not count. */
  readonly citations: readonly Span[];
  readonly trail: readonly { readonly calls: readonly unknown[] }[];
  /** Lines of a file that were read. */
  readonly pool: { readRanges(path: string): readonly LineRange[] };
}

export type AnswerScore = (citations: readonly Span[], gold: Gold) => number;

export interface StageTwoOptions {
  /** `rankedScore` of `BETA` by default. */
  readonly score?: AnswerScore;
  /** Share of what a right answer earns that one call costs; `CALL_COST` by default. */
  readonly callCost?: number;
}

/** Precision weighs more than recall: unlabelled places may be right too, but a user reads every one. */
export const BETA = 0.5;
export const CALL_COST = 0.005;
/** What no answer costs (R1-Searcher's format penalty for Qwen). Without it a policy learns to avoid answering. */
export const NO_ANSWER = -2;
/** Calls never cost more than this share, so that a right answer always earns more than a wrong one. */
const MOST_COST = 0.5;

/**
 * In [0, 1]: half for the share of the gold that the episode has read, half for an answer that is well formed. R1-Searcher
 * pays the first half for any search. Here every legal search brings something, so that would teach nothing: measured,
 * an untrained network earned all of it. What stage 1 is for is kept: it pays for searching and not for answering.
 */
export const stageOneReward = (episode: PaidEpisode, gold: Gold): number =>
  0.5 * readShare(episode, gold) + 0.5 * Number(isWellFormed(episode));

/** `NO_ANSWER`, or in [0, 1]. */
export function stageTwoReward(episode: PaidEpisode, gold: Gold, options: StageTwoOptions = {}): number {
  if (!isWellFormed(episode)) return NO_ANSWER;
  const saidNowhere = episode.stopReason === 'not-found';
  if (isNowhere(gold)) return Number(saidNowhere);
  if (saidNowhere) return 0;
  const { score = rankedScore(BETA), callCost = CALL_COST } = options;
  return withCallCost(score(episode.citations, gold), callsOf(episode), callCost);
}

/** Share of the gold lines that were read, by spans; by files where no lines are known. 1 where there is no gold. */
export function readShare({ pool }: PaidEpisode, { goldFiles, goldSpans }: Gold): number {
  const wasRead = (path: string, range: LineRange | undefined): boolean =>
    pool.readRanges(path).some((read) => !range || rangesOverlap(read, range));
  if (goldSpans.length) return recall(goldSpans, (span) => wasRead(span.path, span));
  return goldFiles.length ? recall(goldFiles, (path) => wasRead(path, undefined)) : 1;
}

/** An answer has citations, or says that there is none to give. */
export const isWellFormed = ({ stopReason, citations }: PaidEpisode): boolean =>
  stopReason === 'not-found' || (stopReason !== 'cancelled' && stopReason !== 'failed' && citations.length > 0);

/** A cost that only right answers pay, and each in proportion (after R1-Searcher++, arXiv 2505.17005). */
export const withCallCost = (score: number, calls: number, cost: number): number =>
  score * (1 - Math.min(MOST_COST, calls * cost));

const callsOf = ({ trail }: PaidEpisode): number => trail.reduce((sum, { calls }) => sum + calls.length, 0);

const isNowhere = ({ goldFiles, goldSpans }: Gold): boolean => goldFiles.length === 0 && goldSpans.length === 0;

// ---- scores of an answer, in [0, 1] --------------------------------------------------------------------------------

/** F_β of the cited files and of the cited spans, half and half; the order of the citations has no part in it. */
export const setScore = (beta: number): AnswerScore => mixture(beta, () => 1);

/**
 * As `setScore`, but a place counts by its rank in the precision, 1/log₂(1 + rank), as in discounted cumulative gain
 * (Järvelin and Kekäläinen 2002): a list is read from its top. A file ranks where it is cited first.
 */
export const rankedScore = (beta: number): AnswerScore => mixture(beta, (index) => 1 / Math.log2(2 + index));

/** 1 if exactly the gold files are cited and every gold span is met, else 0. Only for the ablation. */
export const exactMatch: AnswerScore = (citations, gold) => {
  const files = filesOf(citations);
  const same = files.length === gold.goldFiles.length && files.every((file) => gold.goldFiles.includes(file));
  return Number(same && gold.goldSpans.every((span) => isMet(span, citations)));
};

const mixture =
  (beta: number, weight: (index: number) => number): AnswerScore =>
  (citations, gold) => {
    const files = filesScore(citations, gold.goldFiles, beta, weight);
    return gold.goldSpans.length ? (files + spansScore(citations, gold.goldSpans, beta, weight)) / 2 : files;
  };

function filesScore(
  citations: readonly Span[],
  gold: readonly string[],
  beta: number,
  weight: (index: number) => number,
): number {
  const files = filesOf(citations);
  const right = files.map((file) => gold.includes(file));
  return fBeta(
    precision(right, weight),
    recall(gold, (file) => files.includes(file)),
    beta,
  );
}

/** A citation is right if it meets a gold span, and a gold span is found if a citation meets it. */
function spansScore(
  citations: readonly Span[],
  gold: readonly Span[],
  beta: number,
  weight: (index: number) => number,
): number {
  const right = citations.map((citation) => gold.some((span) => meets(citation, span)));
  return fBeta(
    precision(right, weight),
    recall(gold, (span) => isMet(span, citations)),
    beta,
  );
}

/** Weighted share of what is right; 0 of nothing. */
function precision(right: readonly boolean[], weight: (index: number) => number): number {
  let hit = 0;
  let all = 0;
  for (const [index, isRight] of right.entries()) {
    all += weight(index);
    if (isRight) hit += weight(index);
  }
  return all ? hit / all : 0;
}

const recall = <T>(gold: readonly T[], isFound: (one: T) => boolean): number =>
  gold.length ? gold.filter(isFound).length / gold.length : 0;

/** Van Rijsbergen's F: β says how many times as much recall weighs as precision. */
const fBeta = (p: number, r: number, beta: number): number =>
  p + r > 0 ? ((1 + beta * beta) * p * r) / (beta * beta * p + r) : 0;

const filesOf = (citations: readonly Span[]): string[] => [...new Set(citations.map(({ path }) => path))];

const isMet = (span: Span, citations: readonly Span[]): boolean => citations.some((citation) => meets(citation, span));

/** A citation counts for its first lines only, so that a long one is no safer than a short one. */
const meets = ({ path, start, end }: Span, gold: Span): boolean =>
  path === gold.path && rangesOverlap({ start, end: Math.min(end, start + MAX_CITED_LINES - 1) }, gold);
