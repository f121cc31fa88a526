/** What the editor's chat and its agents work with. */
import type * as vscode from 'vscode';
import type { Parts } from '#vscode/commands/parts.ts';

export interface AgentParts extends Pick<
  Parts,
  'search' | 'chat' | 'paths' | 'feedback' | 'policies' | 'storage' | 'answers' | 'log'
> {
  readonly extension: vscode.Extension<unknown>;
}

export const versionOf = ({ packageJSON }: vscode.Extension<unknown>): string =>
  String((packageJSON as { readonly version: unknown }).version);

/** One request to the participant. */
export interface ChatTurn {
  readonly parts: AgentParts;
  readonly request: vscode.ChatRequest;
  readonly context: vscode.ChatContext;
  readonly stream: vscode.ChatResponseStream;
  readonly signal: AbortSignal;
}

/** What a response tells later requests; the editor keeps it with the chat, as JSON. */
export type TurnMetadata =
  | {
      readonly kind: 'answer';
      /** Of the answer, as feedback knows it. */
      readonly id: string;
      readonly question: string;
      readonly found: boolean;
      /** A name that is defined in what was cited first. */
      readonly symbol?: string;
      /** Whether a language model could write over it. */
      readonly model?: string;
    }
  | { readonly kind: 'explained'; readonly name: string; readonly path?: string }
  | { readonly kind: 'docs'; readonly query: string }
  | { readonly kind: 'definitions'; readonly names: readonly string[] }
  | { readonly kind: 'greeting'; readonly examples: readonly string[] };

export const resultOf = (metadata: TurnMetadata): vscode.ChatResult => ({ metadata });
