/** `spoor train` on feedback and history: learns from use, and hands out the policy if the gate promotes it. */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { printable, printableJson } from '#core/answer/plainText.ts';
import { optionValue, type ParsedArguments } from '#cli/arguments.ts';
import { EXIT, UsageError, type CliEnvironment } from '#cli/environment.ts';
import { startLearningProgress } from '#cli/learningProgress.ts';
import { beginRequest, endRequest, folderOf, readRequest, requestOf, type LearnRequest } from '#cli/learnRequest.ts';
import { handOut, type Finished, type HandedOut } from '#cli/learnResult.ts';
import { finishedText } from '#cli/learnText.ts';
import { shownPath } from '#cli/shownPath.ts';
import { keepRun } from '#node/learning/keptRun.ts';
import type { LearningEnd } from '#node/learning/learningPlan.ts';
import { lockRun } from '#node/training/runLock.ts';

/** Rejects as the run does. */
export async function learn(parsed: ParsedArguments, environment: CliEnvironment): Promise<number> {
  const resumed = optionValue(parsed, 'resume');
  const request = resumed === undefined ? requestOf(parsed, environment) : requestIn(parsed, resumed, environment);
  const directory = folderOf(request);
  mkdirSync(directory, { recursive: true });
  const release = lockRun(directory);
  environment.onStop(release);
  try {
    if (resumed === undefined) beginRequest(request);
    return await tell(await run(request, environment), request, parsed.options.has('json'), environment);
  } finally {
    release();
  }
}

function requestIn(parsed: ParsedArguments, directory: string, { cwd }: CliEnvironment): LearnRequest {
  const other = [...parsed.options.keys()].find((name) => name !== 'resume' && name !== 'json');
  if (other !== undefined)
    throw new UsageError(`--${other} cannot be given with --resume: a run goes on as it was begun.`);
  return readRequest(resolve(cwd, directory));
}

async function run(request: LearnRequest, environment: CliEnvironment): Promise<LearningEnd> {
  const progress = startLearningProgress(environment, () => performance.now());
  let isTold = false;
  const tellStop = (): void => {
    if (isTold) return;
    isTold = true;
    progress.end();
    const command = `spoor train --resume ${shownPath(folderOf(request), environment.cwd)}`;
    environment.stderr.write(`What was done is kept. Go on with: ${command}\n`);
  };
  environment.onStop(tellStop);
  try {
    const controls = { emit: progress.emit, signal: environment.signal, nowMs: () => performance.now() };
    const end = await keepRun(request.plan, controls, environment.runLearning);
    if (end.kind === 'stopped') tellStop();
    return end;
  } finally {
    if (environment.signal.aborted) tellStop();
    isTold = true;
    progress.end();
  }
}

async function tell(
  end: LearningEnd,
  request: LearnRequest,
  isJson: boolean,
  environment: CliEnvironment,
): Promise<number> {
  const { stdout, cwd } = environment;
  if (end.kind === 'stopped') return EXIT.interrupted;
  if (end.kind === 'too-little') {
    endRequest(request);
    const { sentence, missing } = end;
    stdout.write(isJson ? jsonText({ result: 'too-little', sentence, missing }) : `${printable(sentence)}\n`);
    return EXIT.kept;
  }
  // The run is over, even where a file cannot be written: then it is said where the version is.
  const handed = await handOut(end, request).finally(() => endRequest(request));
  stdout.write(isJson ? jsonText(resultOf(end, handed)) : finishedText(end, handed, request, cwd));
  return end.report.gate.isPromoted || handed.out !== undefined ? EXIT.answered : EXIT.kept;
}

/** What `--json` prints of a finished run. */
function resultOf({ report, version }: Finished, { kept, out }: HandedOut): object {
  const { isPromoted, reasons, missing } = report.gate;
  const result = isPromoted ? 'promoted' : 'not-promoted';
  return { result, reasons, missing, version, kept, out: out ?? null, report };
}

const jsonText = (value: object): string => `${printableJson(value, 2)}\n`;
