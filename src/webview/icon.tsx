import type { JSX } from 'preact';

/** Strokes in a square of 16, round ends. */
const STROKES = {
  check: 'M3 8.5 6.5 12 13 4.5',
  cross: 'M4 4l8 8M12 4l-8 8',
  copy: 'M5.5 5.5h7v8h-7zM3.5 10.5v-8h7',
  send: 'M13 3.5V8a1.5 1.5 0 0 1-1.5 1.5H3.5M6.5 6.5l-3 3 3 3',
  chevron: 'M6 4l4 4-4 4',
  back: 'M13 8H3.5M7 4 3 8l4 4',
  pencil: 'M3 13l.8-3.2 7-7 2.4 2.4-7 7zM9.5 4.1l2.4 2.4',
  trash: 'M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9M7 7v4M9 7v4',
  export: 'M8 10V2.5M5 5.5l3-3 3 3M3 9.5v4h10v-4',
  at: 'M10.5 8a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zm0-2.5V9a1.6 1.6 0 0 0 3.2 0V8a5.7 5.7 0 1 0-2.5 4.7',
  warning: 'M8 2.5 14.2 13.5H1.8zM8 6.5V10M8 11.6v.4',
} as const;

/** A drawing for those who see; the control that it stands in has the name. */
export function Icon({ name }: { readonly name: keyof typeof STROKES | 'stop' }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      {name === 'stop' ? (
        <rect x="4" y="4" width="8" height="8" rx="1" fill="currentColor" />
      ) : (
        <path d={STROKES[name]} fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round" />
      )}
    </svg>
  );
}
