/**
 * The one way in which an episode is played: for the user's question with a greedy policy, for the trainer with a
 * sampling one. What is trained is what runs.
 */
import type { Environment, Policy, Rng, Step, Trajectory } from '#core/rl/types.ts';

export async function rollout<O, A, R>(
  environment: Environment<O, A, R>,
  policy: Policy<O, A>,
  rng: Rng,
): Promise<Trajectory<O, A, R>> {
  const steps: Step<O, A>[] = [];
  let { observation, legal, done } = await environment.start();
  while (!done) {
    const forced = legal.length === 1;
    const decision = forced ? { index: 0, logProb: 0 } : await policy.decide(observation, legal, rng);
    const action = legal[decision.index];
    if (action === undefined)
      throw new RangeError(`Policy ${policy.name} chose action ${decision.index} of ${legal.length} legal ones.`);
    steps.push({ observation, legal, decision, mask: forced ? 0 : 1 });
    ({ observation, legal, done } = await environment.step(action));
  }
  return { steps, outcome: environment.outcome() };
}
