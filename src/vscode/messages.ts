/**
 * What the panel and the extension say to each other. The extension holds all state and sends what is to be shown; the
 * panel draws it and says what the user did. Both sides check the shape of what they receive.
 *
 * The panel's page, as the extension makes it:
 *
 * ```html
 * <!doctype html>
 * <html lang="{vscode.env.language}">
 *   <head>
 *     <meta charset="utf-8" />
 *     <meta http-equiv="Content-Security-Policy"
 *       content="default-src 'none'; style-src {cspSource}; script-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'" />
 *     <meta name="viewport" content="width=device-width, initial-scale=1" />
 *     <title>Spoor</title>
 *     <link rel="stylesheet" href="{media/panel.css}" />
 *   </head>
 *   <body>
 *     <div id="spoor"></div>
 *     <script type="application/json" id="strings">{PanelStrings as JSON, each < written as \u003c}</script>
 *     <script nonce="{nonce}" src="{dist/panel.js}"></script>
 *   </body>
 * </html>
 * ```
 *
 * The page holds nothing of the workspace: all of that comes by messages and is shown as text. With `retry` an exchange
 * runs again under its id. After `verdict`, `tick` and `place` the panel waits for the `exchange` that shows it done.
 * After `rename-conversation` and `delete-conversation` it waits for a new `history` of the same query; when the open
 * conversation was deleted, for a `state` before it.
 */
import type { EpisodeEvent } from '#core/agent/event.ts';
import type { Exchange, ExchangeProse, Failure, Remedy, Selection, Tick, Verdict } from '#core/answer/conversation.ts';
import type { PlaceState, Token } from '#node/service/searchService.ts';

export type { EpisodeEvent, TrailCall, TrailTurn } from '#core/agent/event.ts';
export type { Answer, Citation, Sentence } from '#core/answer/answer.ts';
export type { Exchange, ExchangeProse, Failure, Remedy, Selection, Tick, Verdict } from '#core/answer/conversation.ts';
export type { ProseSentence } from '#core/answer/prose.ts';
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
  /** The language model that writes over answers; empty: none does. */
  readonly model: string;
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
  /** The conversation of this id is called otherwise from now on. */
  | { readonly type: 'title'; readonly id: string; readonly title: string }
  /** An exchange is new or has changed; the panel has it by its id. */
  | { readonly type: 'exchange'; readonly exchange: Exchange }
  | { readonly type: 'events'; readonly id: string; readonly events: readonly EpisodeEvent[] }
  /** What a language model has written over the exchange's answer so far. */
  | { readonly type: 'prose'; readonly id: string; readonly prose: ExchangeProse }
  /** For the exchange's citations, in order. */
  | { readonly type: 'places'; readonly id: string; readonly places: readonly PlaceState[] }
  | {
      readonly type: 'colors';
      readonly id: string;
      readonly citations: readonly (readonly (readonly Token[])[] | undefined)[];
    }
  | { readonly type: 'status'; readonly status: StatusLine }
  | { readonly type: 'trouble'; readonly trouble: Failure | undefined }
  /** To the panel that sent it: its question was not understood, and does not come back as an exchange. */
  | { readonly type: 'refused'; readonly failure: Failure }
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

/** UTF-16 units of any text that the panel says; longer than anything that people type or select for a question. */
export type MaxText = 100_000;

export type FromPanel =
  | { readonly type: 'ready' }
  | {
      readonly type: 'ask';
      readonly question: string;
      readonly scope: readonly string[];
      readonly selection?: Selection;
    }
  /** Ends the search, or the writing over its answer. */
  | { readonly type: 'cancel'; readonly id: string }
  | { readonly type: 'retry'; readonly id: string }
  /** Has the chosen language model write over the answer, from the beginning. */
  | { readonly type: 'write'; readonly id: string }
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
  | { readonly type: 'choose-model' }
  | { readonly type: 'show-docs' };

