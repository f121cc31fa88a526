/** What a language model that searches does next, whatever protocol it speaks. */

/** As R1-Searcher's released code has it: retrievals of an episode, and documents of each in evaluation. */
export const MAX_SEARCHES = 8;
export const DOCUMENTS_SHOWN = 5;

export type Move =
  | { readonly kind: 'search'; readonly queries: readonly string[] }
  | {
      readonly kind: 'answer';
      /** Numbers of documents that the model was shown, best first, each once; empty where it named none. */
      readonly documents: readonly number[];
      /** Numbers that it made up. */
      readonly unknown: number;
    }
  | { readonly kind: 'not-found' };

/** What a model wrote, as far as it counts, and what it means; no move where it means nothing. */
export interface ReadMove {
  readonly text: string;
  readonly move: Move | undefined;
}
