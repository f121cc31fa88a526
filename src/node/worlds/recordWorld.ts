/**
 * Records what the tools say about one question, by playing episodes: the hand-written policy's, and some in which every
 * legal action is as likely as any other. Then all that these episodes were offered is asked for too, so that other
 * policies find it: names to follow, and the text and outlines of the best files.
 */
import type { Action } from '#core/agent/action.ts';
import { DEFAULT_BUDGET } from '#core/agent/budget.ts';
import { SearchEnvironment, type EpisodeOutcome } from '#core/agent/environment.ts';
import { handPolicy } from '#core/agent/handPolicy.ts';
import { around, MAX_NAMES } from '#core/agent/legalActions.ts';
import type { Observation, SearchPolicy } from '#core/agent/observation.ts';
import type { CallContext, ToolFailure, Tools } from '#core/agent/tools.ts';
import { uniformPolicy } from '#core/agent/uniformPolicy.ts';
import type { WorldRecord } from '#core/agent/worldRecord.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import type { Trajectory } from '#core/rl/types.ts';
import { parseQuestion, type Question } from '#core/search/question.ts';
import type { LineRange, Span } from '#core/search/span.ts';
import type { Term } from '#core/search/words.ts';
import {
  emptyDraft,
  recordCoChanges,
  recordFile,
  recordingTools,
  recordNames,
  recordTerms,
} from '#node/worlds/recordingTools.ts';
import type { WorldTools } from '#node/worlds/worldTools.ts';

export interface RecordOptions {
  readonly signal: AbortSignal;
  /** Episodes of chance; `EPISODES` by default. */
  readonly episodes?: number;
}

export const EPISODES = 12;
/** Files whose text and outline are kept, and whose co-changes can be asked for. */
export const MAX_FILES = 60;
/** Candidates whose lines are kept whether or not they were offered for reading. */
const SURE_CANDIDATES = 80;
const TIMEOUT_MS = 60_000;

/** Why a world could not be recorded, as a sentence for people. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

/** Throws a `RecordingError` where a tool fails for a reason that another try could mend. */
export async function recordWorld(text: string, tools: WorldTools, options: RecordOptions): Promise<WorldRecord> {
  const draft = emptyDraft(text);
  const question = parseQuestion(text);
  const context: CallContext = { signal: options.signal, timeoutMs: TIMEOUT_MS };
  const must = async (work: Promise<ToolFailure | undefined>): Promise<void> => {
    const failure = await work;
    if (failure && (failure.reason === 'cancelled' || failure.reason === 'timeout' || failure.reason === 'failed'))
      throw new RecordingError(failure.message);
  };
  // One pass for all words is cheaper than one for each episode.
  await must(
    recordTerms(
      tools,
      draft,
      question.terms.map(({ term }) => term),
      context,
    ),
  );
  await must(recordNames(tools, draft, question.names.slice(0, MAX_NAMES), context));
  const offers = emptyOffers();
  for (let seed = 0; seed <= (options.episodes ?? EPISODES); seed++) {
    const policy = seed === 0 ? handPolicy : uniformPolicy;
    addOffers(offers, await play(question, recordingTools(tools, draft), policy, seed, context));
  }
  await must(recordTerms(tools, draft, [...offers.terms.values()], context));
  const files = [...offers.files].sort(([, a], [, b]) => a.rank - b.rank).slice(0, MAX_FILES);
  for (const [path, { wanted }] of files) await must(recordFile(tools, draft, path, [...wanted.values()], context));
  await must(
    recordCoChanges(
      tools,
      draft,
      files.map(([path]) => path),
      context,
    ),
  );
  return draft;
}

/** A clock that stands still: a record must not depend on how busy the machine was. */
const play = (
  question: Question,
  tools: Tools,
  policy: SearchPolicy,
  seed: number,
  { signal }: CallContext,
): Promise<Trajectory<Observation, Action, EpisodeOutcome>> =>
  rollout(
    new SearchEnvironment({
      question,
      tools,
      budget: { ...DEFAULT_BUDGET, timeMs: TIMEOUT_MS },
      clock: { nowMs: () => 0 },
      signal,
    }),
    policy,
    createRng(seed),
  );

/** What episodes were offered. */
interface Offers {
  readonly terms: Map<string, Term>;
  /** Lines by the first of them. */
  readonly files: Map<string, { rank: number; readonly wanted: Map<number, LineRange> }>;
}

const emptyOffers = (): Offers => ({ terms: new Map(), files: new Map() });

/** Reads are offered for the first candidates only; the others may come first when other words are searched for. */
function addOffers(offers: Offers, { steps }: Trajectory<Observation, Action, EpisodeOutcome>): void {
  for (const { legal } of steps)
    for (const action of legal)
      if (action.kind === 'grep') offers.terms.set(action.term.key, action.term);
      else if (action.kind === 'read') addSpan(offers, action.candidate, action.span);
  for (const candidates of new Set(steps.map(({ observation }) => observation.candidates)))
    for (const [rank, { span }] of candidates.slice(0, SURE_CANDIDATES).entries()) addSpan(offers, rank, around(span));
}

function addSpan({ files }: Offers, rank: number, { path, start, end }: Span): void {
  let file = files.get(path);
  if (!file) files.set(path, (file = { rank, wanted: new Map() }));
  file.rank = Math.min(file.rank, rank);
  file.wanted.set(start, { start, end });
}
