/** What a request to the participant is about: its words, and the places that the user attached to it. */
import * as vscode from 'vscode';
import type { Selection } from '#core/answer/conversation.ts';
import type { WorkspacePaths } from '#vscode/workspacePaths.ts';

export interface AskedPlaces {
  /** Attached files and folders of the workspace. */
  readonly scope: readonly string[];
  /** The first attached range of a file. */
  readonly selection?: Selection;
  /** That range, as the editor has it. */
  readonly location?: vscode.Location;
}

/** UTF-16 units. */
const MAX_SELECTION = 50_000;

export async function askedPlaces(
  references: readonly vscode.ChatPromptReference[],
  { pathOf }: Pick<WorkspacePaths, 'pathOf'>,
): Promise<AskedPlaces> {
  // The editor attaches the active file by itself; only what the user attached narrows.
  const values = references.filter(({ id }) => !/\bimplicit\b/.test(id)).map(({ value }) => value);
  const scope = values.flatMap((value) => {
    const path = value instanceof vscode.Uri && value.scheme === 'file' ? pathOf(value.fsPath) : undefined;
    return path ? [path] : [];
  });
  for (const value of values) {
    if (!(value instanceof vscode.Location) || value.uri.scheme !== 'file') continue;
    const path = pathOf(value.uri.fsPath);
    if (path) return { scope, selection: await selectionOf(path, value), location: value };
  }
  return { scope };
}

async function selectionOf(path: string, { uri, range }: vscode.Location): Promise<Selection> {
  const document = await vscode.workspace.openTextDocument(uri);
  const lines = new vscode.Range(range.start.line, 0, range.end.line, Number.MAX_SAFE_INTEGER);
  const text = document.getText(document.validateRange(lines)).slice(0, MAX_SELECTION);
  return { path, start: range.start.line + 1, end: range.end.line + 1, text };
}

/** The prompt without the marks of what is attached: `how does #file:queue.ts retry?` asks how it retries. */
export function askedText({
  prompt,
  references,
  toolReferences = [],
}: Pick<vscode.ChatRequest, 'prompt' | 'references'> & Partial<Pick<vscode.ChatRequest, 'toolReferences'>>): string {
  const ranges = [...references, ...toolReferences].flatMap(({ range }) => (range ? [range] : []));
  const latestFirst = ranges.toSorted(([a], [b]) => b - a);
  const text = latestFirst.reduce((rest, [start, end]) => rest.slice(0, start) + rest.slice(end), prompt);
  return text.replace(/[ \t]+/g, ' ').trim();
}

/** Questions of the chat that were answered before this one, the latest last. */
export const earlierQuestions = ({ history }: vscode.ChatContext): string[] => {
  const answered = answersIn(history);
  return answered.filter(({ id }, i) => id !== answered[i + 1]?.id).map(({ question }) => question);
};

/** The latest answer of the chat. */
export const lastAnswer = ({ history }: vscode.ChatContext): AnsweredTurn | undefined => answersIn(history).at(-1);

type AnsweredTurn = { readonly id: string; readonly question: string };

/** What the editor has kept of a response may be of another version. */
const answersIn = (history: vscode.ChatContext['history']): AnsweredTurn[] =>
  history.flatMap((turn) => {
    const metadata: unknown = 'result' in turn ? turn.result.metadata : undefined;
    const { kind, id, question } = (metadata ?? {}) as Readonly<Record<string, unknown>>;
    return kind === 'answer' && typeof id === 'string' && typeof question === 'string' ? [{ id, question }] : [];
  });
