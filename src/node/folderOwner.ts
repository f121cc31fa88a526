/** Which process works in a folder: its file `running` says so, as long as that process runs. */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { isProcessGone, machineId, processStart } from '#node/processIdentity.ts';

export interface Owner {
  readonly pid: number;
  /** As `processStart` gave it. */
  readonly start: string;
  readonly machine: string;
}

/** Undefined where nobody has the folder, or one that is certainly gone. */
export function ownerOf(directory: string): Owner | undefined {
  const owner = readOwner(ownerFile(directory));
  if (!owner || owner.machine !== machineId()) return owner;
  const isLeft = isProcessGone(owner.pid, owner.start) || isOfEarlierBoot(ownerFile(directory));
  return isLeft ? undefined : owner;
}

/** Makes this process the owner and returns what gives the folder back. Throws as the file system does. */
export function takeFolder(directory: string): () => void {
  const file = ownerFile(directory);
  rmSync(file, { force: true });
  const mine: Owner = { pid: process.pid, start: processStart(process.pid) ?? '', machine: machineId() };
  writeFileSync(file, JSON.stringify(mine), { flag: 'wx' });
  return () => rmSync(file, { force: true });
}

export const ownerFile = (directory: string): string => join(directory, 'running');

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

/** After a reboot another process may have the number, and not every system tells when a process began. */
function isOfEarlierBoot(file: string): boolean {
  try {
    return statSync(file).mtimeMs < Date.now() - uptime() * 1000 - CLOCK_MS;
  } catch {
    return false;
  }
}
