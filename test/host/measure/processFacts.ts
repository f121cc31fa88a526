/** Facts about a process, as Linux keeps them. */
import { readFileSync } from 'node:fs';

/** Processor time that it has used so far, in ticks of the system's clock. */
export function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return Number(user) + Number(system);
}

/** Memory that it holds now, and the most that it ever held, in MB of 2²⁰ bytes. Its threads are in it. */
export function residentMb(pid: number): { readonly residentMb: number; readonly peakMb: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (name: string): number =>
    Math.round(Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)?.[1]) / 1024);
  return { residentMb: of('VmRSS'), peakMb: of('VmHWM') };
}
