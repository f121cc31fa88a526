/** One process that works for the editor, as the editor's side holds it. */
import type { ChildProcess, Serializable, fork } from 'node:child_process';
import type { ToService } from '#node/service/wire.ts';

/** `M`: what it is told. */
export interface RunningProcess<M = ToService> {
  readonly pid: number | undefined;
  send(message: M): void;
  /** Ends it: it is asked to, and killed after `graceMs`. Resolves when it is gone. `onEnd` is not told. */
  end(): Promise<void>;
}

export interface ProcessOptions {
  /** Full path of the module to run. */
  readonly modulePath: string;
  readonly fork: typeof fork;
  /** Time to end by itself, in milliseconds. */
  readonly graceMs: number;
  /** Gets what it prints. */
  readonly log: (text: string) => void;
  readonly onMessage: (message: unknown) => void;
  /** It is gone and was not asked to; `how` reads on from "it": `was killed by SIGKILL`. */
  readonly onEnd: (how: string) => void;
  /** Flags of V8 beside those that keep its heap small. */
  readonly flags?: readonly string[];
}

/** A heap that stays small: of the process's memory nothing but the heap grows with use. */
export const V8_FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=50'];

/** Throws when no process can be started at all. */
export function startProcess<M = ToService>(options: ProcessOptions): RunningProcess<M> {
  const { modulePath, fork, graceMs, log, onMessage, onEnd, flags = [] } = options;
  const child = fork(modulePath, [], {
    execArgv: [...V8_FLAGS, ...flags],
    env: environment(),
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const gone = Promise.withResolvers<void>();
  let isAsked = false;
  const ended = (how: string): void => {
    gone.resolve();
    if (!isAsked) onEnd(how);
    isAsked = true;
  };
  child.on('message', onMessage);
  child.on('error', (error) => child.pid === undefined && ended(`could not be started: ${error.message}`));
  child.on('exit', (code, signal) => ended(signal ? `was killed by ${signal}` : `ended with code ${code}`));
  // Without its channel it is of no use. One that ends by itself closes it a little earlier.
  child.on('disconnect', () => setTimeout(() => child.kill('SIGKILL'), graceMs).unref());
  pipeTo(log, child);
  return {
    pid: child.pid,
    // A message to a process that is gone fails; that it is gone is told by its exit.
    send: (message) => void child.send(message as Serializable, () => undefined),
    async end() {
      isAsked = true;
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      await gone.promise;
      clearTimeout(timer);
    },
  };
}

/** The editor's own program runs it as Node. What the editor's environment tells Node is not meant for it. */
function environment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, VSCODE_INSPECTOR_OPTIONS: __, ...rest } = process.env;
  return { ...rest, ELECTRON_RUN_AS_NODE: '1' };
}

function pipeTo(log: (text: string) => void, { stdout, stderr }: ChildProcess): void {
  for (const pipe of [stdout, stderr]) {
    pipe?.setEncoding('utf8');
    pipe?.on('data', (text: string) => log(text.trimEnd()));
  }
}
