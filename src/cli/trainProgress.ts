/** How a training run goes: one changing line on a terminal, a line for each iteration elsewhere. */
import type { RunWatcher } from '#node/training/trainingRun.ts';
import type { CliEnvironment } from '#cli/environment.ts';
import { fittingText, metricParts, type Part } from '#cli/metricParts.ts';
import { barText } from '#cli/progress.ts';
import { openTerminal } from '#cli/terminal.ts';
import { textWidth } from '#cli/textWidth.ts';
import { durationText } from '#cli/trailText.ts';

const QUIET_INTERVAL_MS = 10_000;

export interface TrainProgress extends RunWatcher {
  end(): void;
}

/** `iterations`: how many the whole run has. `nowMs` is a clock in milliseconds. */
export function startTrainProgress(
  iterations: number,
  environment: CliEnvironment,
  nowMs: () => number,
): TrainProgress {
  const terminal = openTerminal(environment.stderr, environment);
  const write = (line: string): unknown => environment.stderr.write(`${line}\n`);
  const grading = gradingClock(nowMs);
  let iterationsMs = 0;
  let seen = 0;
  let shown: readonly Part[] = [];
  let done = 0;
  const draw = (parts: readonly Part[]): void => {
    const bar = barText(done, iterations);
    terminal?.status(`${bar} ${fittingText(parts, terminal.width - textWidth(bar) - SPINNER_WIDTH)}`);
  };
  return {
    note: (sentence) => (terminal ? terminal.line(sentence) : write(sentence)),
    grading(count, total) {
      const text = grading.text(count, total);
      if (terminal) terminal.status(`${barText(count, total)} ${text}`);
      else if (grading.isDue()) write(text);
    },
    begins: (iteration) => void (done = iteration),
    played(episodes, total) {
      const playing = { text: `playing ${count(episodes)} of ${count(total)}`, rank: 1 };
      draw([{ text: `${done} of ${iterations}`, rank: 0 }, playing, ...shown]);
    },
    iteration(metrics, timing) {
      seen++;
      iterationsMs += timing.ms;
      done = metrics.iteration;
      const leftMs = ((iterations - done) * iterationsMs) / seen;
      const perSecond = timing.playMs > 0 ? (1000 * metrics.episodes) / timing.playMs : undefined;
      shown = metricParts(metrics, { perSecond, leftMs });
      const parts = [{ text: `${done} of ${iterations}`, rank: 0 }, ...shown];
      if (terminal) draw(parts);
      else write(fittingText(parts, Infinity));
    },
    end: () => terminal?.clear(),
  };
}

const SPINNER_WIDTH = 3;

function gradingClock(nowMs: () => number): { text: (done: number, total: number) => string; isDue: () => boolean } {
  let begun: { ms: number; done: number } | undefined;
  let lineMs = nowMs();
  return {
    text(done, total) {
      begun ??= { ms: nowMs(), done };
      const fresh = done - begun.done;
      const left =
        fresh && done < total ? ` · ${durationText(((total - done) * (nowMs() - begun.ms)) / fresh)} left` : '';
      return `grading tasks · ${count(done)} of ${count(total)}${left}`;
    },
    isDue() {
      if (nowMs() - lineMs < QUIET_INTERVAL_MS) return false;
      lineMs = nowMs();
      return true;
    },
  };
}

const count = (number: number): string => number.toLocaleString('en');
