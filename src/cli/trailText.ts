/** The trail of an answer in words: what was searched and read, what it said, how long it took. */
import type { TrailCall, TrailTurn } from '#core/agent/event.ts';
import { printable } from '#core/answer/plainText.ts';
import { cutToWidth, padToWidth, textWidth } from '#cli/textWidth.ts';

const TOOL_WIDTH = 'history'.length;
const MAX_WHAT = 48;

/** A line for each call, the turn's number before the first of each turn. */
export function trailLines(trail: readonly TrailTurn[], width: number): string[] {
  const widest = Math.max(0, ...trail.flatMap((turn) => turn.calls.map((call) => textWidth(whatText(call.what)))));
  const lines: string[] = [];
  for (const turn of trail)
    for (const [i, call] of turn.calls.entries())
      lines.push(callLine(i ? undefined : turn.turn, call, { what: Math.min(MAX_WHAT, widest), line: width }));
  return lines;
}

/** One call as a line: `  1  grep     retry upload   38 hits in 12 files   12 ms`. */
export function callLine(turn: number | undefined, call: TrailCall, width: { what: number; line: number }): string {
  const head = `${turn === undefined ? '   ' : String(turn).padStart(3)}  ${call.tool.padEnd(TOOL_WIDTH)}`;
  const what = padToWidth(cutToWidth(whatText(call.what), width.what), width.what);
  const time = durationText(call.ms);
  const room = width.line - textWidth(`${head}  ${what}  `) - time.length - 2;
  const said = printable(call.said);
  return `${head}  ${what}  ${room < 8 ? said : cutToWidth(said, room)}  ${time}`;
}

/** `Searched 2 turns · 7 searches · 3 reads · 0.21 s`. */
export function trailSummary(trail: readonly TrailTurn[], totalMs: number): string {
  const reads = callsOf(trail).filter((call) => call.tool === 'read').length;
  const parts = [
    counted(trail.length, 'turn'),
    counted(searchCount(trail), 'search', 'searches'),
    counted(reads, 'read'),
  ];
  return `Searched ${parts.join(' · ')} · ${(totalMs / 1000).toFixed(2)} s`;
}

/** Calls that search; reading what was found is none. */
export const searchCount = (trail: readonly TrailTurn[]): number =>
  callsOf(trail).filter((call) => call.tool !== 'read').length;

/** What a call asks for, in one printable line; words with a space in them are quoted. */
export const whatText = (what: readonly string[]): string =>
  what.map((word) => (/\s/.test(word) ? `"${printable(word)}"` : printable(word))).join(' ');

/** `<1 ms`, `12 ms`, `1.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function durationText(ms: number): string {
  if (ms < 0.5) return '<1 ms';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

const callsOf = (trail: readonly TrailTurn[]): TrailCall[] => trail.flatMap((turn) => turn.calls);
