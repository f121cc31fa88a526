/** The docs index of an open workspace: kept up to date, and its state told while it changes. */
import type { IndexedDocs } from '#node/docs/docsTool.ts';
import type { DocsStatus } from '#node/service/searchService.ts';

export interface DocsWatch {
  status(): DocsStatus;
  /** Brings the index up to date in the background; unless `isChanged`, not if that was done a moment ago. */
  refresh(isChanged?: boolean): void;
  pause(isPaused: boolean): void;
  rebuild(): void;
  close(): void;
}

/** Between two states that are told while documents are indexed. */
const TELL_MS = 300;
/** An index that was brought up to date within this time is taken to be so still. */
const FRESH_MS = 10_000;

/**
 * @param docs undefined where the user has switched the docs off.
 * @param tell gets every state that differs from the one before, at most one in `TELL_MS`, and the last one always.
 */
export function watchDocs(docs: IndexedDocs | undefined, tell: (status: DocsStatus) => void): DocsWatch {
  let told = '';
  let timer: NodeJS.Timeout | undefined;
  let refreshedMs = -Infinity;
  let isClosed = false;

  const status = (): DocsStatus => (docs ? { ...docs.state(), paused: docs.isPaused() } : SWITCHED_OFF);
  const tellNow = (): void => {
    if (isClosed) return;
    const now = status();
    const text = JSON.stringify(now);
    if (text !== told) tell(now);
    told = text;
  };
  const follow = (): void => {
    clearInterval(timer);
    if (!docs || isClosed) return;
    timer = docs.isPaused() ? undefined : setInterval(tellNow, TELL_MS);
    const watching = timer;
    void docs.ready().then(() => {
      clearInterval(watching);
      if (watching === timer) tellNow();
    });
  };
  return {
    status,
    refresh(isChanged = false) {
      if (!isChanged && performance.now() - refreshedMs < FRESH_MS) return;
      refreshedMs = performance.now();
      docs?.refresh();
      follow();
    },
    pause(isPaused) {
      if (isPaused) docs?.pause();
      else docs?.resume();
      tellNow();
      follow();
    },
    rebuild() {
      docs?.rebuild();
      tellNow();
      follow();
    },
    close() {
      isClosed = true;
      clearInterval(timer);
    },
  };
}

const SWITCHED_OFF: DocsStatus = {
  filesIndexed: 0,
  sectionsIndexed: 0,
  complete: true,
  made: false,
  leftOut: ['The docs are switched off in the settings, so they are not searched.'],
  paused: false,
};
