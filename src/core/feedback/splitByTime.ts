/** Keeps the newest aside, so that a policy is checked by questions that came after those that it learned from. */

export interface Kept<T> {
  readonly learn: readonly T[];
  /** The newest; both are in the order of time. */
  readonly held: readonly T[];
}

export interface Timed {
  readonly timeMs: number;
  readonly task: { readonly id: string };
}

/**
 * Keeps aside this share of the items, in (0, 1), but at least `least`, and never more than half of them: without
 * anything to learn there is nothing to check.
 */
export function splitByTime<T extends Timed>(items: readonly T[], share: number, least: number): Kept<T> {
  const ordered = [...items].sort((a, b) => a.timeMs - b.timeMs || (a.task.id < b.task.id ? -1 : 1));
  const count = Math.min(Math.max(Math.ceil(items.length * share), least), Math.floor(items.length / 2));
  return { learn: ordered.slice(0, items.length - count), held: ordered.slice(items.length - count) };
}
