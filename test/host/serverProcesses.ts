/** Processes of a VS Code server, as Linux lists them: the server leads a group that all of them are in. */
import { readFileSync, readdirSync } from 'node:fs';
import type { HostServer } from './hostServer.ts';

export interface ServerProcess {
  readonly pid: number;
  readonly command: string;
}

export function serverProcesses(server: HostServer): readonly ServerProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const [group, command] = [field(`/proc/${name}/stat`, groupOf), field(`/proc/${name}/cmdline`, words)];
      return group === String(server.pid) && command ? [{ pid: Number(name), command }] : [];
    });
}

/** The process that searches, of each window. */
export const searchProcesses = (server: HostServer): readonly ServerProcess[] =>
  serverProcesses(server).filter(({ command }) => command.includes('searchService.mjs'));

/** The process that trains, of each window. */
export const learningProcesses = (server: HostServer): readonly ServerProcess[] =>
  serverProcesses(server).filter(({ command }) => command.includes('learningProcess.mjs'));

/** The name before it may hold blanks and brackets. */
const groupOf = (stat: string): string => stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2] ?? '';

const words = (commandLine: string): string => commandLine.split('\0').join(' ').trim();

/** Empty for a process that has just ended. */
function field(path: string, read: (text: string) => string): string {
  try {
    return read(readFileSync(path, 'utf8'));
  } catch {
    return '';
  }
}
