/** Keeps two processes from training in one folder. */
import { takeFolder, ownerFile, ownerOf } from '#node/folderOwner.ts';
import { TrainingError } from '#node/training/trainingError.ts';

/** Throws a `TrainingError` if another process that may still run has the folder. Returns what gives it back. */
export function lockRun(directory: string): () => void {
  const owner = ownerOf(directory);
  if (owner)
    throw new TrainingError(
      `Process ${owner.pid} is training in ${directory}. Wait for its end, or remove ${ownerFile(directory)} if it is ` +
        'long gone.',
    );
  try {
    return takeFolder(directory);
  } catch (error) {
    throw new TrainingError(`The folder of the run cannot be used: ${(error as Error).message}.`);
  }
}
