/**
 * `current.json`: every change of which version is in use, in order. What is in use and what was before follow from it,
 * so one file, replaced whole, says both.
 */
import { count, isRecord, list, oneOf, optional, record } from '#node/service/shapes.ts';

export interface PolicyUses {
  readonly version: 1;
  /** Highest number that a version has had: numbers are not used twice, even if a version's folder is taken away. */
  readonly last: number;
  readonly uses: readonly PolicyUse[];
}

export interface PolicyUse {
  readonly kind: 'promote' | 'rollBack' | 'reset';
  /** Of the version that was promoted. */
  readonly number?: number;
  /** When, in milliseconds since 1970-01-01 UTC; the same for the workspace and the user in a change of both. */
  readonly atMs: number;
}

export const NO_USES: PolicyUses = { version: 1, last: 0, uses: [] };

const use = record({ kind: oneOf('promote', 'rollBack', 'reset'), number: optional(count), atMs: count });

/** Undefined for what is damaged, or of a later version of Spoor. */
export function parseUses(text: string): PolicyUses | undefined {
  const value = parsed(text);
  const isUses = isRecord(value) && value['version'] === 1 && record({ last: count, uses: list(use) })(value);
  return isUses ? (value as unknown as PolicyUses) : undefined;
}

/** What was in use, the present one last: numbers of versions, and 0 where it was none of them. Never empty. */
export const usesInOrder = (uses: PolicyUses): readonly number[] => [
  0,
  ...usesInEffect(uses).map(({ number = 0 }) => number),
];

/** The changes that have not been rolled back, the latest last. */
export function usesInEffect({ uses }: PolicyUses): readonly PolicyUse[] {
  const order: PolicyUse[] = [];
  for (const one of uses)
    if (one.kind === 'rollBack') order.pop();
    else order.push(one);
  return order;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
