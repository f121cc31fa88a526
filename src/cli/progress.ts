/** How far a long run is: one changing line on a terminal, a line every ten seconds elsewhere. */
import type { CliEnvironment } from '#cli/environment.ts';
import { openTerminal } from '#cli/terminal.ts';
import { durationText } from '#cli/trailText.ts';

const QUIET_INTERVAL_MS = 10_000;
const BAR_WIDTH = 20;

export interface Progress {
  /** One more is done; `what` is being worked on. */
  step(what: string): void;
  /** Shows what is worked on now. */
  now(what: string): void;
  /** A line that stays. */
  say(line: string): void;
  end(): void;
}

/** Counts up to `total`. `nowMs` is a clock in milliseconds. */
export function startProgress(total: number, environment: CliEnvironment, nowMs: () => number): Progress {
  const terminal = openTerminal(environment.stderr, environment);
  const startedMs = nowMs();
  let lineMs = startedMs;
  let done = 0;
  const show = (what: string): void => {
    const text = progressText({ done, total, elapsedMs: nowMs() - startedMs }, what);
    if (terminal) return terminal.status(`${barText(done, total)} ${text}`);
    if (nowMs() - lineMs < QUIET_INTERVAL_MS) return;
    lineMs = nowMs();
    environment.stderr.write(`${text}\n`);
  };
  return {
    step(what) {
      done++;
      show(what);
    },
    now: show,
    say: (line) => (terminal ? terminal.line(line) : environment.stderr.write(`${line}\n`)),
    end: () => terminal?.clear(),
  };
}

/** `120 of 399 · 30 % · 4.1 a second · 1 min 8 s left · vitejs/vite`. */
export function progressText(state: { done: number; total: number; elapsedMs: number }, what: string): string {
  const { done, total, elapsedMs } = state;
  const parts = [`${done} of ${total}`, `${total ? Math.floor((100 * done) / total) : 100} %`];
  if (done && elapsedMs > 0) {
    const perSecond = (1000 * done) / elapsedMs;
    parts.push(perSecond >= 1 ? `${perSecond.toFixed(1)} a second` : `${durationText(elapsedMs / done)} each`);
    if (done < total) parts.push(`${durationText(((total - done) * elapsedMs) / done)} left`);
  }
  return [...parts, what].join(' · ');
}

/** Twenty blocks, filled by the share that is done. */
export function barText(done: number, total: number): string {
  const filled = total ? Math.floor((BAR_WIDTH * done) / total) : BAR_WIDTH;
  return `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
}
