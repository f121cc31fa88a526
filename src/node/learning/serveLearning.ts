/**
 * The body of the process that trains: takes one plan, works through it at the lowest priority and tells what happens.
 * It ends with its channel, whatever became of the editor, and its own processes end with it: what it keeps is whole at
 * every moment.
 */
import { keepRun, sentenceOf } from '#node/learning/keptRun.ts';
import type { RunLearning } from '#node/learning/learningPlan.ts';
import { parseToLearning, type FromLearning, type ToLearning } from '#node/learning/learningWire.ts';
import { lowerPriority } from '#node/learning/lowPriority.ts';
import { createWorkGate } from '#node/learning/workGate.ts';

export function serveLearning(runLearning: RunLearning): void {
  if (!process.send) throw new Error('The training process can only be started by the extension.');
  lowerPriority();
  const stopping = new AbortController();
  const gate = createWorkGate(
    () => performance.now(),
    (isResting) => send({ kind: 'rests', isResting }),
  );
  let isStarted = false;
  const take = (said: ToLearning): void => {
    if (said.kind === 'hold') gate.hold(said.isHeld);
    else if (said.kind === 'stop') {
      stopping.abort();
      gate.release();
    } else if (!isStarted) {
      isStarted = true;
      const controls = {
        emit: (event) => send({ kind: 'event', event }),
        signal: stopping.signal,
        nowMs: gate.nowMs,
        gate: gate.pass,
      } satisfies Parameters<RunLearning>[1];
      keepRun(said.plan, controls, runLearning).then((end) => send({ kind: 'end', end }), tellFailure);
    }
  };
  process.on('message', (message: unknown) => {
    const said = parseToLearning(message);
    if (said) take(said);
    else tellFailure('The training process was told something that it does not know. Reload the window.');
  });
  process.on('disconnect', () => process.exit());
  // Ctrl-C reaches every process of a terminal; when to stop is the editor's decision.
  process.on('SIGINT', () => undefined);
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
}

/** Fails only when the editor's side is gone; then this process ends anyway. */
function send(message: FromLearning): void {
  process.send?.(message, () => undefined);
}

function tellFailure(error: unknown): void {
  if (error instanceof Error) process.stderr.write(`${error.stack ?? error.message}\n`);
  send({ kind: 'failure', sentence: sentenceOf(error) });
}

function fail(error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`The training process stops because of a fault: ${text}\n`, () => process.exit(1));
}
