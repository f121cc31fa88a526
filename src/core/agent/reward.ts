/**
 * What an episode earns. R1-Searcher's two stages (arXiv 2503.05592, sections 3.2 and 3.3), with an F of citations in
 * the place of the F1 of an answer's words. Every term is a function of its own.
 *
 * Stage 1 pays for coming to the right places and for an answer of the right form, stage 2 for the right places. Left out: R1-Searcher's
 * format check on the generated text, which legal actions make needless; what is left of it is "no answer at all".
 */
import { DEFAULT_BUDGET } from '#core/agent/budget.ts';
import { MAX_CITED_LINES } from '#core/agent/citableSpan.ts';
import type { StopReason } from '#core/agent/event.ts';
import { rangesOverlap, type LineRange, type Span } from '#core/search/span.ts';

/** What is known to answer a task. Both empty: the workspace does not hold the answer. */
export interface Gold {
  readonly goldFiles: readonly string[];
  readonly goldSpans: readonly Span[];
  /** Where it stands, these places are wrong, and what is neither here nor gold is unknown (`UNKNOWN_WORTH`). */
  readonly knownWrong?: readonly Span[];
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
/**
 * What a place that nobody has judged counts for in the precision: about its chance to be right, which is between the
 * share of right files among the first five cited (.43) and that among all ten. Counted as wrong it would teach to cite
 * what was cited before and nothing else.
 */
export const UNKNOWN_WORTH = 0.25;
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
    const files = filesScore(citations, gold, beta, weight);
    return gold.goldSpans.length ? (files + spansScore(citations, gold, beta, weight)) / 2 : files;
  };

function filesScore(
  citations: readonly Span[],
  { goldFiles, knownWrong }: Gold,
  beta: number,
  weight: (index: number) => number,
): number {
  const files = filesOf(citations);
  const isWrong = knownWrong && ((file: string) => knownWrong.some(({ path }) => path === file));
  const worths = files.map((file) => worth(goldFiles.includes(file), isWrong?.(file)));
  return fBeta(
    precision(knownWrong ? filledUp(worths) : worths, weight),
    recall(goldFiles, (file) => files.includes(file)),
    beta,
  );
}

/** A citation is right if it meets a gold span, and a gold span is found if a citation meets it. */
function spansScore(
  citations: readonly Span[],
  { goldSpans, knownWrong }: Gold,
  beta: number,
  weight: (index: number) => number,
): number {
  const meetsOne = (citation: Span, spans: readonly Span[]): boolean => spans.some((span) => meets(citation, span));
  const worths = citations.map((citation) =>
    worth(meetsOne(citation, goldSpans), knownWrong && meetsOne(citation, knownWrong)),
  );
  return fBeta(
    precision(knownWrong ? filledUp(worths) : worths, weight),
    recall(goldSpans, (span) => isMet(span, citations)),
    beta,
  );
}

/** `isWrong`: undefined where all that is not gold is wrong. */
const worth = (isRight: boolean, isWrong: boolean | undefined): number =>
  isRight ? 1 : isWrong === false ? UNKNOWN_WORTH : 0;

/**
 * As if an answer that was judged in part had all the places that it may have, the missing ones unknown. Its gold was mostly
 * cited before: so little is earned by finding more, and what remains must not be earned by citing less.
 */
const filledUp = (worths: readonly number[]): readonly number[] =>
  Array.from({ length: Math.max(worths.length, DEFAULT_BUDGET.citations) }, (_, i) => worths[i] ?? UNKNOWN_WORTH);

/** Weighted mean of what the places are worth; 0 of nothing. */
function precision(worths: readonly number[], weight: (index: number) => number): number {
  let hit = 0;
  let all = 0;
  for (const [index, one] of worths.entries()) {
    all += weight(index);
    hit += one * weight(index);
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
