/**
 * The parser in a thread of its own, seen from the main thread: a queue of texts, and what ends a parse that does not
 * end by itself.
 *
 * A hostile text can trap the parser, or hold it in a step of seconds that asks nobody. Then the thread is ended, the
 * text is remembered and not parsed again, and the texts behind it go to a new thread. The thread is started with the
 * first text and does not keep the process alive while it has nothing to do.
 */
import type { CancelSignal } from '#core/agent/tools.ts';
import { sharedNowMs, type ParseEnd, type ParseReply, type ParseRequest, type ParseResult } from './parserMessages.ts';
import { startParserWorker, type RunningWorker } from './startParserWorker.ts';

export interface ParserThread {
  /** The outline of a text, or why there is none. Never rejects. Texts are parsed in the order of the calls. */
  parse(wanted: WantedParse): Promise<ParseOutcome>;
  /** Ends the thread; what was waiting is cancelled. The next call starts a new one. */
  close(): void;
  /** Threads started so far: the first, and one after each that had to be ended. */
  readonly threadsStarted: () => number;
}

export interface WantedParse {
  readonly path: string;
  readonly text: string;
  /** Tells texts apart, language included: a text that ended the thread is known again by it. */
  readonly key: string;
  readonly signal: CancelSignal;
  /** By `sharedNowMs`. */
  readonly deadlineMs: number;
}

export type ParseOutcome = ParseResult | { readonly stopped: 'cancelled' };

/** Time that one text may take; the slowest of 4,334 source files took 260 ms. */
const MAX_PARSE_MS = 2_000;
/** The parser sees most deadlines by itself. How long it is waited for after a deadline or a cancel. */
const GRACE_MS = 150;
/** Texts that wait in the thread itself, so that it is never idle; the others can still be taken back. */
const MAX_SENT = 4;
const MAX_BAD = 1_000;

export function createParserThread(): ParserThread {
  const state: State = { jobs: [], sent: 0, lastId: 0, started: 0, worker: undefined, bad: new Map() };
  return {
    parse: (wanted) => addJob(state, wanted),
    close: () => {
      endWorker(state);
      for (const job of [...state.jobs]) settle(state, job, { stopped: 'cancelled' });
      state.bad.clear();
    },
    threadsStarted: () => state.started,
  };
}

interface State {
  /** In order of the calls; the first `sent` of them are with the worker, which is on the first. */
  readonly jobs: Job[];
  sent: number;
  lastId: number;
  started: number;
  worker: RunningWorker | undefined;
  /** Why texts are not parsed again, by key; the oldest are given up. */
  readonly bad: Map<string, string>;
}

interface Job {
  readonly request: ParseRequest;
  readonly wanted: WantedParse;
  /** Absent when the caller has its answer; the worker may still be at it. */
  answer: ((outcome: ParseOutcome) => void) | undefined;
  /** When the caller stopped waiting, or will. */
  endMs: number;
  begunMs: number | undefined;
  timer: NodeJS.Timeout | undefined;
  readonly cancel: () => void;
}

function addJob(state: State, wanted: WantedParse): Promise<ParseOutcome> {
  const { path, text, deadlineMs, signal } = wanted;
  const { promise, resolve } = Promise.withResolvers<ParseOutcome>();
  const job: Job = {
    request: { id: ++state.lastId, path, text, deadlineMs },
    wanted,
    answer: resolve,
    endMs: deadlineMs,
    begunMs: undefined,
    timer: undefined,
    cancel: () => settle(state, job, { stopped: 'cancelled' }),
  };
  state.jobs.push(job);
  signal.addEventListener('abort', job.cancel);
  watch(state, job);
  if (signal.aborted) job.cancel();
  sendJobs(state);
  return promise;
}

/** Hands texts to the worker, which is started if there is none. */
function sendJobs(state: State): void {
  try {
    while (state.sent < Math.min(state.jobs.length, MAX_SENT)) sendJob(state, state.jobs[state.sent]!);
    keepAlive(state);
  } catch (error) {
    // The system may have no thread left.
    workerDied(state, error instanceof Error ? error.message : String(error));
  }
}

