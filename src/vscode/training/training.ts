/** What learns in this window: its process, its run, and the report that is shown of it. */
import { join } from 'node:path';
import * as vscode from 'vscode';
import { createLearningClient } from '#node/learning/learningClient.ts';
import type { LearningReport } from '#core/learning/learningReport.ts';
import type { VersionPlace } from './policyShelf.ts';
import { reportView, type ReportView } from './reportView.ts';
import { trainingStatus } from './showProgress.ts';
import { createTrainings, type Trainings } from './trainings.ts';

export interface Training extends vscode.Disposable {
  readonly trainings: Trainings;
  readonly report: ReportView;
  /** Ends the process that trains; the run can be taken up. */
  stop(): Promise<void>;
}

export interface TrainingOptions {
  /** Folder of the extension. */
  readonly extension: string;
  readonly log: (text: string) => void;
  readonly readReport: (place: VersionPlace) => Promise<LearningReport>;
}

export function training({ extension, log, readReport }: TrainingOptions): Training {
  const client = createLearningClient({ modulePath: join(extension, 'dist', 'learningProcess.mjs'), log });
  const trainings = createTrainings(client);
  const report = reportView(trainings, readReport);
  const shown = vscode.Disposable.from(report, trainingStatus(trainings));
  return { trainings, report, stop: () => client.dispose(), dispose: () => void shown.dispose() };
}
