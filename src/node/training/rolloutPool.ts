/**
 * Plays jobs in several child processes. Results come back in the order of the jobs and each depends on its job and the
 * parameters alone, so that a run does not hang on how many processes it had.
 *
 * A child ends when its channel to this process closes, whatever became of this process.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { TrainingError } from '#node/training/trainingError.ts';
import type { RolloutJob, WorkerReply, WorkerRequest } from './rolloutMessages.ts';

export interface RolloutPool<T, E> {
  /** [P] of the policy that plays from now on; sent once to each process. */
  setParameters(parameters: Float32Array): void;
  /**
   * The episodes of each job, in the order of the jobs. Rejects with a sentence when a job fails or a process dies;
   * the pool is of no use then, but for `close`. One call at a time.
   * @param onResult is told of each job's episodes as soon as they are there, in any order.
   */
  play(jobs: readonly RolloutJob<T>[], onResult?: (episodes: readonly E[]) => void): Promise<(readonly E[])[]>;
  /** Kills the processes: they hold nothing that has to be kept. */
  close(): void;
}

export interface PoolOptions {
  /** A module that calls `serveRollouts`. */
  readonly workerFile: string | URL;
  readonly processes: number;
  /** What the worker's `createPlayer` gets; plain data. */
  readonly setup: unknown;
  /** Awaited before each job is handed out; nothing waits by default. Never rejects. */
  readonly gate?: () => Promise<void>;
}

/** Jobs that a process has at a time: one that it plays and one that spares it the wait for the next. */
const IN_HAND = 2;
/** Worlds that a process is taken to hold still. */
const REMEMBERED_WORLDS = 4;
/** Half of the memory that a process takes otherwise, at the same speed. */
const MEMORY_FLAGS = ['--max-semi-space-size=8', '--heap-growing-percent=50'];
const MAX_STDERR = 2_000;

export function openRolloutPool<T, E>(options: PoolOptions): RolloutPool<T, E> {
  let round: Round<E> | undefined;
  let broken: Error | undefined;
  const fail = (error: Error): void => {
    broken ??= error;
    round?.reject(broken);
  };
  const members = Array.from({ length: options.processes }, () =>
    startMember(options, {
      onEpisodes: (member, index, episodes) => round?.take(member, index, episodes as E[]),
      onFailure: fail,
    }),
  );
  const close = (): void => {
    process.removeListener('exit', close);
    for (const member of members) member.kill();
    fail(new Error('The rollouts were stopped.'));
  };
  process.once('exit', close);
  return {
    setParameters: (parameters) => members.forEach((member) => member.send({ kind: 'parameters', parameters })),
    async play(jobs, onResult) {
      if (broken) throw broken;
      round = startRound<E>(members, jobs, onResult, options.gate);
      return round.done;
    },
    close,
  };
}

interface Round<E> {
  readonly done: Promise<(readonly E[])[]>;
  take(member: Member, index: number, episodes: readonly E[]): void;
  reject(error: Error): void;
}

function startRound<E>(
  members: readonly Member[],
  jobs: readonly RolloutJob[],
  onResult: ((episodes: readonly E[]) => void) | undefined,
  gate: (() => Promise<void>) | undefined,
): Round<E> {
  const { promise, resolve, reject } = Promise.withResolvers<(readonly E[])[]>();
  const results: (readonly E[])[] = Array.from({ length: jobs.length });
  const waiting = jobs.map((_, index) => index);
  let open = jobs.length;
  const give = (member: Member): void => {
    const index = nextFor(member, waiting, jobs, members);
    if (index === undefined) return;
    waiting.splice(waiting.indexOf(index), 1);
    remember(member, jobs[index]!.world);
    const send = (): void => member.send({ kind: 'job', index, job: jobs[index] });
    if (gate) void gate().then(send);
    else send();
  };
  for (let turn = 0; turn < IN_HAND; turn++) for (const member of members) give(member);
  if (open === 0) resolve(results);
  return {
    done: promise,
    reject,
    take(member, index, episodes) {
      results[index] = episodes;
      onResult?.(episodes);
      if (--open === 0) return resolve(results);
      give(member);
    },
  };
}

/** A job of a world that the process holds; else one of a world that no process holds; else the next one. */
function nextFor(
  member: Member,
  waiting: readonly number[],
  jobs: readonly RolloutJob[],
  members: readonly Member[],
): number | undefined {
  const holds = (one: Member, index: number): boolean => one.worlds.includes(jobs[index]!.world);
  return (
    waiting.find((index) => holds(member, index)) ??
    waiting.find((index) => !members.some((other) => holds(other, index))) ??
    waiting[0]
  );
}

function remember({ worlds }: Member, world: string): void {
  const place = worlds.indexOf(world);
  if (place >= 0) worlds.splice(place, 1);
  worlds.push(world);
  if (worlds.length > REMEMBERED_WORLDS) worlds.shift();
}

interface Member {
  /** Worlds of its last jobs, the latest at the end. */
  readonly worlds: string[];
  send(request: WorkerRequest): void;
  kill(): void;
}

interface MemberListeners {
  onEpisodes(member: Member, index: number, episodes: readonly unknown[]): void;
  onFailure(error: Error): void;
}

function startMember({ workerFile, setup }: PoolOptions, listeners: MemberListeners): Member {
  const child = fork(workerFile, [], {
    execArgv: MEMORY_FLAGS,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const stderr = lastWords(child);
  // A message to a child that is gone fails; that it is gone is told by its exit.
  const send = (request: WorkerRequest): void => void child.send(request, () => undefined);
  const member: Member = { worlds: [], send, kill: () => child.kill('SIGKILL') };
  child.on('message', (reply: WorkerReply) => {
    if (reply.kind === 'episodes') listeners.onEpisodes(member, reply.index, reply.episodes);
    else listeners.onFailure(new (reply.isExpected ? TrainingError : Error)(reply.why));
  });
  child.on('error', (error) => listeners.onFailure(new TrainingError(`A rollout process failed: ${error.message}.`)));
  child.on('close', (code, signal) => {
    const how = signal ? `was killed by ${signal}` : `ended with code ${code}`;
    listeners.onFailure(new TrainingError(`A rollout process ${how}.${stderr()} Resume the run to go on.`));
  });
  send({ kind: 'setup', setup });
  return member;
}

function lastWords(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (chunk: string) => (text = (text + chunk).slice(-MAX_STDERR)));
  return () => (text.trim() ? ` It said: ${text.trim()}` : '');
}
