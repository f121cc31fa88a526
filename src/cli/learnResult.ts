/** What a finished run leaves where the command line asked for it: the policy and the reports. */
import { readFile } from 'node:fs/promises';
import { printableJson } from '#core/answer/plainText.ts';
import type { LearningReport } from '#core/learning/learningReport.ts';
import { reportPage } from '#core/learning/reportPage.ts';
import { CliError } from '#cli/environment.ts';
import type { LearnRequest } from '#cli/learnRequest.ts';
import type { LearningEnd } from '#node/learning/learningPlan.ts';
import { createPolicyStore } from '#node/stores/policyStore.ts';
import { writeWholeSync } from '#node/stores/writeWholeSync.ts';

export type Finished = Extract<LearningEnd, { kind: 'finished' }>;

export interface HandedOut {
  /** The new version's model file, which is kept in any case. */
  readonly kept: string;
  /** Where it was copied to; absent if it was not promoted, or if nobody asked for it. */
  readonly out?: string;
}

/** Throws a `CliError` that says where the new version is, if a file cannot be written. */
export async function handOut({ report, version }: Finished, request: LearnRequest): Promise<HandedOut> {
  const versions = await createPolicyStore({ directory: request.plan.versions }).list();
  const kept = versions.find(({ number }) => number === version)?.file;
  if (kept === undefined) throw new CliError(`Version ${version} is not in ${request.plan.versions} any more.`);
  for (const file of request.reports) write(file, reportText(report, file), kept);
  const isWanted = report.gate.isPromoted || request.promote === 'always';
  if (!isWanted || request.out === undefined) return { kept };
  write(request.out, await readFile(kept), kept);
  return { kept, out: request.out };
}

const reportText = (report: LearningReport, file: string): string =>
  file.endsWith('.json') ? `${printableJson(report, 2)}\n` : reportPage(report);

function write(file: string, content: string | Uint8Array, kept: string): void {
  try {
    writeWholeSync(file, content);
  } catch (error) {
    throw new CliError(`${file} could not be written: ${(error as Error).message}. The policy is ${kept}.`);
  }
}
