/**
 * Before anything is sent to a server that is not on this machine, the user is asked, once for each origin. A no holds
 * until the user wants prose expressly, or the window closes: nobody is asked with every question.
 */
import type { Memento } from 'vscode';
import { isOnThisMachine } from './isOnThisMachine.ts';

export interface ModelConsent {
  /** `again`: asks also after a no. */
  isGiven(origin: string, again: boolean): Promise<boolean>;
  /** Whether it is given without asking. */
  isKnown(origin: string): boolean;
  /** What was allowed is asked again. */
  forget(): Promise<void>;
}

export function modelConsent(
  memory: Pick<Memento, 'get' | 'update'>,
  ask: (origin: string) => Promise<boolean>,
): ModelConsent {
  const denied = new Set<string>();
  const allowed = (): readonly string[] => {
    const kept = memory.get<unknown>(ALLOWED);
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string') : [];
  };
  const isKnown = (origin: string): boolean => isOnThisMachine(origin) || allowed().includes(origin);
  return {
    isKnown,
    async isGiven(origin, again) {
      if (isKnown(origin)) return true;
      if (denied.has(origin) && !again) return false;
      if (!(await ask(origin))) {
        denied.add(origin);
        return false;
      }
      denied.delete(origin);
      await memory.update(ALLOWED, [...allowed(), origin]);
      return true;
    },
    async forget() {
      denied.clear();
      await memory.update(ALLOWED, undefined);
    },
  };
}

const ALLOWED = 'modelOrigins';
