/** Lets everything else on the machine go first. */
import { readdirSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/**
 * Gives this process the lowest priority. What it starts from now on has it too: on POSIX a process inherits it, and
 * on Windows it inherits this class, though not every one. Never throws: without it all works, only less politely.
 */
export function lowerPriority(): void {
  for (const id of threads()) attempt(() => setPriority(id, constants.priority.PRIORITY_LOW));
  // When memory runs out, Linux ends this process before the editor.
  if (process.platform === 'linux') attempt(() => writeFileSync('/proc/self/oom_score_adj', '800'));
}

/** On Linux each thread has a priority of its own, and those of V8 are there already; 0 is this process. */
function threads(): number[] {
  try {
    return process.platform === 'linux' ? readdirSync('/proc/self/task').map(Number) : [0];
  } catch {
    return [0];
  }
}

function attempt(action: () => void): void {
  try {
    action();
  } catch {
    // A thread that has ended meanwhile, or a system that does not allow it.
  }
}
