/** What a hover says about a name: five lines at most, each with a place to go to. */
import type { Span } from '#core/search/span.ts';
import type { SymbolKind } from '#core/search/symbolKind.ts';

export interface Explanation {
  readonly name: string;
  /** Absent when no definition was found. */
  readonly definition?: {
    readonly kind: SymbolKind;
    /** The whole definition, its doc comment included. */
    readonly span: Span;
    /** Line of the name. */
    readonly line: number;
    readonly inside: readonly string[];
    /** The definition's head in one line. */
    readonly signature: string;
    /** First sentences of its doc comment. */
    readonly doc?: string;
  };
  /** Uses outside of the definition; `most` are the most telling three. */
  readonly uses?: { readonly places: number; readonly files: number; readonly most: readonly Use[] };
  readonly change?: { readonly id: string; readonly subject: string; readonly timeS: number };
  readonly docs?: { readonly span: Span; readonly headings: readonly string[] };
}

export interface Use {
  readonly span: Span;
  /** The definition around the use, or nothing at the top of a file. */
  readonly inside?: string;
}
