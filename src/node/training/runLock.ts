/** Keeps two processes from training in one folder: the file `running` in it names the process that does. */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { isProcessGone, machineId, processStart } from '#node/processIdentity.ts';
import { TrainingError } from '#node/training/trainingError.ts';

/** Throws a `TrainingError` if another process that may still run has the folder. Returns what gives it back. */
export function lockRun(directory: string): () => void {
  const file = join(directory, NAME);
  const owner = ownerOf(directory);
  if (owner)
    throw new TrainingError(
      `Process ${owner.pid} is training in ${directory}. Wait for its end, or remove ${file} if it is long gone.`,
    );
  rmSync(file, { force: true });
  const mine: Owner = { pid: process.pid, start: processStart(process.pid) ?? '', machine: machineId() };
  try {
    writeFileSync(file, JSON.stringify(mine), { flag: 'wx' });
  } catch (error) {
    throw new TrainingError(`The folder of the run cannot be used: ${(error as Error).message}.`);
  }
  return () => rmSync(file, { force: true });
}

export interface Owner {
  readonly pid: number;
  readonly start: string;
  readonly machine: string;
}

/** The process that has the folder, unless it is certainly gone. */
export function ownerOf(directory: string): Owner | undefined {
  const file = join(directory, NAME);
  const owner = readOwner(file);
  if (owner?.machine !== machineId()) return owner;
  return isProcessGone(owner.pid, owner.start) || isOfEarlierBoot(file) ? undefined : owner;
}

const NAME = 'running';

/** Undefined where there is none, or none that could be asked after. */
function readOwner(file: string): Owner | undefined {
  try {
    const { pid, start, machine } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Owner>;
    return typeof pid === 'number' && typeof start === 'string' && machine !== undefined
      ? { pid, start, machine }
      : undefined;
  } catch {
    return undefined;
  }
}

/** A clock that was set meanwhile may be wrong by this, in milliseconds. */
const CLOCK_MS = 120_000;

/** After a reboot another process may have the number; not every system tells when a process began. */
function isOfEarlierBoot(file: string): boolean {
  try {
    return statSync(file).mtimeMs < Date.now() - uptime() * 1000 - CLOCK_MS;
  } catch {
    return false;
  }
}
