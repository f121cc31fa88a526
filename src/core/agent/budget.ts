/** What an episode may spend. */
export interface Budget {
  /** Turns of tool calls. */
  readonly turns: number;
  /** Calls of a turn, run side by side. */
  readonly callsPerTurn: number;
  /** Terms that one grep call carries; all grep calls of a turn share one process. */
  readonly termsPerGrep: number;
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
  citations: 10,
  files: 50,
  timeMs: 20_000,
};
