/**
 * What the panel and the extension say to each other. The extension holds all state and sends what is to be shown; the
 * panel draws it and says what the user did. Both sides check the shape of what they receive.
 */
import type { EpisodeEvent } from '#core/agent/event.ts';
import type { Exchange, Failure, Remedy, Selection, Tick, Verdict } from '#core/answer/conversation.ts';
import type { PlaceState, Token } from '#node/service/searchService.ts';

export type { EpisodeEvent, TrailCall, TrailTurn } from '#core/agent/event.ts';
export type { Answer, Citation, Sentence, Sureness } from '#core/answer/answer.ts';
export type {
  Exchange,
  ExchangeFeedback,
  Failure,
  Remedy,
  Selection,
  Tick,
  Verdict,
} from '#core/answer/conversation.ts';
export type { PlaceState, Token } from '#node/service/searchService.ts';

/** Whole state of the panel; sent when it is ready and when another conversation is opened. */
export interface PanelState {
  readonly conversation: { readonly id: string; readonly title: string; readonly exchanges: readonly Exchange[] };
  /** In an untrusted workspace questions are answered too, but git is not run and the workspace's settings are not used. */
  readonly workspace: 'ready' | 'no-folder' | 'untrusted';
  /** Questions to begin with; empty until they are known. */
  readonly examples: readonly string[];
  /** The user's earlier questions in this workspace, the latest last. */
  readonly asked: readonly string[];
  readonly status: StatusLine;
  /** What stands in the way of every question, e.g. ripgrep missing. */
  readonly trouble?: Failure;
}

export interface StatusLine {
  /** `shipped 1`. */
  readonly policy: string;
  readonly docs: { readonly sections: number; readonly complete: boolean; readonly paused: boolean };
}

export interface ConversationSummary {
  readonly id: string;
  readonly title: string;
  readonly updatedMs: number;
  readonly exchanges: number;
}

export type ToPanel =
  | { readonly type: 'state'; readonly state: PanelState }
  /** An exchange is new or has changed; the panel has it by its id. */
  | { readonly type: 'exchange'; readonly exchange: Exchange }
  | { readonly type: 'event'; readonly id: string; readonly event: EpisodeEvent }
  /** For the exchange's citations, in order. */
  | { readonly type: 'places'; readonly id: string; readonly places: readonly PlaceState[] }
  | {
      readonly type: 'colors';
      readonly id: string;
      readonly citations: readonly (readonly (readonly Token[])[] | undefined)[];
    }
  | { readonly type: 'status'; readonly status: StatusLine }
  | { readonly type: 'trouble'; readonly trouble: Failure | undefined }
  | { readonly type: 'examples'; readonly examples: readonly string[] }
  /** The list of conversations, shown over the conversation. */
  | { readonly type: 'history'; readonly conversations: readonly ConversationSummary[]; readonly query: string }
  | { readonly type: 'completions'; readonly request: number; readonly paths: readonly string[] }
  /** Puts text or a selection into the ask box and the cursor with it. */
  | {
      readonly type: 'compose';
      readonly text?: string;
      readonly selection?: Selection;
      readonly scope?: readonly string[];
    };

export type FromPanel =
  | { readonly type: 'ready' }
  | {
      readonly type: 'ask';
      readonly question: string;
      readonly scope: readonly string[];
      readonly selection?: Selection;
    }
  | { readonly type: 'cancel'; readonly id: string }
  | { readonly type: 'retry'; readonly id: string }
  | { readonly type: 'open'; readonly id: string; readonly number: number; readonly beside: boolean }
  /** A place of the trail: what a read looked at. */
  | { readonly type: 'open-place'; readonly path: string; readonly start: number; readonly end: number }
  | { readonly type: 'open-all'; readonly id: string }
  | { readonly type: 'copy'; readonly id: string; readonly number?: number }
  | { readonly type: 'verdict'; readonly id: string; readonly verdict: Verdict | 'none' }
  | { readonly type: 'tick'; readonly id: string; readonly number: number; readonly tick: Tick | 'none' }
  /** Takes the active editor's selection as a right place; `remove` takes the place of that index away. */
  | { readonly type: 'place'; readonly id: string; readonly remove?: number }
  | { readonly type: 'complete'; readonly request: number; readonly text: string }
  | { readonly type: 'new-conversation' }
  | { readonly type: 'history'; readonly query: string }
  | { readonly type: 'open-conversation'; readonly id: string }
  | { readonly type: 'rename-conversation'; readonly id: string; readonly title: string }
  | { readonly type: 'delete-conversation'; readonly id: string }
  | { readonly type: 'export-conversation'; readonly id: string }
  | { readonly type: 'remedy'; readonly remedy: Remedy }
  | { readonly type: 'show-policy' }
  | { readonly type: 'show-docs' };
