/**
 * Explains names on hover. The provider answers at once with what is known, else with a link that explains the name
 * and shows the hover again.
 *
 * Nothing is explained before the link is followed: asking a language server for references may keep it busy, and then
 * the editor's own hovers would wait.
 */
import * as vscode from 'vscode';
import { explainText } from '#core/answer/explainText.ts';
import { printable } from '#core/answer/plainText.ts';
import { ServiceError, type SearchService } from '#node/service/searchService.ts';
import { commitDocuments } from './commitDocuments.ts';
import { createExplanations, type Known, type Spot } from './explanations.ts';
import { cardMarkdown, commandLink, HOVER_COMMANDS, plainMarkdown } from './hoverCard.ts';
import { explainWords } from './hoverWords.ts';
import { languageFacts } from './languageFacts.ts';
import { spotAt } from './spotAt.ts';
import { withoutTold } from './withoutTold.ts';

export interface HoverParts {
  readonly search: { readonly service: Pick<SearchService, 'explain' | 'commit'> };
  /** The workspace's paths now. */
  paths(): { pathOf(file: string): string | undefined };
}

/** Registers the hover, `spoor.explainSymbol`, and the commands of the hover's links. */
export function registerHover(parts: HoverParts): vscode.Disposable {
  const explanations = createExplanations((spot, signal) => explainSpot(parts, spot, signal));
  /** The spot that the user asked for: it is told once, even where hovers are off or there is nothing to add. */
  let asked: Spot | undefined;

  const provideHover: vscode.HoverProvider['provideHover'] = (document, position) => {
    if (!isSearched(document)) return undefined;
    const isOn = isHoverOn(document);
    if (!isOn && !asked) return undefined;
    const spot = spotAt(document, position);
    if (!spot) return undefined;
    explanations.moveTo(spot);
    const known = explanations.known(spot);
    const isAsked = asked !== undefined && isSame(spot, asked);
    if (known?.state !== 'running') asked = undefined;
    if (!isOn && !isAsked) return undefined;
    const text = hoverText(spot, known, isAsked);
    return text === undefined ? undefined : new vscode.Hover(markdownOf(text), rangeOf(spot));
  };
  const explainAndShow = async (spot: Spot): Promise<void> => {
    asked = spot;
    const title = vscode.l10n.t('Spoor: explaining {0}', printable(spot.name));
    const known = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () =>
      explanations.explain(spot),
    );
    if (known) await showAt(spot);
  };

  return vscode.Disposable.from(
    vscode.languages.registerHoverProvider({ scheme: 'file' }, { provideHover }),
    vscode.commands.registerCommand('spoor.explainAt', (given: unknown) => {
      const spot = spotOf(given);
      return spot && explainAndShow(spot);
    }),
    vscode.commands.registerCommand('spoor.explainSymbol', () => {
      const editor = vscode.window.activeTextEditor;
      const spot = editor && isSearched(editor.document) ? spotAt(editor.document, editor.selection.active) : undefined;
      if (spot) return explainAndShow(spot);
      const none = vscode.l10n.t(
        'There is no name to explain at the cursor. Put it on a name in a file of the workspace.',
      );
      return void vscode.window.showInformationMessage(none);
    }),
    commitDocuments(parts.search.service),
    vscode.workspace.onDidSaveTextDocument(explanations.clear),
    vscode.workspace.onDidChangeWorkspaceFolders(explanations.clear),
    vscode.workspace.onDidChangeConfiguration((change) => change.affectsConfiguration('spoor') && explanations.clear()),
    // Other programs may have changed files or the history meanwhile.
    vscode.window.onDidChangeWindowState(({ focused }) => focused && explanations.clear()),
    { dispose: explanations.clear },
  );
}

const isSearched = ({ uri }: vscode.TextDocument): boolean =>
  uri.scheme === 'file' && vscode.workspace.getWorkspaceFolder(uri) !== undefined;