function sendJob(state: State, job: Job): void {
  const failed = state.bad.get(job.wanted.key);
  if (failed !== undefined) return settle(state, job, { failed });
  state.worker ??= startWorker(state);
  state.worker.post(job.request);
  state.sent++;
}

const keepAlive = ({ worker, jobs }: State): void => worker?.keepAlive(jobs.some(({ answer }) => answer));

function startWorker(state: State): RunningWorker {
  state.started++;
  const worker = startParserWorker({
    onReply: (reply) => {
      if (state.worker === worker) takeReply(state, reply);
    },
    onEnd: (why) => {
      if (state.worker === worker) workerDied(state, why);
    },
  });
  return worker;
}

/** Answers the caller. A job that the worker has stays in the queue until the worker is done with it, or is ended. */
function settle(state: State, job: Job, outcome: ParseOutcome): void {
  job.answer?.(outcome);
  job.answer = undefined;
  job.wanted.signal.removeEventListener('abort', job.cancel);
  const at = state.jobs.indexOf(job);
  if (at >= 0 && at < state.sent) {
    job.endMs = Math.min(job.endMs, sharedNowMs());
    watch(state, job);
  } else {
    clearTimeout(job.timer);
    if (at >= 0) state.jobs.splice(at, 1);
  }
  keepAlive(state);
}

function takeReply(state: State, reply: ParseReply): void {
  const job = state.jobs[0];
  if (job?.request.id !== reply.id) return;
  if ('begun' in reply) {
    job.begunMs = sharedNowMs();
    watch(state, job);
  } else finish(state, job, reply.end);
}

/** The first job has come to its end, by the worker's reply or with the worker. */
function finish(state: State, job: Job, { isSpent, ...result }: ParseEnd): void {
  if (isSpent && 'failed' in result) rememberBad(state, job.wanted.key, result.failed);
  state.jobs.shift();
  state.sent--;
  settle(state, job, result);
  if (isSpent) endWorker(state);
  sendJobs(state);
}

function rememberBad({ bad }: State, key: string, why: string): void {
  bad.set(key, why);
  if (bad.size > MAX_BAD) bad.delete(bad.keys().next().value!);
}

/** Takes back what the worker had: what is still wanted goes to the next one. */
function endWorker(state: State): void {
  state.worker?.end();
  state.worker = undefined;
  state.sent = 0;
  for (const job of [...state.jobs]) {
    job.begunMs = undefined;
    if (job.answer) watch(state, job);
    else settle(state, job, { stopped: 'cancelled' });
  }
}

/** It ran out of memory in a text, or it cannot be started at all. */
function workerDied(state: State, why: string): void {
  const failed = `the parser failed (${why})`;
  const [job] = state.jobs;
  if (job?.begunMs !== undefined) return finish(state, job, { failed, isSpent: true });
  endWorker(state);
  for (const waiting of [...state.jobs]) settle(state, waiting, { failed });
}

/** Sets the job's alarm. Messages that came while the main thread was busy are taken first, by `setImmediate`. */
function watch(state: State, job: Job): void {
  clearTimeout(job.timer);
  const leftMs = Math.min(Math.max(limitOf(job) - sharedNowMs(), 0), 2 ** 31 - 2);
  job.timer = setTimeout(() => setImmediate(() => checkTime(state, job)), leftMs + 1);
  if (!job.answer) job.timer.unref();
}

/** When something must be done about the job: nothing before it has begun and when nobody waits for it. */
function limitOf({ answer, begunMs, endMs }: Job): number {
  if (begunMs === undefined) return answer ? endMs : Infinity;
  return Math.min(begunMs + MAX_PARSE_MS, Math.max(begunMs, endMs) + GRACE_MS);
}

function checkTime(state: State, job: Job): void {
  if (!state.jobs.includes(job)) return;
  if (sharedNowMs() < limitOf(job)) return watch(state, job);
  if (job.begunMs === undefined) return settle(state, job, { stopped: 'timeout' });
  // After a cancel nobody knows whether the text would have ended.
  if (job.answer) return finish(state, job, { failed: 'parsing it took too long', isSpent: true });
  endWorker(state);
  sendJobs(state);
}
