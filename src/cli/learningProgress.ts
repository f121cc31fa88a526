/** How a run that learns from use goes: one changing line on a terminal, a line now and then elsewhere. */
import { printable } from '#core/answer/plainText.ts';
import type { LearningEvent, LearningPhase } from '#node/learning/learningPlan.ts';
import type { CliEnvironment } from '#cli/environment.ts';
import { fittingText, metricParts, type Part } from '#cli/metricParts.ts';
import { barText } from '#cli/progress.ts';
import { openTerminal } from '#cli/terminal.ts';
import { textWidth } from '#cli/textWidth.ts';
import { durationText } from '#cli/trailText.ts';

export interface LearningProgress {
  readonly emit: (event: LearningEvent) => void;
  end(): void;
}

type Step = Extract<LearningEvent, { type: 'progress' }>;

const QUIET_INTERVAL_MS = 10_000;
const SPINNER_WIDTH = 3;

const PHASES: Readonly<Record<LearningPhase, string>> = {
  gather: 'gathering what to learn from',
  record: 'recording searches',
  before: 'asking the policy as it is',
  train: 'training',
  after: 'asking the new policy',
};

/** `nowMs` is a clock in milliseconds. */
export function startLearningProgress(environment: CliEnvironment, nowMs: () => number): LearningProgress {
  const terminal = openTerminal(environment.stderr, environment);
  const say = (line: string): unknown => (terminal ? terminal.line(line) : environment.stderr.write(`${line}\n`));
  let phase: LearningPhase | undefined;
  let lineMs = nowMs();
  let figures: readonly Part[] = [];
  const show = (step: Step): void => {
    const parts = [...stepParts(step), ...(step.phase === 'train' ? figures : [])];
    if (terminal) {
      const bar = barText(step.done, step.total);
      return terminal.status(`${bar} ${fittingText(parts, terminal.width - textWidth(bar) - SPINNER_WIDTH)}`);
    }
    // Training has a line for each iteration.
    if (step.phase === phase && (step.phase === 'train' || nowMs() - lineMs < QUIET_INTERVAL_MS)) return;
    lineMs = nowMs();
    say(fittingText(parts, Infinity));
  };
  return {
    emit(event) {
      if (event.type === 'note') return void say(printable(event.sentence));
      if (event.type === 'progress') {
        show(event);
        phase = event.phase;
        return;
      }
      figures = metricParts(event.metrics, {});
      if (!terminal)
        say(fittingText([{ text: `iteration ${event.metrics.iteration}`, rank: 0 }, ...figures], Infinity));
    },
    end: () => terminal?.clear(),
  };
}

function stepParts({ phase, done, total, leftMs }: Step): readonly Part[] {
  return [
    { text: PHASES[phase], rank: 0 },
    ...(total > 0 ? [{ text: `${done.toLocaleString('en')} of ${total.toLocaleString('en')}`, rank: 0 }] : []),
    ...(leftMs === undefined || leftMs <= 0 ? [] : [{ text: `${durationText(leftMs)} left`, rank: 1 }]),
  ];
}
