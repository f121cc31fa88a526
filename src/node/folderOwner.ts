/** Which process works in a folder: its file `running` says so, as long as that process runs. */
import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
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
  if (!owner) return undefined;
  const signMs = signOfLifeMs(ownerFile(directory));
  const isLeft =
    owner.machine === machineId()
      ? // After a reboot another process may have the number, and not every system tells when a process began.
        isProcessGone(owner.pid, owner.start) || signMs < Date.now() - uptime() * 1000 - CLOCK_MS
      : signMs < Date.now() - SILENT_MS;
  return isLeft ? undefined : owner;
}

/** Makes this process the owner and returns what gives the folder back. Throws as the file system does. */
export function takeFolder(directory: string): () => void {
  const file = ownerFile(directory);
  rmSync(file, { force: true });
  const mine: Owner = { pid: process.pid, start: processStart(process.pid) ?? '', machine: machineId() };
  writeFileSync(file, JSON.stringify(mine), { flag: 'wx' });
  const timer = setInterval(() => giveSign(file), SIGN_MS).unref();
  return () => {
    clearInterval(timer);
    rmSync(file, { force: true });
  };
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
/** An owner gives a sign of life this often. */
const SIGN_MS = 20_000;
/** One on another machine, or in a container that is gone, cannot be asked after: it is taken to be gone after this. */
const SILENT_MS = 300_000;

function giveSign(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // Somebody has removed the file, or the disk is gone: the next sign may find it.
  }
}

function signOfLifeMs(file: string): number {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return Infinity;
  }
}
