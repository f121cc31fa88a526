/** What an episode may spend. */
export interface Budget {
  /** Turns of tool calls. */
  readonly turns: number;
  /** Calls of a turn that the policy chooses, run side by side. */
  readonly callsPerTurn: number;
  /** Terms that one grep call carries; all grep calls of a turn share one process. */
  readonly termsPerGrep: number;
  /** Places offered for reading, and places of what was read offered for citing: the best by prior. */
  readonly readOffers: number;
  readonly citeOffers: number;
  readonly citations: number;
  /** Ranked files of an answer. */
  readonly files: number;
  /** For the whole episode. */
  readonly timeMs: number;
}

export const DEFAULT_BUDGET: Budget = {
  turns: 4,
  callsPerTurn: 8,
  termsPerGrep: 8,
  readOffers: 40,
  citeOffers: 80,
  citations: 10,
  files: 50,
  timeMs: 20_000,
};
