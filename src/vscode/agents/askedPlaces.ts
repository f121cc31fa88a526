/** The places that the user attached to a request to the participant. */
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
    const selection = path && (await selectionOf(path, value));
    if (selection) return { scope, selection, location: value };
  }
  return { scope };
}

/** Undefined for a file that is gone, or no text. */
async function selectionOf(path: string, { uri, range }: vscode.Location): Promise<Selection | undefined> {
  const document = await openDocument(uri);
  if (!document) return undefined;
  const lines = new vscode.Range(range.start.line, 0, range.end.line, Number.MAX_SAFE_INTEGER);
  const text = document.getText(document.validateRange(lines)).slice(0, MAX_SELECTION);
  return { path, start: range.start.line + 1, end: range.end.line + 1, text };
}

async function openDocument(uri: vscode.Uri): Promise<vscode.TextDocument | undefined> {
  try {
    return await vscode.workspace.openTextDocument(uri);
  } catch {
    return undefined;
  }
}
