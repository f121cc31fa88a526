/** Why commits gave no task or pair, counted for the summary. Each is the end of "left out: …". */
export const DROP_REASONS = [
  'named by --exclude',
  'a revert',
  'a merge',
  'a release or an update of versions',
  'formatting, lint or typos',
  'no source changed',
  'too many files',
  'about documentation',
  'about tests, builds or upkeep',
  'too few words to search for',
  'names a file that answers it',
  'asked before',
  'too many places',
  'no place at the parent',
  'contents not in this clone',
] as const;

export type DropReason = (typeof DROP_REASONS)[number];

/** How often each reason was met. */
export type Drops = Map<DropReason, number>;

export function countDrop(drops: Drops, reason: DropReason, times = 1): void {
  if (times > 0) drops.set(reason, (drops.get(reason) ?? 0) + times);
}
