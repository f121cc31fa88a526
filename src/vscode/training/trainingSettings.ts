/** Spoor's settings that are about learning. */
import { availableParallelism } from 'node:os';
import { workspace } from 'vscode';

export interface TrainingSettings {
  /** How long a run may take. */
  readonly minutes: number;
  readonly processes: number;
}

/** Values of a wrong form are taken for the default: the editor's settings view shows what is wrong with them. */
export function trainingSettings(): TrainingSettings {
  const configuration = workspace.getConfiguration('spoor');
  const half = Math.max(1, Math.floor(availableParallelism() / 2));
  return {
    minutes: within(configuration.get('training.minutes'), 60) ?? DEFAULT_MINUTES,
    processes: within(configuration.get('training.processes'), MOST_PROCESSES) ?? half,
  };
}

/** What `Export Feedback` leaves out of what was asked. */
export const leftOutPatterns = (): readonly string[] => listSetting('feedback.leaveOut');

/** Of all places where there is a list: leaving out more is always safe. */
function listSetting(name: string): readonly string[] {
  const found = workspace.getConfiguration('spoor').inspect<unknown>(name);
  const lists = [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue];
  return [...new Set(lists.flatMap((list): unknown[] => (Array.isArray(list) ? list : [])).filter(isPattern))];
}

const DEFAULT_MINUTES = 4;
const MOST_PROCESSES = 64;

const isPattern = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

const within = (value: unknown, most: number): number | undefined =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most ? (value as number) : undefined;
