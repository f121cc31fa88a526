/** `spoor ask`: one question, its answer on standard output. */
import { resolve } from 'node:path';
import type { Answer } from '#core/answer/answer.ts';
import { textOf } from '#core/answer/compose.ts';
import { printable, printableJson } from '#core/answer/plainText.ts';
import type { Prose } from '#core/answer/prose.ts';
import { searchFailure } from '#core/answer/searchFailure.ts';
import { answerText } from '#cli/answerText.ts';
import type { AskModel } from '#cli/askModel.ts';
import type { ParsedArguments } from '#cli/arguments.ts';
import { CliError, EXIT, type CliEnvironment } from '#cli/environment.ts';
import { checkFolders, holdsOnlyBinaries } from '#cli/folderCheck.ts';
import { liveTrail } from '#cli/liveTrail.ts';
import { liveProse, proseText } from '#cli/proseText.ts';
import { questionFrom } from '#cli/question.ts';
import { searchOptions, type SearchOptions } from '#cli/searchOptions.ts';
import { openTerminal, widthOf, type Terminal } from '#cli/terminal.ts';
import { Workspace } from '#node/workspace.ts';

export async function ask(parsed: ParsedArguments, environment: CliEnvironment): Promise<number> {
  const options = searchOptions(parsed, environment);
  const question = await questionFrom(parsed.operands, environment);
  const directories = foldersOf(parsed, environment.cwd);
  checkFolders(directories);
  const model = parsed.options.has('model')
    ? (await import('#cli/askModel.ts')).askModel(parsed, environment)
    : undefined;
  const terminal = openTerminal(environment.stderr, environment);
  try {
    const answer = withFolderNotes(await answerTo(question, directories, options, environment, terminal), directories);
    if (answer.stopReason === 'cancelled' && environment.signal.aborted) return EXIT.interrupted;
    const failure = searchFailure(answer);
    if (failure !== undefined) throw new CliError(failure);
    const show = parsed.options.has('json') ? showJson : showText;
    const prose = await show(answer, model, environment, terminal);
    if (environment.signal.aborted) return EXIT.interrupted;
    tellFailure(prose, environment);
    return answer.found ? EXIT.answered : EXIT.notFound;
  } finally {
    terminal?.clear();
    await model?.close();
  }
}

type Show = (
  answer: Answer,
  model: AskModel | undefined,
  environment: CliEnvironment,
  terminal: Terminal | undefined,
) => Promise<Prose | undefined>;

const showJson: Show = async (answer, model, { stdout }, terminal) => {
  if (model) terminal?.status(`asking ${printable(model.name)}`);
  const prose = await model?.write(answer);
  terminal?.clear();
  stdout.write(jsonText(answer, prose));
  return prose;
};

/** The answer stands before the model is asked, and above what it writes. */
const showText: Show = async (answer, model, environment, terminal) => {
  const { stdout } = environment;
  terminal?.clear();
  stdout.write(plainText(answer, environment));
  if (!model) return undefined;
  terminal?.status(`asking ${printable(model.name)}`);
  const width = stdout.isTTY ? widthOf(stdout) : undefined;
  let hasBegun = false;
  const show = (text: string): void => {
    if (text !== '' && !hasBegun) terminal?.clear();
    if (text !== '') stdout.write(hasBegun ? text : `\n${text}`);
    hasBegun ||= text !== '';
  };
  const live = width === undefined ? undefined : liveProse({ write: show }, width);
  const prose = await model.write(answer, (now) => now.state === 'running' && live?.(now));
  const shown = isFailed(prose) ? { ...prose, notes: prose.notes.slice(0, -1) } : prose;
  if (live) live(shown);
  else show(proseText(shown, width));
  return prose;
};

const isFailed = (prose: Prose): boolean => prose.state === 'failed' || prose.state === 'cut';

/** The answer stands: that the model failed is said, and changes nothing. The last note is the reason. */
function tellFailure(prose: Prose | undefined, { stderr }: CliEnvironment): void {
  if (prose && isFailed(prose)) stderr.write(`spoor: ${printable(prose.notes.at(-1) ?? 'The model failed.')}\n`);
}

/** What `--json` prints. */
export function jsonText(answer: Answer, prose?: Prose): string {
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
    ...(prose && { prose }),
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
