/** Memory of a process and all that it started, as Linux counts it: what several share is counted once. */
import { readdirSync, readFileSync } from 'node:fs';

const EVERY_MS = 250;

export interface MemoryWatch {
  /** Most that was held at once, in MB of 2²⁰ bytes; 0 where the system does not tell. */
  stop(): number;
}

/** Watches the children of a process whose command line holds a word, with their own children. */
export function watchMemory(parent: number, word: string): MemoryWatch {
  let mostMb = 0;
  const look = (): void => void (mostMb = Math.max(mostMb, heldMb(parent, word)));
  const timer = setInterval(look, EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      return mostMb;
    },
  };
}

function heldMb(parent: number, word: string): number {
  const parents = parentsOf();
  const isBelow = (pid: number): boolean => {
    const above = parents.get(pid);
    if (above === undefined) return false;
    return above === parent ? textOf(`/proc/${pid}/cmdline`).includes(word) : isBelow(above);
  };
  const kilobytes = [...parents.keys()].filter(isBelow).map(pssOf);
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1024;
}

function parentsOf(): Map<number, number> {
  const pids = process.platform === 'linux' ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  // The name before it may hold blanks and brackets.
  const parentOf = (stat: string): number => Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  return new Map(pids.map((pid) => [Number(pid), parentOf(textOf(`/proc/${pid}/stat`))]));
}

const pssOf = (pid: number): number => Number(/^Pss:\s*(\d+)/m.exec(textOf(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);

/** Empty for a process that has just ended. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
