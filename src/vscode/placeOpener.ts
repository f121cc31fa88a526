/** Opens places in the editor, at the lines where the cited text is now. */
import * as vscode from 'vscode';
import { relocate } from '#core/answer/relocate.ts';
import type { PlaceText } from '#core/feedback/feedbackEvent.ts';

export interface PlaceOpener extends vscode.Disposable {
  /** Opens each, the first in front. A place whose lines are no longer there is opened without highlight, and told. */
  open(places: readonly PlaceText[], options: { readonly beside: boolean }): Promise<void>;
}

/** @param fileOf full path of a workspace path or a path under `~docs/`. */
export function placeOpener(fileOf: (path: string) => Promise<string | undefined>): PlaceOpener {
  const highlight = citedLines();
  const openOne = async (place: PlaceText, options: vscode.TextDocumentShowOptions): Promise<void> => {
    const file = await fileOf(place.path);
    if (file === undefined) return tellGone(place.path);
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    const range = rangeNow(document, place);
    const shown = range ?? nearest(document, place);
    const editor = await vscode.window.showTextDocument(document, {
      ...options,
      selection: new vscode.Range(shown.start, shown.start),
    });
    editor.revealRange(shown, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    if (range) highlight.show(editor, range);
    else tellChanged(place.path);
  };
  return {
    async open(places, { beside }) {
      const viewColumn = beside ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
      const isOne = places.length === 1;
      // Opened last, the first stands in front.
      for (const place of places.toReversed()) await openOne(place, { viewColumn, preview: isOne });
    },
    dispose: () => highlight.dispose(),
  };
}

/** The editor's text counts, saved or not: it is what the user sees. */
function rangeNow(document: vscode.TextDocument, place: PlaceText): vscode.Range | undefined {
  if (place.lines.length === 0) return nearest(document, place);
  const text = Array.from({ length: document.lineCount }, (_, i) => document.lineAt(i).text);
  const found = relocate(place.lines, place.start, text);
  return found && wholeLines(document, found.start, found.end);
}

const nearest = (document: vscode.TextDocument, { start, end }: PlaceText): vscode.Range =>
  wholeLines(document, Math.min(start, document.lineCount), Math.min(end, document.lineCount));

const wholeLines = (document: vscode.TextDocument, start: number, end: number): vscode.Range =>
  new vscode.Range(
    document.lineAt(Math.max(start, 1) - 1).range.start,
    document.lineAt(Math.max(end, 1) - 1).range.end,
  );

function tellGone(path: string): void {
  void vscode.window.showWarningMessage(
    vscode.l10n.t('{0} is not there any more. It was moved or deleted, or its folder is not open.', path),
  );
}

function tellChanged(path: string): void {
  void vscode.window.showWarningMessage(
    vscode.l10n.t('These lines of {0} have changed since the answer. Ask again to see what is there now.', path),
  );
}

/** A highlight that goes with the next move of the cursor or the next change of the text. */
function citedLines() {
  const type = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
    border: '1px solid',
    borderColor: new vscode.ThemeColor('editor.rangeHighlightBorder'),
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.rangeHighlightForeground'),
    overviewRulerLane: vscode.OverviewRulerLane.Center,
  });
  let shown: { readonly editor: vscode.TextEditor; readonly start: vscode.Position } | undefined;
  const clear = (): void => {
    shown?.editor.setDecorations(type, []);
    shown = undefined;
  };
  const listeners = [
    vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
      if (textEditor === shown?.editor && !selections[0]?.isEqual(new vscode.Range(shown.start, shown.start))) clear();
    }),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (document === shown?.editor.document && contentChanges.length > 0) clear();
    }),
  ];
  return {
    show(editor: vscode.TextEditor, range: vscode.Range): void {
      clear();
      shown = { editor, start: range.start };
      editor.setDecorations(type, [range]);
    },
    dispose: () => vscode.Disposable.from(type, ...listeners).dispose(),
  };
}
