/** `spoor ask`: one question, its answer on standard output. */
import { resolve } from 'node:path';
import type { Answer } from '#core/answer/answer.ts';
import { textOf } from '#core/answer/compose.ts';
import { printableJson } from '#core/answer/plainText.ts';
import { searchFailure } from '#core/answer/searchFailure.ts';
import { answerText } from '#cli/answerText.ts';
import type { ParsedArguments } from '#cli/arguments.ts';
import { CliError, EXIT, type CliEnvironment } from '#cli/environment.ts';
import { checkFolders, holdsOnlyBinaries } from '#cli/folderCheck.ts';
import { liveTrail } from '#cli/liveTrail.ts';
import { questionFrom } from '#cli/question.ts';
import { searchOptions, type SearchOptions } from '#cli/searchOptions.ts';
import { openTerminal, widthOf, type Terminal } from '#cli/terminal.ts';
import { Workspace } from '#node/workspace.ts';

export async function ask(parsed: ParsedArguments, environment: CliEnvironment): Promise<number> {
  const options = searchOptions(parsed, environment);
  const question = await questionFrom(parsed.operands, environment);
  const directories = foldersOf(parsed, environment.cwd);
  checkFolders(directories);
  const terminal = openTerminal(environment.stderr, environment);
  try {
    const answer = withFolderNotes(await answerTo(question, directories, options, environment, terminal), directories);
    if (answer.stopReason === 'cancelled' && environment.signal.aborted) return EXIT.interrupted;
    const failure = searchFailure(answer);
    if (failure !== undefined) throw new CliError(failure);
    environment.stdout.write(parsed.options.has('json') ? jsonText(answer) : plainText(answer, environment));
    return answer.found ? EXIT.answered : EXIT.notFound;
  } finally {
    terminal?.clear();
  }
}

/** What `--json` prints. */
export function jsonText(answer: Answer): string {
  const { question, sentences, citations, files, confidence, sure, found, trail, timings, stopReason, notes } = answer;
  const text = textOf(sentences);
  const all = {
    question,
    answer: text,
    found,
    sure,
    confidence,
    sentences,
    citations,
    files,
    notes,
    stopReason,
    timings,
    trail,
  };
  return `${printableJson(all, 2)}\n`;
}

function foldersOf(parsed: ParsedArguments, cwd: string): string[] {
  const named = parsed.options.get('workspace') ?? ['.'];
  return Workspace.open(named.map((directory) => resolve(cwd, directory))).roots.map((root) => root.directory);
}

async function answerTo(
  question: string,
  directories: readonly string[],
  options: SearchOptions,
  environment: CliEnvironment,
  terminal: Terminal | undefined,
): Promise<Answer> {
  terminal?.status('opening the workspace');
  const searcher = await environment.createSearcher({ directories, ...options.searcher });
  try {
    const emit = terminal && liveTrail(terminal);
    return await searcher.ask(question, { ...options.ask, signal: environment.signal, ...(emit && { emit }) });
  } finally {
    await searcher.close();
  }
}

function withFolderNotes(answer: Answer, directories: readonly string[]): Answer {
  if (answer.found || !holdsOnlyBinaries(directories)) return answer;
  return { ...answer, notes: [...answer.notes, 'All files of the workspace are binary; there is no text to search.'] };
}

function plainText(answer: Answer, { stdout, stderr }: CliEnvironment): string {
  const width = stdout.isTTY ? widthOf(stdout) : undefined;
  return answerText(answer, { width, trail: stdout.isTTY && stderr.isTTY ? 'summary' : 'full' });
}
