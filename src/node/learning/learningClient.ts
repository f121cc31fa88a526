/**
 * The editor's side of the process that trains. A process is started for each run and ends with it; nothing that it had
 * done is lost when it is killed.
 */
import { fork } from 'node:child_process';
import { LearningError } from '#node/learning/learningError.ts';
import type { LearningEnd, LearningEvent, LearningPlan } from '#node/learning/learningPlan.ts';
import { parseFromLearning, type FromLearning, type ToLearning } from '#node/learning/learningWire.ts';
import { startProcess } from '#node/service/startProcess.ts';

export interface LearningClient {
  /** Throws a `LearningError` when a run is under way, or the client was disposed. */
  start(plan: LearningPlan, onEvent: (event: LearningEvent) => void): LearningRun;
  /** The run that is under way. */
  readonly running: LearningRun | undefined;
  /** Ends the process, by force if need be; resolves when it is gone. The run can be taken up. */
  dispose(): Promise<void>;
}

export interface LearningRun {
  readonly plan: LearningPlan;
  readonly state: LearningState;
  /** Work holds before its next unit, within about a second; time does not run meanwhile. */
  pause(): void;
  resume(): void;
  /** Ends it within seconds, `stopped`, unless it is at its end before; it can be taken up. */
  stop(): void;
  /** Resolves when the process is gone. Rejects with a `LearningError` that says what happened. */
  readonly end: Promise<LearningEnd>;
}

/** `pausing`: what was begun is still done. */
export type LearningState = 'running' | 'pausing' | 'paused' | 'stopping' | 'ended';

export interface LearningClientOptions {
  /** Full path of the bundle of `learningProcess.ts`. */
  readonly modulePath: string;
  /** Gets what the process prints, and when it starts and ends. */
  readonly log: (text: string) => void;
  /** `child_process.fork` by default. */
  readonly fork?: typeof fork;
}

/** Time for a process to end by itself, in milliseconds. */
const GRACE_MS = 1_000;
/** Time for a run to stop by itself. */
const STOP_MS = 5_000;
/** Of the training process itself, in MB: arrays of numbers are not in it, and a run needs less than half of this. */
const FLAGS = ['--max-old-space-size=384'];

export function createLearningClient(options: LearningClientOptions): LearningClient {
  let running: LearningProcess | undefined;
  let disposal: Promise<void> | undefined;
  return {
    start(plan, onEvent) {
      if (disposal) throw new LearningError('Spoor was stopped. Reload the window to go on.');
      if (running) throw new LearningError('A run is under way. Wait for its end, or stop it.');
      const started = startRun(options, plan, onEvent);
      running = started;
      void started.gone.then(() => (running = undefined));
      return started.run;
    },
    get running() {
      return running?.run;
    },
    dispose: () => (disposal ??= running?.kill() ?? Promise.resolve()),
  };
}

interface LearningProcess {
  readonly run: LearningRun;
  readonly gone: Promise<void>;
  kill(): Promise<void>;
}

function startRun(
  { modulePath, log, fork: forkProcess = fork }: LearningClientOptions,
  plan: LearningPlan,
  onEvent: (event: LearningEvent) => void,
): LearningProcess {
  const settled = Promise.withResolvers<LearningEnd>();
  const gone = Promise.withResolvers<void>();
  let state: LearningState = 'running';
  const close = async (settle: () => void): Promise<void> => {
    await child.end();
    state = 'ended';
    gone.resolve();
    settle();
  };
  const end = (how: LearningEnd): Promise<void> => close(() => settled.resolve(how));
  const fail = (sentence: string): Promise<void> => close(() => settled.reject(new LearningError(sentence)));
  const take = (said: FromLearning): void => {
    if (said.kind === 'event') onEvent(said.event);
    else if (said.kind === 'end') void end(said.end);
    else if (said.kind === 'failure') void fail(said.sentence);
    else if (state === 'pausing' && said.isResting) state = 'paused';
  };
  const child = startProcess<ToLearning>({
    modulePath,
    fork: forkProcess,
    graceMs: GRACE_MS,
    log,
    flags: FLAGS,
    onMessage(message) {
      const said = parseFromLearning(message);
      if (said) take(said);
      else log('The training process said something that is not understood.');
    },
    onEnd(how) {
      log(`The training process ${how}.`);
      void (state === 'stopping' ? end(STOPPED) : fail(`The training process ${how}. ${KEPT}`));
    },
  });
  const run: LearningRun = {
    plan,
    end: settled.promise,
    get state() {
      return state;
    },
    pause() {
      if (state !== 'running') return;
      state = 'pausing';
      child.send({ kind: 'hold', isHeld: true });
    },
    resume() {
      if (state !== 'pausing' && state !== 'paused') return;
      state = 'running';
      child.send({ kind: 'hold', isHeld: false });
    },
    stop() {
      if (state === 'stopping' || state === 'ended') return;
      state = 'stopping';
      child.send({ kind: 'stop' });
      const timer = setTimeout(() => void end(STOPPED), STOP_MS);
      void gone.promise.then(() => clearTimeout(timer));
    },
  };
  log(`The training process was started (${child.pid}).`);
  child.send({ kind: 'start', plan });
  return { run, gone: gone.promise, kill: () => end(STOPPED) };
}

const STOPPED: LearningEnd = { kind: 'stopped' };
const KEPT = 'What it had done is kept and the policy in use is as it was: the run can be taken up.';
