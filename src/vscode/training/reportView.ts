/**
 * The training report in a panel among the editors: the curves of a run that goes on, then the whole report. The page
 * holds no script and may run none; it is set anew when something has changed, and the editor keeps its place.
 */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { LearningReport } from '#core/learning/learningReport.ts';
import { reportPage, type ReportPageOptions } from '#core/learning/reportPage.ts';
import { editorLanguage } from '#vscode/editorLanguage.ts';
import { livePage, overPage, pictureOf } from './livePage.ts';
import { dateText } from '#vscode/language.ts';
import type { VersionPlace } from './policyShelf.ts';
import { reportWords } from './reportWords.ts';
import type { Trainings, TrainingState } from './trainings.ts';

const { t } = vscode.l10n;

export interface ReportView extends vscode.Disposable {
  /** Shows a version's report; without `reveal` only where a report is shown already. */
  show(place: VersionPlace, options: { readonly reveal: boolean }): Promise<void>;
  /** Shows the run that goes on. */
  showLive(): void;
  /** The run has ended without a report; said where it is shown. */
  showOver(): void;
  /** Asks for a file, and writes the report that is shown to it as a page. */
  save(): Promise<void>;
}

export function reportView(
  trainings: Trainings,
  readReport: (place: VersionPlace) => Promise<LearningReport>,
): ReportView {
  let panel: vscode.WebviewPanel | undefined;
  /** What is shown: a report, the run as it was when it was drawn last, or nothing. */
  let report: LearningReport | undefined;
  let drawn = '';
  let last: TrainingState | undefined;

  const opened = (): vscode.WebviewPanel => {
    if (panel) {
      panel.reveal();
      return panel;
    }
    panel = vscode.window.createWebviewPanel(REPORT, t('Training Report'), vscode.ViewColumn.Active, {
      enableFindWidget: true,
      localResourceRoots: [],
    });
    panel.onDidDispose(() => (panel = undefined));
    return panel;
  };
  const drawLive = (state: TrainingState): void => {
    const picture = pictureOf(state);
    if (!panel || picture === drawn) return;
    drawn = picture;
    panel.webview.html = livePage(state, editorLanguage(), pageOptions());
  };
  const stopListening = trainings.onChange((state) => {
    last = state ?? last;
    if (state && report === undefined) drawLive(state);
  });
  return {
    async show(place, { reveal }) {
      if (!reveal && !panel) return;
      const found = await readReport(place);
      const shown = reveal ? opened() : panel;
      if (!shown) return;
      [report, drawn] = [found, ''];
      shown.webview.html = reportPage(found, pageOptions());
    },
    showLive() {
      const state = trainings.state();
      if (!state) return;
      [report, drawn] = [undefined, ''];
      opened();
      drawLive(state);
    },
    showOver() {
      if (!panel || !last || report !== undefined) return;
      drawn = '';
      panel.webview.html = overPage(last, editorLanguage(), pageOptions());
    },
    async save() {
      if (!report)
        return void vscode.window.showInformationMessage(
          trainings.state()
            ? t('The report is not whole yet. Save it when the training is at its end.')
            : t('There is no report to save. Show one first.'),
        );
      await savePage(report);
    },
    dispose() {
      stopListening();
      panel?.dispose();
    },
  };
}

const REPORT = 'spoor.report';

/** In the editor's view the page may have its own style and nothing else. */
function pageOptions(): ReportPageOptions {
  const language = editorLanguage();
  const nonce = randomBytes(18).toString('base64url');
  return {
    csp: `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'`,
    nonce,
    language: language.tag,
    labels: reportWords(language),
    timeText: (timeMs) => dateText(timeMs, language),
  };
}

async function savePage(report: LearningReport): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, 'spoor-training-report.html') }),
    filters: { HTML: ['html'] },
    title: t('Save training report'),
  });
  if (!target) return;
  await writeFile(target.fsPath, reportPage(report, pageOptions()));
  void vscode.window.showInformationMessage(t('The report was written to {0}.', target.fsPath));
}
