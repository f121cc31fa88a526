/**
 * The body of a process that works for a run: records the world of a task, or answers a held-out question in it. One
 * task at a time; what is wrong with one is its result and not the process's end.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Task } from '#core/agent/task.ts';
import type { WorldRecord } from '#core/agent/worldRecord.ts';
import { heldAnswer, type HeldAnswer } from '#node/learning/heldAnswer.ts';
import { StoreError, storeError } from '#node/stores/storeError.ts';
import { openPlayingNetwork } from '#node/policy/scorers.ts';
import { isReachable } from '#node/training/isReachable.ts';
import type { PlaySettings } from '#node/training/searchPlayer.ts';
import type { Player } from '#node/training/serveRollouts.ts';
import { openLiveRecorder, type LiveRecorder, type LiveRecorderOptions } from '#node/worlds/recordLive.ts';
import { openRepositoryRecorder, type RepositoryRecorder } from '#node/worlds/repositoryRecorder.ts';
import { loadTaskWorld, saveWorld, worldFile } from '#node/worlds/worldStore.ts';

/** A task, and the files and folders that its search is narrowed to. */
export interface ScopedTask extends Task {
  readonly scope: readonly string[];
}

export type WorkSetup = RecordSetup | AnswerSetup;

export interface RecordSetup extends Omit<LiveRecorderOptions, 'signal'> {
  readonly kind: 'record';
  /** Full paths of repositories, by a task's `repo`. Tasks of others are about the workspace as it is. */
  readonly repositories: Readonly<Record<string, string>>;
  readonly play: PlayedWorlds;
  /** Where commits are laid out; the caller removes it. */
  readonly work: string;
}

export interface AnswerSetup {
  readonly kind: 'answer';
  readonly play: PlayedWorlds;
}

export type PlayedWorlds = Pick<PlaySettings, 'worlds' | 'turns' | 'without'>;

/** `failed`: why, a sentence. `unreachable`: no search comes to what answers it. */
export type RecordResult =
  { readonly kind: 'recorded' | 'unreachable' } | { readonly kind: 'failed'; readonly message: string };

export type AnswerResult =
  { readonly kind: 'answered'; readonly answer: HeldAnswer } | { readonly kind: 'failed'; readonly message: string };

export type WorkResult = RecordResult | AnswerResult;

/** Nothing can be kept any more, a sentence: the same would happen to every task. */
export interface Stuck {
  readonly kind: 'stuck';
  readonly message: string;
}

export async function createLearningPlayer(setup: WorkSetup): Promise<Player<ScopedTask, WorkResult | Stuck>> {
  const work = setup.kind === 'record' ? createRecorder(setup) : await createAnswerer(setup);
  return {
    async play(parameters, { task }) {
      try {
        return [await work(task, parameters)];
      } catch (error) {
        const kind = error instanceof StoreError ? 'stuck' : 'failed';
        return [{ kind, message: error instanceof Error ? error.message : String(error) }];
      }
    },
  };
}

type Work = (task: ScopedTask, parameters: Float32Array) => Promise<WorkResult>;

async function createAnswerer({ play }: AnswerSetup): Promise<Work> {
  const network = await openPlayingNetwork();
  return async (task, parameters) => ({
    kind: 'answered',
    answer: await heldAnswer(task, network(parameters), { ...play, nowMs: () => performance.now() }),
  });
}

function createRecorder(setup: RecordSetup): Work {
  const worlds = createWorldSource(setup);
  return async (task) => {
    const { worlds: folder } = setup.play;
    if (!loadTaskWorld(folder, task).ok) keepWorld(worldFile(folder, task), await worlds(task));
    return { kind: (await isReachable(task, setup.play)) ? 'recorded' : 'unreachable' };
  };
}

function keepWorld(file: string, world: WorldRecord): void {
  try {
    saveWorld(file, world);
  } catch (error) {
    throw storeError('What was searched could not be kept', error);
  }
}

/** The process is killed when it is not needed any more, so nothing is closed. */
function createWorldSource(setup: RecordSetup): (task: ScopedTask) => Promise<WorldRecord> {
  const { signal } = new AbortController();
  const storage = join(setup.work, `storage-${process.pid}`);
  const repositories = new Map<string, Promise<RepositoryRecorder>>();
  const at = new Map<string, string>();
  let live: Promise<LiveRecorder> | undefined;

  const repositoryOf = (repo: string, source: string): Promise<RepositoryRecorder> => {
    const known = repositories.get(repo);
    if (known) return known;
    const directory = join(setup.work, `${process.pid}-${repositories.size}`);
    mkdirSync(directory, { recursive: true });
    const { docs, rg, appRoot, episodes } = setup;
    const opening = openRepositoryRecorder({
      source,
      directory,
      storage,
      signal,
      episodes,
      ...(docs !== undefined && { docs }),
      ...(rg !== undefined && { rg }),
      ...(appRoot !== undefined && { appRoot }),
    });
    repositories.set(repo, opening);
    return opening;
  };
  return async ({ repo, commit, question, scope }) => {
    const source = Object.hasOwn(setup.repositories, repo) ? setup.repositories[repo] : undefined;
    if (source === undefined) return (await (live ??= openLiveRecorder({ ...setup, signal }))).record(question, scope);
    const repository = await repositoryOf(repo, source);
    if (at.get(repo) !== commit) {
      at.delete(repo);
      await repository.moveTo(commit);
      at.set(repo, commit);
    }
    return repository.record(question, scope);
  };
}