/** Texts of the panel in the user's language; `{0}`, `{1}` are places for others. The English text stands beside. */
export interface PanelStrings {
  // The ask box.
  readonly askLabel: string; // Ask about this code
  readonly askPlaceholder: string; // Ask about this code…
  readonly ask: string; // Ask (Enter)
  readonly stop: string; // Stop (Esc)
  readonly mention: string; // Narrow to files or folders (@)
  readonly paths: string; // Files and folders
  readonly narrowedTo: string; // Narrowed to
  readonly noPaths: string; // No file or folder has this in its path.
  readonly removeScope: string; // Remove {0}
  readonly removeSelection: string; // Remove the selection
  readonly selected: string; // {0}, lines {1}
  // Before the first question, and what stands in the way.
  readonly intro: string; // Ask where something is, how it works or why it changed. Nothing leaves this machine.
  readonly introModel: string; // Ask where something is, how it works or why it changed. {0} writes over what is found.
  readonly examples: string; // Questions to begin with
  readonly noFolder: string; // Open a folder to ask about its code.
  readonly untrusted: string; // This workspace is not trusted: its git history and its settings are left out.
  // Names of remedies.
  readonly retry: string; // Try Again
  readonly openFolder: string; // Open Folder
  readonly manageTrust: string; // Manage Trust
  readonly runDoctor: string; // Run Doctor
  readonly openSettings: string; // Open Settings
  readonly resumeDocs: string; // Resume Indexing
  readonly chooseModel: string; // Choose Model
  readonly setModelKey: string; // Set Key
  readonly showLog: string; // Show Log
  // One question.
  readonly conversation: string; // Conversation
  readonly newConversation: string; // New conversation
  readonly waits: string; // Asked when the answer before is there.
  readonly dropWaiting: string; // Do not ask this
  readonly cancelled: string; // Stopped.
  readonly interrupted: string; // Interrupted: the editor was closed during the search.
  readonly askAgain: string; // Ask again
  // The trail.
  readonly searching: string; // Searching
  readonly searched: string; // Searched
  readonly trail: string; // Searches
  readonly turn: string; // Turn {0}
  readonly oneTurn: string; // 1 turn
  readonly turns: string; // {0} turns
  readonly oneSearch: string; // 1 search
  readonly searches: string; // {0} searches
  readonly seconds: string; // {0} s
  readonly milliseconds: string; // {0} ms
  readonly openLines: string; // Open {0}, lines {1}
  // What a language model writes over the answer.
  readonly writes: string; // {0} writes:
  readonly wrote: string; // {0} wrote:
  readonly writing: string; // Writing
  readonly uncited: string; // rests on no cited place
  readonly uncitedCode: string; // This code is not from the cited places.
  readonly uncitedLegend: string; // Underlined: rests on no cited place
  readonly writingStopped: string; // Stopped.
  readonly writingInterrupted: string; // Interrupted: the editor was closed during the writing.
  readonly writeAgain: string; // Write Again
  readonly letWrite: string; // Let {0} write
  // The answer.
  readonly goToPlace: string; // Place {0}
  readonly sure: string; // Sure: {0}
  readonly sureHigh: string; // high
  readonly sureMedium: string; // medium
  readonly sureLow: string; // low
  readonly notFound: string; // Nothing in this workspace answers that.
  readonly note: string; // Note
  readonly onePlace: string; // 1 place
  readonly manyPlaces: string; // {0} places
  readonly placeLabel: string; // Place {0}: {1}, lines {2}
  readonly openHint: string; // Click to open, Ctrl+click to open beside
  readonly moved: string; // moved
  readonly movedHint: string; // These lines stood at {0} when they were cited.
  readonly stale: string; // changed since
  readonly staleHint: string; // These lines are no longer in the file as they were cited.
  readonly right: string; // This is the place
  readonly wrong: string; // Not this
  readonly copyPlace: string; // Copy place {0}
  readonly copied: string; // Copied
  readonly moreLines: string; // {0} more lines
  readonly oneMoreLine: string; // 1 more line
  readonly fewerLines: string; // Fewer lines
  // What the user says about it.
  readonly feedback: string; // Is this right?
  readonly accept: string; // Accept
  readonly accepted: string; // Accepted · undo
  readonly reject: string; // Not right…
  readonly rejected: string; // Not right · undo
  readonly copyAnswer: string; // Copy
  readonly openAll: string; // Open all
  readonly askRightPlace: string; // Know the right place? Select its lines in the editor.
  readonly askWrongPlaces: string; // Mark what is not the place with ✗. Or select the right lines in the editor.
  readonly useSelection: string; // The selection is the right place
  readonly rightPlaces: string; // Right places
  readonly removePlace: string; // Remove {0}
  // The status line.
  readonly policy: string; // policy: {0}
  readonly policyHint: string; // Show the policy card
  readonly model: string; // model: {0}
  readonly modelOff: string; // model: off
  readonly modelHint: string; // Choose a language model
  readonly docs: string; // docs: {0} sections
  readonly docsOne: string; // docs: 1 section
  readonly docsIndexing: string; // docs: indexing, {0} sections
  readonly docsPaused: string; // docs: paused at {0} sections
  readonly docsHint: string; // Show the docs index
  // The list of conversations.
  readonly history: string; // Conversations
  readonly back: string; // Back to the conversation
  readonly searchHistory: string; // Search conversations
  readonly noHistory: string; // No conversations yet.
  readonly nothingInHistory: string; // No conversation holds “{0}”.
  readonly oneQuestion: string; // 1 question
  readonly questions: string; // {0} questions
  readonly openConversation: string; // this one is open
  readonly rename: string; // Rename {0}
  readonly newTitle: string; // Title of the conversation
  readonly exportOne: string; // Export {0} as Markdown
  readonly delete: string; // Delete {0}
  readonly deleteAsk: string; // Delete this conversation?
  readonly deleteYes: string; // Delete
  readonly deleteNo: string; // Keep
  // What a screen reader is told.
  readonly announcements: string; // Announcements
  readonly answerReady: string; // Answer, {0}. {1}.
  readonly proseReady: string; // {0} wrote: {1}
  readonly answerNotFound: string; // Nothing in this workspace answers that. {0} nearby.
}
