/**
 * The editor's side of the process that searches. The process is started by the first call; when it ends in the middle
 * of its work, its callers are told so by a sentence, and the next call starts a new one that knows what the old one
 * was told: settings, look, whether indexing is paused.
 */
import { fork } from 'node:child_process';
import { ServiceError, type SearchService, type ServiceEvent, type ServiceSettings } from './searchService.ts';
import { startProcess, type RunningProcess } from './startProcess.ts';
import { METHODS, parseFromService, type FromService, type ServiceMethod } from './wire.ts';

export interface ServiceClient extends SearchService {
  /** From the next question on; questions that run go on as they began. */
  configure(settings: ServiceSettings): void;
  /** Ends the process, by force if need be; resolves when it is gone. Calls that wait are rejected as `ended`. */
  dispose(): Promise<void>;
  readonly state: ServiceState;
}

/** `resting`: it died too often within a minute, and is not started again before that is over. */
export type ServiceState = 'idle' | 'running' | 'resting' | 'disposed';

export interface ServiceClientOptions {
  /** Full path of the bundle of `serviceProcess.ts`. */
  readonly modulePath: string;
  readonly settings: ServiceSettings;
  /** Gets what the process prints, and when it starts and ends. */
  readonly log: (text: string) => void;
  readonly onEvent: (event: ServiceEvent) => void;
  /** `child_process.fork` by default. */
  readonly fork?: typeof fork;
  /** Milliseconds since any fixed moment; `performance.now` by default. */
  readonly nowMs?: () => number;
}

/** Deaths within `REST_MS` after which a new process would most likely die too. */
const MOST_DEATHS = 3;
const REST_MS = 60_000;
/** Time for a process to end by itself, in milliseconds. */
const GRACE_MS = 1_000;

export function createServiceClient(options: ServiceClientOptions): ServiceClient {
  const { log, nowMs = () => performance.now() } = options;
  const known: Known = { settings: options.settings, look: undefined, isPaused: false };
  const pending = new Map<number, Pending>();
  let running: RunningProcess | undefined;
  let deaths: number[] = [];
  let lastId = 0;
  let disposal: Promise<void> | undefined;

  const isResting = (): boolean => {
    deaths = deaths.filter((timeMs) => nowMs() - timeMs < REST_MS);
    return deaths.length >= MOST_DEATHS;
  };
  const onEnd = (how: string): void => {
    log(`The searching process ${how}.`);
    running = undefined;
    deaths.push(nowMs());
    rejectAll(pending, `The searching process ${how}. Ask again: it is started anew.`);
  };
  const onMessage = (message: unknown): void => {
    const said = parseFromService(message);
    if (!said) log('The searching process said something that is not understood.');
    else if (said.kind === 'notice') options.onEvent(said.event);
    else settle(pending, said);
  };
  const started = (): RunningProcess => {
    if (running) return running;
    if (disposal) throw new ServiceError('ended', 'Spoor was stopped. Reload the window to go on.');
    if (isResting()) throw new ServiceError('ended', RESTING);
    const child = startProcess({ fork, ...options, graceMs: GRACE_MS, onMessage, onEnd });
    running = child;
    log(`The searching process was started (${child.pid}).`);
    child.send({ kind: 'settings', settings: known.settings });
    // Nobody waits for these replies: without a pending call they are passed over.
    if (known.look) child.send({ kind: 'call', id: ++lastId, method: 'look', args: [known.look] });
    if (known.isPaused) child.send({ kind: 'call', id: ++lastId, method: 'docs', args: ['pause'] });
    return child;
  };
  const call = (method: ServiceMethod, given: readonly unknown[]): Promise<unknown> => {
    const { args, emit, signal } = argumentsOf(method, given);
    remember(known, method, args[0]);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    if (signal?.aborted) return Promise.reject(cancelled());
    const id = ++lastId;
    const child = started();
    const cancel = (): void => {
      child.send({ kind: 'cancel', id });
      pending.get(id)?.reject(cancelled());
    };
    pending.set(id, { method, emit, resolve, reject });
    signal?.addEventListener('abort', cancel);
    child.send({ kind: 'call', id, method, args });
    return promise.finally(() => {
      pending.delete(id);
      signal?.removeEventListener('abort', cancel);
    });
  };

  const methods = Object.keys(METHODS) as ServiceMethod[];
  const service = Object.fromEntries(
    methods.map((method) => [method, async (...given: unknown[]) => call(method, given)]),
  ) as unknown as SearchService;
  return {
    ...service,
    configure(settings) {
      known.settings = settings;
      running?.send({ kind: 'settings', settings });
    },
    dispose() {
      const ending = running;
      running = undefined;
      rejectAll(pending, 'Spoor was stopped before this was done.');
      return (disposal ??= ending ? ending.end() : Promise.resolve());
    },
    get state() {
      if (disposal) return 'disposed';
      if (running) return 'running';
      return isResting() ? 'resting' : 'idle';
    },
  };
}

/** What a new process has to be told. */
interface Known {
  settings: ServiceSettings;
  look: unknown;
  isPaused: boolean;
}

interface Pending {
  readonly method: ServiceMethod;
  readonly emit: ((event: unknown) => void) | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: ServiceError) => void;
}

const RESTING =
  'The searching process ended several times within a minute, so it is not started again for now. ' +
  'See in the log what happened, and ask again in a minute.';

const cancelled = (): ServiceError => new ServiceError('cancelled', 'This was cancelled.');

interface Arguments {
  readonly args: readonly unknown[];
  readonly emit: ((event: unknown) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** A method's data, then the function that it tells, then its signal. */
function argumentsOf(method: ServiceMethod, given: readonly unknown[]): Arguments {
  const { takes, tells, cancels } = METHODS[method];
  const [emit, signal] = [given[takes.length], given[takes.length + (tells ? 1 : 0)]];
  return {
    args: given.slice(0, takes.length),
    emit: tells ? (emit as Arguments['emit']) : undefined,
    signal: cancels ? (signal as AbortSignal) : undefined,
  };
}

function remember(known: Known, method: ServiceMethod, given: unknown): void {
  if (method === 'look') known.look = given;
  if (method === 'docs' && given !== 'status') known.isPaused = given === 'pause';
}

/** What was cancelled or is not waited for any more is passed over. */
function settle(pending: ReadonlyMap<number, Pending>, said: Exclude<FromService, { kind: 'notice' }>): void {
  const call = pending.get(said.id);
  if (!call) return;
  if (said.kind === 'event') call.emit?.(said.event);
  else if (said.kind === 'failure') call.reject(new ServiceError(said.error.kind, said.error.message));
  else if (METHODS[call.method].gives(said.value)) call.resolve(said.value);
  else call.reject(new ServiceError('failed', 'The searching process gave an answer that is not understood.'));
}

function rejectAll(pending: ReadonlyMap<number, Pending>, message: string): void {
  for (const { reject } of pending.values()) reject(new ServiceError('ended', message));
}
