/** Runs that can be taken up: those that were stopped, that failed, or that were cut off by a crash or a reboot. */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ownerOf } from '#node/folderOwner.ts';
import type { LearningPlan } from '#node/learning/learningPlan.ts';
import { planFile, readEnd, readPlan } from '#node/learning/runFiles.ts';
import { namesIn } from '#node/stores/writeWhole.ts';

export interface OpenRun {
  /** What it is for: start this plan again to take it up. */
  readonly plan: LearningPlan;
  /** When it was first begun, in milliseconds since 1970. */
  readonly beganMs: number;
  /** `running`: another window, or the command line, is at it. `cut-off`: its process ended without a word. */
  readonly state: 'running' | 'cut-off' | 'stopped' | 'failed';
  /** What happened, for people. */
  readonly sentence: string;
}

/** Of a folder that holds a folder for each run; the latest first. Rejects where that cannot be read. */
export async function openRuns(runs: string): Promise<OpenRun[]> {
  const found = await Promise.all((await namesIn(runs)).map((name) => openRunIn(join(runs, name))));
  return found.filter((run) => run !== undefined).sort((a, b) => b.beganMs - a.beganMs);
}

/** Takes a run away for good, with what it had done; not while a process is at it. */
export async function discardRun(directory: string): Promise<void> {
  if (!ownerOf(directory)) await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}

/** Takes away what is left of runs that are at their end, and open ones that nobody has taken up for a month. */
export async function sweepRuns(runs: string, nowMs: number): Promise<void> {
  for (const name of await namesIn(runs)) {
    const directory = join(runs, name);
    const isOpen = (await openRunIn(directory)) !== undefined;
    if (!isOpen || nowMs - (await touchedMs(directory)) > FORGOTTEN_MS) await discardRun(directory);
  }
}

/** A month, in milliseconds. */
const FORGOTTEN_MS = 30 * 24 * 3_600_000;

async function openRunIn(directory: string): Promise<OpenRun | undefined> {
  const kept = await readPlan(directory);
  if (!kept) return undefined;
  const { plan, beganMs } = kept;
  // A folder that was moved or copied is taken up where it is.
  const here = { plan: { ...plan, directory }, beganMs };
  const owner = ownerOf(directory);
  if (owner) return { ...here, state: 'running', sentence: `Process ${owner.pid} is at this run.` };
  const end = await readEnd(directory);
  if (!end) return { ...here, state: 'cut-off', sentence: CUT_OFF };
  if (end.kind === 'stopped') return { ...here, state: 'stopped', sentence: 'The run was stopped. It can go on.' };
  if (end.kind === 'failed') return { ...here, state: 'failed', sentence: end.sentence };
  return undefined;
}

const CUT_OFF =
  'The run was cut off in the middle. All that it had done is kept, the policy in use is as it was, and the run can go on.';

/** When it was begun or taken up last. */
async function touchedMs(directory: string): Promise<number> {
  try {
    return (await stat(planFile(directory))).mtimeMs;
  } catch {
    return Infinity;
  }
}
