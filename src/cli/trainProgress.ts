/** How a training run goes: one changing line on a terminal, a line for each iteration elsewhere. */
import type { IterationMetrics } from '#core/rl/metrics.ts';
import type { IterationTiming, RunWatcher } from '#node/training/trainingRun.ts';
import type { CliEnvironment } from '#cli/environment.ts';
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
      shown = metricParts(metrics, timing, leftMs);
      const parts = [{ text: `${done} of ${iterations}`, rank: 0 }, ...shown];
      if (terminal) draw(parts);
      else write(fittingText(parts, Infinity));
    },
    end: () => terminal?.clear(),
  };
}

const SPINNER_WIDTH = 3;

interface Part {
  readonly text: string;
  /** Parts of a higher rank go first where there is no room. */
  readonly rank: number;
}

/** `reward 0.412`, `recall 0.51`, …; what an episode of this kind does not measure is not shown. */
function metricParts(metrics: IterationMetrics, { playMs }: IterationTiming, leftMs: number): readonly Part[] {
  const { recall, searches } = metrics.measures;
  const perSecond = playMs > 0 ? (1000 * metrics.episodes) / playMs : undefined;
  const parts: (Part | undefined)[] = [
    { text: `reward ${metrics.reward.toFixed(3)}`, rank: 0 },
    recall === undefined ? undefined : { text: `recall ${recall.toFixed(3)}`, rank: 2 },
    { text: `KL ${metrics.klReference.toFixed(4)}`, rank: 4 },
    { text: `entropy ${metrics.entropy.toFixed(2)}`, rank: 6 },
    searches === undefined ? undefined : { text: `searches ${searches.toFixed(1)}`, rank: 5 },
    perSecond === undefined ? undefined : { text: `${count(Math.round(perSecond))} episodes a second`, rank: 7 },
    leftMs > 0 ? { text: `${durationText(leftMs)} left`, rank: 3 } : undefined,
  ];
  return parts.filter((part) => part !== undefined);
}

/** The parts that fit into the width, in their order. */
function fittingText(parts: readonly Part[], width: number): string {
  const text = parts.map((part) => part.text).join(' · ');
  const highest = Math.max(...parts.map(({ rank }) => rank));
  if (highest === 0 || textWidth(text) <= width) return text;
  return fittingText(
    parts.filter(({ rank }) => rank < highest),
    width,
  );
}

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
