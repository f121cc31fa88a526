/** Tells whether the process that left something is gone, although its number may belong to another one by now. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** False whenever it is not certain. `start` is what `processStart` gave for the process; empty if it was not known. */
export function isProcessGone(pid: number, start: string): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  const now = processStart(pid);
  return start !== '' && now !== undefined && now !== start;
}

/** When a process began, in ticks since the system's start; undefined where the system does not tell (not Linux). */
export function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The program's name stands in parentheses and may hold anything; the start is the 20th field after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/** The same only where the same number means the same process: containers may share a folder, but not their processes. */
export function machineId(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
