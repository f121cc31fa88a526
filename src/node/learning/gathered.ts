/** What was gathered, kept in the run's folder: a run that is taken up learns from the same. */
import type { GatheredTasks } from '#node/learning/gatherTasks.ts';
import { gatherTasks } from '#node/learning/gatherTasks.ts';
import { tellProgress, type RunParts } from '#node/learning/runParts.ts';

export type Gathered = Omit<GatheredTasks, 'weakSigns'>;

interface KeptGathered extends Omit<Gathered, 'scopes' | 'repositories'> {
  readonly scopes: readonly (readonly [string, readonly string[]])[];
  readonly repositories: readonly (readonly [string, string])[];
}

/** Rejects with a sentence if a folder cannot be opened, and when the signal is aborted. */
export async function gatherOnce(parts: RunParts): Promise<Gathered> {
  const { folder, plan, controls } = parts;
  const kept = folder.read<KeptGathered>('gathered');
  if (kept) return { ...kept, scopes: new Map(kept.scopes), repositories: new Map(kept.repositories) };
  tellProgress(parts, { phase: 'gather', done: 0, total: 1 });
  const { feedback, folders, historyTasks, seed, git = true } = plan;
  const { weakSigns: _, ...found } = await gatherTasks({
    feedback,
    folders,
    history: plan.history,
    git,
    historyTasks,
    replayTasks: parts.settings.replayTasks,
    seed,
    signal: controls.signal,
  });
  const gathered = { ...found, ...newestRejected(found) };
  const { scopes, repositories } = gathered;
  const keeping: KeptGathered = { ...gathered, scopes: [...scopes], repositories: [...repositories] };
  folder.write('gathered', keeping);
  return gathered;
}

/** They weigh little, and each has all the steps of its search. */
const MOST_REJECTED = 100;

type Rejected = Pick<GatheredTasks, 'rejected' | 'dropped'>;

function newestRejected({ rejected, dropped }: Rejected): Rejected {
  const count = rejected.length - MOST_REJECTED;
  if (count <= 0) return { rejected, dropped };
  const reason = `rejected answers beyond the newest ${MOST_REJECTED}`;
  return { rejected: rejected.slice(-MOST_REJECTED), dropped: [...dropped, { reason, count }] };
}
