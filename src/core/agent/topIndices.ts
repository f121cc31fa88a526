/** The first few of many: only those that can be among them are sorted by the slow comparison. */

/** Indices of the `count` largest values, largest first; `byTie` orders the indices of equal values. */
export function topIndices(values: Float64Array, count: number, byTie: (a: number, b: number) => number): number[] {
  const least = values.length > count ? largestAt(values.slice(), count) : -Infinity;
  const chosen: number[] = [];
  for (let i = 0; i < values.length; i++) if (values[i]! >= least) chosen.push(i);
  return chosen.sort((a, b) => values[b]! - values[a]! || byTie(a, b)).slice(0, count);
}

/** The `rank`-th largest value, 1 for the largest (Hoare 1961, "Find"). Changes the order of `values`. */
function largestAt(values: Float64Array, rank: number): number {
  let left = 0;
  let right = values.length - 1;
  while (left < right) {
    const pivot = values[(left + right) >> 1]!;
    let i = left;
    let j = right;
    while (i <= j) {
      while (values[i]! > pivot) i++;
      while (pivot > values[j]!) j--;
      if (i > j) break;
      const value = values[i]!;
      values[i++] = values[j]!;
      values[j--] = value;
    }
    if (rank - 1 <= j) right = j;
    else if (rank - 1 >= i) left = i;
    else break;
  }
  return values[rank - 1]!;
}
