/** The body of a rollout process: plays the jobs that it is sent, one after the other, and ends with its parent. */
import { TrainingError } from '#node/training/trainingError.ts';
import type { RolloutJob, WorkerReply, WorkerRequest } from './rolloutMessages.ts';

export interface Player<T, E> {
  /**
   * Plays `job.count` episodes. What it returns may hang on the parameters and the job alone, never on earlier jobs.
   * @param parameters [P]; the same array until they change.
   */
  play(parameters: Float32Array, job: RolloutJob<T>): Promise<readonly E[]>;
}

/**
 * Serves the process that forked this one.
 * @param createPlayer gets the pool's `setup`; called once.
 */
export function serveRollouts<S, T, E>(createPlayer: (setup: S) => Promise<Player<T, E>>): void {
  if (!process.send) throw new Error('A rollout process can only be started by a training run.');
  let player: Player<T, E> | undefined;
  let parameters: Float32Array | undefined;
  const answer = async (request: WorkerRequest): Promise<void> => {
    if (request.kind === 'setup') player = await createPlayer(request.setup as S);
    else if (request.kind === 'parameters') parameters = request.parameters;
    else await reply({ kind: 'episodes', index: request.index, episodes: await play(request.job as RolloutJob<T>) });
  };
  const play = (job: RolloutJob<T>): Promise<readonly E[]> => {
    if (!player || !parameters) throw new Error('A job came before the player and the parameters.');
    return player.play(parameters, job);
  };
  let last = Promise.resolve();
  process.on('message', (request: WorkerRequest) => {
    last = last.then(() => answer(request)).catch((error: unknown) => reply(failureOf(error)));
  });
  process.on('disconnect', () => process.exit());
  // Ctrl-C reaches every process of the terminal; when to stop is the parent's decision.
  process.on('SIGINT', () => undefined);
}

/** Fails only when the parent is gone; then this process ends anyway. */
const reply = (message: WorkerReply): Promise<void> =>
  new Promise((resolve) => process.send!(message, () => resolve()));

const failureOf = (error: unknown): WorkerReply => ({
  kind: 'failed',
  why: why(error),
  isExpected: error instanceof TrainingError,
});

const why = (error: unknown): string =>
  error instanceof Error ? (process.env['SPOOR_DEBUG'] && error.stack) || error.message : String(error);
