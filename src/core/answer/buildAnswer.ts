/** Makes the answer of an episode: verified citations, sentences, ranked files, confidence. */
import type { Answer, Citation } from '#core/answer/answer.ts';
import { composeNotFound, composeSentences, surenessOf, symbolOf } from '#core/answer/compose.ts';
import { placeAt, type Place } from '#core/answer/place.ts';
import { rankFiles } from '#core/answer/rankFiles.ts';
import { whyCited } from '#core/answer/why.ts';
import type { EpisodeOutcome } from '#core/agent/environment.ts';
import type { SearchPolicy } from '#core/agent/observation.ts';
import { askedKind } from '#core/search/askedKind.ts';
import type { Span } from '#core/search/span.ts';

export interface AnswerSetup {
  readonly outcome: EpisodeOutcome;
  readonly policy: SearchPolicy;
  /** Citations of the outcome that were verified against the files as they are now, in order, where they are now. */
  readonly verified: readonly Span[];
  /** What the caller adds to the notes of the tools. */
  readonly notes: readonly string[];
  readonly timings: Answer['timings'];
  readonly mostFiles: number;
}

const NEAREST = 3;

export function buildAnswer({ outcome, policy, verified, notes, timings, mostFiles }: AnswerSetup): Answer {
  const { pool, observation, stopReason, trail } = outcome;
  const places = verified.map((span) => placeAt(span, pool)).filter((place) => place !== undefined);
  const found = stopReason !== 'not-found' && places.length > 0;
  const confidence = found ? policy.confidence(observation) : Math.min(policy.confidence(observation), 0.2);
  const sure = surenessOf(confidence);
  const shown = found ? places : places.slice(0, NEAREST);
  const kind = askedKind(observation.question.text);
  const isNamed = verified[0] !== undefined && outcome.named.includes(verified[0]);
  return {
    question: observation.question.text,
    sentences: found
      ? composeSentences(shown, pool, sure, isNamed)
      : composeNotFound(shown, { ...observation, stopReason, kind }),
    citations: shown.map((place, i) => citation(place, i, outcome, policy)),
    files: rankFiles(
      outcome.observation,
      policy,
      shown.map(({ span }) => span.path),
      mostFiles,
    ),
    found,
    confidence,
    sure,
    notes: [...notes, ...outcome.notes],
    trail,
    stopReason,
    timings,
  };
}

function citation(place: Place, index: number, { pool, observation }: EpisodeOutcome, policy: SearchPolicy): Citation {
  const ranks = policy.rank(observation);
  const best = Math.max(1e-9, ranks[0] ?? 0);
  const candidate = observation.candidates.findIndex(
    ({ span }) => span.path === place.span.path && span.start <= place.span.end && span.end >= place.span.start,
  );
  return {
    ...place.span,
    number: index + 1,
    score: Math.min(1, Math.max(0, (ranks[candidate] ?? 0) / best)),
    why: whyCited(place, pool),
    ...(place.definition && { symbol: symbolOf(place.definition) }),
    lines: place.lines,
  };
}
