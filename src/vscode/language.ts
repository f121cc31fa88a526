/** What texts for people need, so that they can be made, and tested, without an editor. */
export interface Language {
  /** BCP 47 tag, for numbers and dates. */
  readonly tag: string;
  /** The sentence in this language, with its places `{0}`, `{1}` filled in. */
  readonly t: (sentence: string, ...values: (string | number)[]) => string;
}

export const decimal = (value: number, { tag }: Language): string =>
  value.toLocaleString(tag, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** With its sign, a true minus; none before a zero. */
export function changeText(value: number, language: Language): string {
  const sign = Number(value.toFixed(1)) === 0 ? '' : value < 0 ? '−' : '+';
  return `${sign}${decimal(Math.abs(value), language)}`;
}

/** Day and time of day, to tell runs apart. */
export const dateText = (timeMs: number, { tag }: Language): string =>
  new Date(timeMs).toLocaleString(tag, { dateStyle: 'medium', timeStyle: 'short' });
