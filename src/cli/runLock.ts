/** Keeps two processes from training in one folder: the file `running` in it names the process that does. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '#cli/environment.ts';
import { isProcessGone, machineId, processStart } from '#cli/processIdentity.ts';

/** Throws a `CliError` if another process that may still run has the folder. Returns what gives it back. */
export function lockRun(directory: string): () => void {
  const file = join(directory, 'running');
  const owner = readOwner(file);
  const isLeft = owner?.machine === machineId() && isProcessGone(owner.pid, owner.start);
  if (owner && !isLeft)
    throw new CliError(
      `Process ${owner.pid} is training in ${directory}. Wait for its end, or remove ${file} if it is long gone.`,
    );
  rmSync(file, { force: true });
  const mine: Owner = { pid: process.pid, start: processStart(process.pid) ?? '', machine: machineId() };
  try {
    writeFileSync(file, JSON.stringify(mine), { flag: 'wx' });
  } catch (error) {
    throw new CliError(`The folder of the run cannot be used: ${(error as Error).message}.`);
  }
  return () => rmSync(file, { force: true });
}

interface Owner {
  readonly pid: number;
  readonly start: string;
  readonly machine: string;
}

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
