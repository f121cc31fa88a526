/** What a chat needs of the editor around it. A test has another one. */
import type { Remedy } from '#core/answer/conversation.ts';
import type { PlaceText } from '#core/feedback/feedbackEvent.ts';
import type { EditorLook, PolicyStatus } from '#node/service/searchService.ts';
import type { PanelState, ToPanel } from '#vscode/messages.ts';

export interface ChatHost {
  nowMs(): number;
  /** Letters, digits and `-`; never the same twice. */
  newId(): string;
  workspace(): PanelState['workspace'];
  /** To every panel that is open. */
  post(message: ToPanel): void;
  /** The same object until the look changes. */
  look(): EditorLook;
  /** The active editor's selected lines, if there are some in a file of the workspace. */
  selection(): PlaceText | undefined;
  /** Places without lines are shown as they are; others where their lines are now. */
  openPlaces(places: readonly PlaceText[], beside: boolean): Promise<void>;
  copy(text: string): Promise<void>;
  /** Asks the user for a file and writes the text to it. */
  saveAs(name: string, text: string): Promise<void>;
  remedy(remedy: Remedy): Promise<void>;
  showPolicy(): Promise<void>;
  /** Lets the user choose a language model; done when that is done. */
  chooseModel(): Promise<void>;
  showDocs(): Promise<void>;
  /** What a policy is called, in the user's language. */
  policyName(status: PolicyStatus): string;
  /** Tells what became true or false, for menus and the walkthrough. */
  setFact(fact: 'answered' | 'accepted' | 'docsPaused', value: boolean): void;
  /** The conversation to go on with after a reload; empty for a new one, undefined when none is known. */
  readonly lastConversation: { get(): string | undefined; set(id: string): void };
  /** Shows a sentence that needs no answer. */
  tell(sentence: string): void;
  log(error: unknown): void;
  readonly sentences: ChatSentences;
}

/** Sentences of the editor's side, in the user's language. */
export interface ChatSentences {
  readonly unexpected: string;
  readonly notSaved: string;
  readonly feedbackNotSaved: string;
  readonly nothingToAccept: string;
  readonly selectFirst: string;
}
