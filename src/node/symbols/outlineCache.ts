/** Outlines kept in memory by path and content, the ones that were used longest ago given up first. */
import type { Definition } from '#core/agent/tools.ts';

export interface Outline {
  readonly definitions: readonly Definition[];
  readonly partial?: string;
  /** Another call may find more: not to be kept. */
  readonly isForNow?: boolean;
}

export interface OutlineCache {
  get(path: string, hash: string): Outline | undefined;
  set(path: string, hash: string, outline: Outline): void;
  clear(): void;
}

/** Definitions kept in all; at some 500 bytes each 30 MB. */
export const MAX_CACHED_DEFINITIONS = 60_000;

export function createOutlineCache(maxDefinitions: number = MAX_CACHED_DEFINITIONS): OutlineCache {
  const kept = new Map<string, { readonly hash: string; readonly outline: Outline }>();
  let size = 0;
  const costOf = (outline: Outline): number => outline.definitions.length + 1;
  const drop = (path: string): void => {
    const old = kept.get(path);
    if (old) size -= costOf(old.outline);
    kept.delete(path);
  };
  return {
    get(path, hash) {
      const found = kept.get(path);
      if (found?.hash !== hash) return undefined;
      kept.delete(path);
      kept.set(path, found);
      return found.outline;
    },
    set(path, hash, outline) {
      drop(path);
      kept.set(path, { hash, outline });
      size += costOf(outline);
      for (const oldest of kept.keys()) {
        if (size <= maxDefinitions) break;
        drop(oldest);
      }
    },
    clear() {
      kept.clear();
      size = 0;
    },
  };
}
