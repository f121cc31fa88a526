/** Commits that no task may be made of, because something else is measured by them. */

/** Ids by their length, since a list may have abbreviated ones. */
export type ExcludedCommits = ReadonlyMap<number, ReadonlySet<string>>;

export const isExcluded = (excluded: ExcludedCommits, id: string): boolean =>
  [...excluded].some(([length, ids]) => ids.has(id.slice(0, length)));

/**
 * The commits that a text names: one id in a line, or a row of JSON with the field `fix_commit`, one id or several.
 * Rows without the field name none. A number is that of a line that is neither.
 */
export function parseExcluded(text: string): ExcludedCommits | number {
  const excluded = new Map<number, Set<string>>();
  for (const [i, line] of text.split('\n').entries()) {
    const ids = idsIn(line.trim());
    if (!ids) return i + 1;
    for (const id of ids) {
      const some = excluded.get(id.length) ?? new Set();
      excluded.set(id.length, some.add(id));
    }
  }
  return excluded;
}

const ID = /^[0-9a-f]{7,64}$/i;

function idsIn(line: string): string[] | undefined {
  if (!line) return [];
  if (ID.test(line)) return [line.toLowerCase()];
  try {
    const row: unknown = JSON.parse(line);
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return undefined;
    const given = [(row as Record<string, unknown>)['fix_commit'] ?? []].flat();
    const ids = given.filter((id) => typeof id === 'string' && ID.test(id)) as string[];
    return ids.length === given.length ? ids.map((id) => id.toLowerCase()) : undefined;
  } catch {
    return undefined;
  }
}
