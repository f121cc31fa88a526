/** The first few of many: only those that can be among them are sorted by the slow comparison. */

/** Indices of the `count` largest values, largest first; `byTie` orders the indices of equal values. */
export function topIndices(values: Float64Array, count: number, byTie: (a: number, b: number) => number): number[] {
  const least = values.length > count ? values.slice().sort()[values.length - count]! : -Infinity;
  const chosen: number[] = [];
  for (let i = 0; i < values.length; i++) if (values[i]! >= least) chosen.push(i);
  return chosen.sort((a, b) => values[b]! - values[a]! || byTie(a, b)).slice(0, count);
}
