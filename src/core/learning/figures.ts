/** Numbers in words for people. */

/** `12 questions`, `1 question`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${fixed(count, 0)} ${count === 1 ? one : many}`;

/** A share as points of 100: `62.5`. */
export const points = (share: number): string => fixed(100 * share, 1);

/** With a plus before what is more than 0. */
export const signed = (number: string): string =>
  /[1-9]/.test(number) && !number.startsWith('−') ? `+${number}` : number;

/** With a true minus, and without one before a zero. */
export const fixed = (value: number, decimals: number): string =>
  (Number(value.toFixed(decimals)) || 0)
    .toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
    .replace('-', '−');
