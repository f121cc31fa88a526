import type { PanelStrings } from '#vscode/messages.ts';

const texts = JSON.parse(document.getElementById('strings')!.textContent) as PanelStrings;
const language = document.documentElement.lang || 'en';
const numbers = new Intl.NumberFormat(language);
const spans = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });

/** The text of that name with the values at their places. */
export const text = (name: keyof PanelStrings, ...values: readonly (string | number)[]): string =>
  texts[name].replace(/\{(\d)\}/g, (place, index: string) => {
    const value = values[Number(index)];
    return typeof value === 'number' ? numbers.format(value) : (value ?? place);
  });

export const counted = (count: number, one: keyof PanelStrings, many: keyof PanelStrings): string =>
  count === 1 ? text(one) : text(many, count);

/** `0.21 s`, or `12 ms` below a tenth of a second; number and unit stay in one line. */
export const duration = (ms: number): string => durationText(ms).replaceAll(' ', '\u00a0');

function durationText(ms: number): string {
  if (ms < 100) return text('milliseconds', Math.round(ms));
  const digits = ms < 10_000 ? 2 : 0;
  const seconds = new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return text('seconds', seconds.format(ms / 1000));
}

/** `12–40`, or `12` for a single line. */
export const linesOf = ({ start, end }: { readonly start: number; readonly end: number }): string =>
  start === end ? String(start) : `${start}–${end}`;

const STEPS: readonly [unit: Intl.RelativeTimeFormatUnit, ms: number][] = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** `3 weeks ago`, `yesterday`, `now`. */
export function ago(thenMs: number, nowMs: number): string {
  const passed = Math.max(0, nowMs - thenMs);
  const step = STEPS.find(([, ms]) => passed >= ms);
  return step ? spans.format(-Math.floor(passed / step[1]), step[0]) : spans.format(0, 'second');
}
