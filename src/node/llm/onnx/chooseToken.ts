/** The next token of a text, from the scores that a model gives to all of them. */
import type { Rng } from '#core/rl/types.ts';

export interface Sampling {
  /** 0 takes the likeliest token; scores are divided by it. */
  readonly temperature: number;
  /** It is drawn from the likeliest tokens that together have at least this probability (Holtzman et al. 2020). */
  readonly topP: number;
}

/**
 * A tie goes to the smaller number. Undefined if no score is a number: then the model computes wrongly.
 *
 * @param scores [V]
 */
export function chooseToken(scores: Float32Array, { temperature, topP }: Sampling, rng: Rng): number | undefined {
  const best = likeliest(scores);
  if (best === undefined || !(temperature > 0)) return best;
  const top = scores[best]!;
  const candidates: { token: number; weight: number }[] = [];
  // What is e^-20 times as likely as the likeliest is never drawn, and sorting all would take longer than running.
  for (let token = 0; token < scores.length; token++)
    if (scores[token]! > top - 20 * temperature)
      candidates.push({ token, weight: Math.exp((scores[token]! - top) / temperature) });
  candidates.sort((a, b) => b.weight - a.weight || a.token - b.token);
  return drawn(nucleus(candidates, topP), rng);
}

function likeliest(scores: Float32Array): number | undefined {
  let best: number | undefined;
  for (let token = 0; token < scores.length; token++)
    if (Number.isFinite(scores[token]) && (best === undefined || scores[token]! > scores[best]!)) best = token;
  return best;
}

interface Candidate {
  readonly token: number;
  readonly weight: number;
}

const sumOf = (candidates: readonly Candidate[]): number => candidates.reduce((sum, { weight }) => sum + weight, 0);

/** The first of the sorted candidates that together have the share `topP`; at least one. */
function nucleus(candidates: readonly Candidate[], topP: number): readonly Candidate[] {
  let left = topP * sumOf(candidates);
  const count = candidates.findIndex(({ weight }) => (left -= weight) <= 0);
  return count < 0 ? candidates : candidates.slice(0, count + 1);
}

function drawn(candidates: readonly Candidate[], rng: Rng): number {
  let left = rng.next() * sumOf(candidates);
  return (candidates.find(({ weight }) => (left -= weight) < 0) ?? candidates[0]!).token;
}
