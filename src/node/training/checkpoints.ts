/**
 * The checkpoints of a run: all that a run is between two iterations, so that it goes on to the last bit. Files are
 * written whole; the last two are kept, and the start, whose parameters are the reference policy.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingState } from '#core/rl/iteration.ts';
import { decodeCheckpoint, encodeCheckpoint } from '#node/training/checkpointFile.ts';
import { writeWholeSync } from '#node/stores/writeWholeSync.ts';
import { misfitOf, type PolicyIdentity } from '#node/training/trainedPolicy.ts';
import { TrainingError } from '#node/training/trainingError.ts';

export interface Checkpoint {
  readonly state: TrainingState;
  readonly identity: PolicyIdentity;
  /** Of the settings that decide what is learned. */
  readonly configHash: string;
}

export interface FoundCheckpoint {
  readonly checkpoint: Checkpoint;
  /** Newer files that are damaged, a sentence each. */
  readonly notes: readonly string[];
}

const KEPT = 2;
const START = 'start.checkpoint';
const NAME = /^(\d{8})\.checkpoint$/;

/** Writes a checkpoint and removes those that are not needed any more. Does not wait, so that it can be done at an exit. */
export function writeCheckpoint(folder: string, checkpoint: Checkpoint): void {
  const { iteration } = checkpoint.state;
  mkdirSync(folder, { recursive: true });
  writeWholeSync(join(folder, iteration === 0 ? START : nameOf(iteration)), bytesOf(checkpoint));
  const written = iterationsIn(folder);
  // Newer ones are those that were damaged when the run was taken up.
  const kept = written.filter((other) => other <= iteration).slice(0, KEPT);
  for (const other of written) if (!kept.includes(other)) rmSync(join(folder, nameOf(other)), { force: true });
}

/** Whether the run got as far as to have a start. */
export const hasStart = (folder: string): boolean => existsSync(join(folder, START));

/** What the run began with. */
export function readStart(folder: string): Checkpoint {
  return readCheckpoint(join(folder, START));
}

/** The newest checkpoint that is whole, or the start. */
export function readNewest(folder: string): FoundCheckpoint {
  const notes: string[] = [];
  for (const iteration of iterationsIn(folder)) {
    const file = join(folder, nameOf(iteration));
    const checkpoint = decoded(readFileSync(file));
    if (checkpoint) return { checkpoint, notes };
    notes.push(`${file} is damaged and was passed over; the run goes on from the checkpoint before it.`);
  }
  return { checkpoint: readStart(folder), notes };
}

/** Throws a `TrainingError` if there is none, or if it is damaged. */
export function readCheckpoint(file: string): Checkpoint {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new TrainingError(`The checkpoint ${file} cannot be read: ${(error as Error).message}.`);
  }
  const checkpoint = decoded(bytes);
  if (checkpoint) return checkpoint;
  throw new TrainingError(`${file} is damaged or no checkpoint of Spoor. Name another one, or begin a new run.`);
}

/** Throws a `TrainingError` if the parameters do not mean what this program takes them for. */
export function checkIdentity(checkpoint: Checkpoint, expected: PolicyIdentity, file: string): void {
  const misfit = misfitOf(checkpoint.identity, expected);
  if (misfit === undefined) return;
  throw new TrainingError(
    `The checkpoint in ${file} was made by another version of the policy: ${misfit}. ` +
      'Go on with the version that made it, or begin a new run.',
  );
}

const nameOf = (iteration: number): string => `${String(iteration).padStart(8, '0')}.checkpoint`;

/** Newest first. */
function iterationsIn(folder: string): number[] {
  const iterations = readdirSync(folder).flatMap((name) => NAME.exec(name)?.[1] ?? []);
  return iterations.map(Number).sort((a, b) => b - a);
}

interface Header {
  readonly identity: PolicyIdentity;
  readonly configHash: string;
  readonly seed: number;
  readonly iteration: number;
  readonly drawn: number;
  readonly history: TrainingState['history'];
  readonly adamStep: number;
}

function bytesOf({ state, identity, configHash }: Checkpoint): Uint8Array {
  const { seed, iteration, drawn, parameters, adam, history } = state;
  const header: Header = { identity, configHash, seed, iteration, drawn, history, adamStep: adam.step };
  return encodeCheckpoint({ header, arrays: { parameters, adamMean: adam.mean, adamSquare: adam.square } });
}

function decoded(bytes: Uint8Array): Checkpoint | undefined {
  const content = decodeCheckpoint(bytes);
  const { parameters, adamMean, adamSquare } = content?.arrays ?? {};
  if (!content || !parameters || !adamMean || !adamSquare) return undefined;
  const { identity, configHash, seed, iteration, drawn, history, adamStep } = content.header as Header;
  const adam = { step: adamStep, mean: adamMean, square: adamSquare };
  return { state: { seed, iteration, drawn, parameters, adam, history }, identity, configHash };
}
