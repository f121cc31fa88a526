/** The floor: every legal action is as likely as any other. */
import type { SearchPolicy } from '#core/agent/observation.ts';

export const uniformPolicy: SearchPolicy = {
  name: 'uniform',
  decide: (_observation, legal, rng) => ({
    index: Math.min(legal.length - 1, Math.floor(rng.next() * legal.length)),
    logProb: -Math.log(legal.length),
  }),
  rank: (observation) => Float64Array.from(observation.candidates, ({ prior }) => prior),
  confidence: () => 0.5,
};
