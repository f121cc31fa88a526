/**
 * A run with all that has to be kept about it: its folder belongs to one process at a time, says what the run is for
 * from its first moment on and how it ended, and holds no more than that once there is nothing left to take up.
 */
import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ownerOf, takeFolder } from '#node/folderOwner.ts';
import { FAULT, LearningError } from '#node/learning/learningError.ts';
import type { LearningControls, LearningEnd, LearningPlan, RunLearning } from '#node/learning/learningPlan.ts';
import { endFile, FILES_VERSION, planFile, readEnd, readPlan, type KeptEnd, type KeptPlan } from './runFiles.ts';
import { storeError } from '#node/stores/storeError.ts';
import { namesIn, writeWhole } from '#node/stores/writeWhole.ts';

/**
 * Begins the plan's run, or takes it up where it is. Rejects with a sentence: as a `LearningError` when another process
 * has the folder or something else lies in it, and as `run` does.
 */
export async function keepRun(plan: LearningPlan, controls: LearningControls, run: RunLearning): Promise<LearningEnd> {
  const { directory } = plan;
  const release = await takeRun(plan, controls);
  try {
    const end = await run(plan, controls);
    await writeEnd(directory, { kind: end.kind, sentence: end.kind === 'too-little' ? end.sentence : '' });
    if (end.kind !== 'stopped') await removeWork(directory);
    return end;
  } catch (error) {
    // On a full disk this fails too; then the run is one that was cut off, which is as true.
    await writeEnd(directory, { kind: 'failed', sentence: sentenceOf(error) }).catch(() => undefined);
    throw error;
  } finally {
    release();
  }
}

/** An error's message where it is made for people: those of the language and of the system are not. */
export function sentenceOf(error: unknown): string {
  if (typeof error === 'string') return error;
  const isOurs = error instanceof Error && !('code' in error) && !FAULTS.some((kind) => error instanceof kind);
  return isOurs ? error.message : FAULT;
}

const FAULTS = [TypeError, RangeError, ReferenceError, SyntaxError, URIError];

async function takeRun(plan: LearningPlan, { emit }: LearningControls): Promise<() => void> {
  const { directory } = plan;
  try {
    await mkdir(directory, { recursive: true });
    const [kept, end] = [await readPlan(directory), await readEnd(directory)];
    if (!kept && (await namesIn(directory)).some(isForeign))
      throw new LearningError(`${directory} holds something else than a run. Choose another folder for it.`);
    const owner = ownerOf(directory);
    if (owner)
      throw new LearningError(`Process ${owner.pid} is at this run already. Wait for its end, or stop it there.`);
    const release = takeFolder(directory);
    await rm(endFile(directory), { force: true });
    await writeWhole(
      planFile(directory),
      textOf({ version: FILES_VERSION, beganMs: kept?.beganMs ?? Date.now(), plan }),
    );
    if (kept) emit({ type: 'note', sentence: takenUp(end) });
    return release;
  } catch (error) {
    throw error instanceof LearningError ? error : storeError('The run could not begin', error);
  }
}

/** Those of a run that was killed before its plan was whole. */
const isForeign = (name: string): boolean => !/^(running|plan\.json((\.\d+)+\.new)?)$/.test(name);

function takenUp(end: KeptEnd | undefined): string {
  if (!end) return 'This run was cut off in the middle. It goes on with all that was kept.';
  if (end.kind === 'failed') return `This run ended early: ${end.sentence} It goes on with all that was kept.`;
  return 'This run was stopped before. It goes on with all that was kept.';
}

const writeEnd = (directory: string, end: Pick<KeptEnd, 'kind' | 'sentence'>): Promise<void> =>
  writeWhole(endFile(directory), textOf({ version: FILES_VERSION, endedMs: Date.now(), ...end }));

const textOf = (content: KeptPlan | KeptEnd): string => `${JSON.stringify(content, null, 2)}\n`;

/** Recorded worlds and checkpoints: nobody needs them once the run is at its end. */
async function removeWork(directory: string): Promise<void> {
  const kept = [planFile(directory), endFile(directory)].map((file) => basename(file));
  for (const name of (await namesIn(directory)).filter((other) => !kept.includes(other)))
    await rm(join(directory, name), { recursive: true, force: true, maxRetries: 5 });
}
