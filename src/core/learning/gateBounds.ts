/** What a policy that has learned must hold to take the place of the one in use. Utility goes from 0 to 1. */
export const GATE = {
  /**
   * Least questions of the workspace. With fewer, two that turn out better by luck would look like learning; with eight,
   * at least three have to be better and none worse.
   */
  leastOwn: 8,
  /** Least questions of the frozen set; with fewer, `mostLoss` could not be told from nothing. */
  leastFrozen: 30,
  /**
   * Share of the draws in which the workspace's questions have to be better. Simulated policies that had learned nothing
   * were promoted in up to 12 of 100 cases at 0.9, and in up to 8 at 0.95 (`gate.test.ts`).
   */
  ownAboveZero: 0.95,
  /** A loss of utility that still counts as "not worse". */
  mostLoss: 0.01,
  /** A question may cost this many times as many calls of tools, and so many more: more must not buy what is better. */
  calls: { factor: 1.25, plus: 1 },
  /** The same of the network's milliseconds; two runs on a busy machine differ by as much. */
  policyMs: { factor: 1.5, plus: 2 },
  /** How far the share of "not found" may move, either way. A single question may always. */
  notFound: 0.05,
} as const;
