/**
 * The history of one workspace folder: finds its repository, and notices when HEAD moves.
 */
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ToolFailure } from '#core/agent/tools.ts';
import { troubleOf } from '#node/sqlite.ts';
import type { WorkspaceRoot } from '#node/workspace.ts';
import type { GitProgram } from '#node/history/git.ts';
import { headKey, openHeadView, type HeadView, type HistoryLimits } from '#node/history/headView.ts';
import type { HistoryStores } from '#node/history/historyStores.ts';
import { findRepository, headMark, readHead, type Repository } from '#node/history/repository.ts';

export function createRootHistory(
  root: WorkspaceRoot,
  git: GitProgram,
  stores: HistoryStores,
  limits: HistoryLimits,
): RootHistory {
  let place: { mark: string; repository: Repository | undefined } | undefined;
  let current: { mark: string; view: HeadView } | undefined;
  let asking: Promise<RootView> | undefined;
  let repairing = Promise.resolve();

  const repair = (view: HeadView, error: unknown): Promise<void> => {
    const isWaiting = troubleOf(error) === 'busy';
    if (!isWaiting)
      repairing = stores.repair(view.repository.commonDirectory, view.store, error).catch(() => undefined);
    return repairing;
  };
  const ask = async (): Promise<RootView> => {
    const mark = repositoryMark(root.directory);
    if (place?.mark !== mark) {
      const repository = await findRepository(git, root.directory);
      if (repository && 'ok' in repository) return repository;
      place = { mark, repository };
    }
    return place.repository && look(place.repository);
  };
  const look = async (repository: Repository): Promise<RootView> => {
    // Taken before HEAD is read, so that a change in between is seen the next time.
    const mark = headMark(repository);
    await repairing;
    const usable = current && !current.view.failure && stores.isCurrent(current.view.store);
    if (usable && current!.mark === mark) return current!.view;
    const head = await readHead(git, repository);
    if ('ok' in head) return head;
    if (!usable || current!.view.key !== headKey(head, repository, limits)) {
      current?.view.stop();
      const store = await stores.open(repository.commonDirectory);
      const view: HeadView = openHeadView(git, repository, head, store, limits, (error) => void repair(view, error));
      current = { mark, view };
    }
    current = { mark, view: current!.view };
    return current.view;
  };
  const view = (): Promise<RootView> =>
    (asking ??= ask()
      .catch(unexpected)
      .finally(() => (asking = undefined)));

  return {
    root,
    view,
    repair,
    async ready() {
      for (let tries = 0; tries < MAX_TRIES && !git.signal.aborted; tries++) {
        const seen = await view();
        if (!seen || 'ok' in seen) return;
        await seen.done;
        await repairing;
        if (seen.complete) return;
      }
    },
    async close() {
      await asking;
      await current?.view.done;
      await repairing;
    },
  };
}

export interface RootHistory {
  readonly root: WorkspaceRoot;
  /** The history at the HEAD of now; undefined for a folder without a repository. */
  view(): Promise<RootView>;
  /** Replaces the store of a view after its use threw. */
  repair(view: HeadView, error: unknown): Promise<void>;
  /** Resolves when the history is complete or cannot be completed. */
  ready(): Promise<void>;
  /** Waits for what runs; the git signal ends it. */
  close(): Promise<void>;
}

export type RootView = HeadView | ToolFailure | undefined;

/** How often a history that HEAD leaves or whose store fails is begun anew while somebody waits for its end. */
const MAX_TRIES = 10;

/** Changes when a repository appears or goes, in the folder or around it. */
function repositoryMark(directory: string): string {
  const stats = statSync(join(directory, '.git'), { throwIfNoEntry: false });
  const above = dirname(directory);
  return `${stats?.ino ?? ''}/${above === directory ? '' : repositoryMark(above)}`;
}

const unexpected = (error: unknown): ToolFailure => ({
  ok: false,
  reason: 'failed',
  message: `The history cannot be searched (${error instanceof Error ? error.message : String(error)}).`,
});
