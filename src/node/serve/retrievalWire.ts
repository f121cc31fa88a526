/** What the retrieval server and the processes that search for it tell each other. */
import type { AskOptions, SearcherOptions } from '#node/searcher.ts';
import type { RetrievedDocument } from './retrievedDocument.ts';

export interface RetrievalSetup {
  readonly searcher: SearcherOptions;
  readonly ask: Pick<AskOptions, 'turns' | 'seed'> & { readonly policy: string };
  /** Most lines of a document. */
  readonly lines: number;
}

export type ToRetrieval =
  | { readonly kind: 'open'; readonly setup: RetrievalSetup }
  | { readonly kind: 'search'; readonly id: number; readonly query: string }
  | { readonly kind: 'cancel'; readonly id: number };

export type FromRetrieval =
  /** The workspace is open and its indexes are complete. */
  | { readonly kind: 'opened' }
  | { readonly kind: 'found'; readonly id: number; readonly documents: readonly RetrievedDocument[] }
  /** A sentence; without an id of the opening. */
  | { readonly kind: 'failed'; readonly id?: number; readonly why: string };
