/** `spoor pretrain`: learns words from pairs of text and code. Run again after a stop, it goes on. */
import { relative, resolve } from 'node:path';
import { numberOption, optionValue, type ParsedArguments } from '#cli/arguments.ts';
import { CliError, EXIT, UsageError, type CliEnvironment } from '#cli/environment.ts';
import { barText } from '#cli/progress.ts';
import { openTerminal } from '#cli/terminal.ts';
import { durationText } from '#cli/trailText.ts';
import { isRepositoryName, readCorpus, shippedCorpus } from '#node/tasks/corpus.ts';
import {
  pretrainWords,
  type PretrainOptions,
  type PretrainPorts,
  type WordMetrics,
} from '#node/training/pretrainWords.ts';
import { TrainingError } from '#node/training/trainingError.ts';

export async function pretrain(parsed: ParsedArguments, environment: CliEnvironment): Promise<number> {
  const options = optionsOf(parsed, environment);
  const progress = startPretrainProgress(environment);
  try {
    const { step, steps } = await pretrainWords(options, progress.ports);
    progress.end();
    if (step === steps) {
      environment.stdout.write(`The words are learned: ${relative(environment.cwd, options.out) || options.out}.\n`);
      return EXIT.answered;
    }
    environment.stderr.write(`Kept after step ${step} of ${steps}. The same command goes on.\n`);
    return EXIT.interrupted;
  } catch (error) {
    throw error instanceof TrainingError ? new CliError(error.message) : error;
  } finally {
    progress.end();
  }
}

function optionsOf(parsed: ParsedArguments, { cwd }: CliEnvironment): PretrainOptions {
  if (parsed.operands.length)
    throw new UsageError(
      `spoor pretrain takes options only, not "${parsed.operands[0]}": spoor pretrain --pairs FILE …`,
    );
  const [pairs, out] = [optionValue(parsed, 'pairs'), optionValue(parsed, 'out')];
  if (pairs === undefined || out === undefined)
    throw new UsageError('spoor pretrain needs --pairs FILE, made by spoor tasks --pairs, and --out FILE.');
  const minutes = numberOption(parsed, 'minutes', 1, 10_000);
  const steps = numberOption(parsed, 'steps', 1, 10_000_000);
  if ((minutes === undefined) === (steps === undefined))
    throw new UsageError('spoor pretrain needs --minutes N or --steps N, and not both.');
  const seed = numberOption(parsed, 'seed', 0, 2 ** 32 - 1) ?? 0;
  const hide = (numberOption(parsed, 'hide', 0, 100) ?? 0) / 100;
  const without = parsed.options.get('without') ?? [];
  const wrong = without.find((name) => !isRepositoryName(name));
  if (wrong !== undefined)
    throw new UsageError(`--without takes a name of the form owner/name, not "${String(wrong)}".`);
  return { pairs: resolve(cwd, pairs), out: resolve(cwd, out), minutes, steps, seed, hide, without, barred: barred() };
}

function barred(): readonly string[] {
  const file = shippedCorpus();
  const corpus = file === undefined ? 'models/corpus.json is missing. Install Spoor anew.' : readCorpus(file);
  if (typeof corpus === 'string') throw new CliError(corpus);
  return corpus.neverTrainOn;
}

/** Steps between lines that stay. */
const LINE_EVERY = 500;

function startPretrainProgress(environment: CliEnvironment): { readonly ports: PretrainPorts; end(): void } {
  const terminal = openTerminal(environment.stderr, environment);
  const write = (line: string): unknown => environment.stderr.write(`${line}\n`);
  const ports: PretrainPorts = {
    nowMs: () => performance.now(),
    signal: environment.signal,
    onStop: (save) =>
      environment.onStop(() => {
        terminal?.clear();
        write(`Kept after step ${save()}. The same command goes on.`);
      }),
    note: (sentence) => (terminal ? terminal.line(sentence) : write(sentence)),
    step(metrics) {
      if (metrics.step % LINE_EVERY === 0 || metrics.step === metrics.steps) ports.note(metricsText(metrics));
      else terminal?.status(`${barText(metrics.step, metrics.steps)} ${metricsText(metrics)}`);
    },
  };
  return { ports, end: () => terminal?.clear() };
}

/** `500 of 4,000 · loss 2.110 · held out: loss 2.231, 48 % right · 31 ms a step · 1 min 48 s left`. */
function metricsText({ step, steps, loss, heldOut, msPerStep }: WordMetrics): string {
  const parts = [
    `${step.toLocaleString('en')} of ${steps.toLocaleString('en')}`,
    `loss ${loss.toFixed(3)}`,
    ...(heldOut ? [`held out: loss ${heldOut.loss.toFixed(3)}, ${Math.round(100 * heldOut.right)} % right`] : []),
    `${Math.round(msPerStep)} ms a step`,
    ...(step < steps ? [`${durationText((steps - step) * msPerStep)} left`] : []),
  ];
  return parts.join(' · ');
}
