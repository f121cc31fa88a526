/** The command line's searcher in a process of its own that stays warm: told a workspace, then asked questions. */
import { createSearcher, type Searcher } from '#node/searcher.ts';

export type ToSearcher = { readonly directory: string; readonly storage: string } | { readonly question: string };

export interface FromSearcher {
  readonly ms: number;
  /** Cited, in the answer's order. */
  readonly paths: readonly string[];
}

let searcher: Searcher | undefined;

process.on('message', (told: ToSearcher) => void answer(told));

async function answer(told: ToSearcher): Promise<void> {
  const beganMs = performance.now();
  let paths: string[] = [];
  if ('question' in told) paths = (await searcher!.ask(told.question)).citations.map(({ path }) => path);
  else {
    searcher = await createSearcher({ directories: [told.directory], storage: told.storage });
    await searcher.ready();
  }
  process.send?.({ ms: performance.now() - beganMs, paths } satisfies FromSearcher);
}