function isHoverOn(document: vscode.TextDocument): boolean {
  const settings = vscode.workspace.getConfiguration('spoor.hover', document);
  const languages: unknown = settings.get('languages');
  const isOff =
    typeof languages === 'object' && (languages as Record<string, unknown> | null)?.[document.languageId] === false;
  return settings.get('enabled') !== false && !isOff;
}

async function explainSpot({ search, paths }: HoverParts, spot: Spot, signal: AbortSignal) {
  const uri = vscode.Uri.parse(spot.uri);
  const { pathOf } = paths();
  const path = pathOf(uri.fsPath);
  if (!path) return undefined;
  const { facts, hovers } = await languageFacts(uri, new vscode.Position(spot.line, spot.column), pathOf);
  if (signal.aborted) return undefined;
  try {
    const request = { name: spot.name, path, line: spot.line + 1, column: spot.column, ...facts };
    const explanation = await search.service.explain(request, signal);
    return explanation && withoutTold(explanation, hovers);
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    throw new Error(vscode.l10n.t('Spoor could not explain this. See its log for what went wrong.'), { cause: error });
  }
}

/** Markdown; undefined for no hover. */
function hoverText(spot: Spot, known: Known | undefined, isAsked: boolean): string | undefined {
  switch (known?.state) {
    case 'explained':
      return cardMarkdown(explainText(known.explanation, explainWords(), Date.now() / 1000));
    case 'running':
      return plainMarkdown(vscode.l10n.t('Explaining…'));
    case 'nothing':
      return isAsked
        ? plainMarkdown(vscode.l10n.t('Spoor has nothing to add about {0}.', printable(spot.name)))
        : undefined;
    case 'failed':
      return `${plainMarkdown(printable(known.message))}  \n${explainLink(spot, vscode.l10n.t('Try Again'))}`;
    case undefined:
      return explainLink(spot, vscode.l10n.t('Explain with Spoor'));
  }
}

const explainLink = (spot: Spot, text: string): string =>
  commandLink(
    text,
    'spoor.explainAt',
    spot,
    vscode.l10n.t('Definition, uses, last change and docs of {0}', printable(spot.name)),
  );

function markdownOf(text: string): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString(text, false);
  markdown.isTrusted = { enabledCommands: HOVER_COMMANDS };
  markdown.supportHtml = false;
  return markdown;
}

/** The editor shows a hover at the cursor: it goes to the name, if the document is still what was explained. */
async function showAt(spot: Spot): Promise<void> {
  const shows = ({ document }: vscode.TextEditor): boolean =>
    document.uri.toString() === spot.uri && document.version === spot.version;
  const active = vscode.window.activeTextEditor;
  const editor = active && shows(active) ? active : vscode.window.visibleTextEditors.find(shows);
  if (!editor) return;
  if (editor !== active) await vscode.window.showTextDocument(editor.document, editor.viewColumn);
  const range = rangeOf(spot);
  if (!range.contains(editor.selection.active)) editor.selection = new vscode.Selection(range.start, range.start);
  await vscode.commands.executeCommand('editor.action.showHover', { focus: 'noAutoFocus' });
}

const rangeOf = ({ line, column, name }: Spot): vscode.Range =>
  new vscode.Range(line, column, line, column + name.length);

const isSame = (a: Spot, b: Spot): boolean =>
  a.uri === b.uri && a.version === b.version && a.line === b.line && a.column === b.column && a.name === b.name;

/** Arguments of a command may come from anywhere. */
function spotOf(given: unknown): Spot | undefined {
  const { uri, version, line, column, name } = (given ?? {}) as Partial<Record<keyof Spot, unknown>>;
  const isPlace = [version, line, column].every((one) => Number.isSafeInteger(one) && (one as number) >= 0);
  return typeof uri === 'string' && typeof name === 'string' && isPlace ? (given as Spot) : undefined;
}
