/** `spoor feedback`: says what files of feedback are good for, or makes one of several. */
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { printable } from '#core/answer/plainText.ts';
import { countReasons, type CountedReason } from '#core/feedback/countReasons.ts';
import type { FeedbackEvent } from '#core/feedback/feedbackEvent.ts';
import { foldFeedback } from '#core/feedback/foldFeedback.ts';
import { judgeAnswer, type Judgement } from '#core/feedback/judgeAnswer.ts';
import { leaveOutNames } from '#core/feedback/leaveOutNames.ts';
import { newFeedback } from '#core/feedback/newFeedback.ts';
import { nearest, optionValue, type ParsedArguments } from '#cli/arguments.ts';
import { CliError, EXIT, UsageError, type CliEnvironment } from '#cli/environment.ts';
import { shownPath } from '#cli/shownPath.ts';
import { counted } from '#cli/trailText.ts';
import { gatherTasks } from '#node/learning/gatherTasks.ts';
import { LEARNING_DEFAULTS } from '#node/learning/learningPlan.ts';
import { readFeedback, type StoredFeedback } from '#node/stores/readFeedback.ts';
import { writeWhole } from '#node/stores/writeWhole.ts';

export async function feedback(parsed: ParsedArguments, environment: CliEnvironment): Promise<number> {
  const [action, ...named] = parsed.operands;
  if (action !== 'check' && action !== 'merge') throw new UsageError(unknownAction(action));
  if (!named.length)
    throw new UsageError(`spoor feedback ${action} takes files of feedback: spoor feedback ${action} FILE …`);
  const out = optionValue(parsed, 'out');
  if (action === 'merge' && out === undefined) throw new UsageError('spoor feedback merge needs --out FILE.');
  checkOptions(action, parsed);
  const files: FeedbackFile[] = [];
  for (const name of named) files.push(await read(resolve(environment.cwd, name)));
  const { known, repeated } = merged(files);
  if (out === undefined) {
    const folders = (parsed.options.get('workspace') ?? []).map((folder) => resolve(environment.cwd, folder));
    return check(files, { known, repeated }, folders, environment);
  }
  const kept = known.map(leaveOutNames(parsed.options.get('leave-out') ?? []));
  return merge(files, kept, repeated, resolve(environment.cwd, out), environment);
}

const MERGE_ONLY = ['out', 'leave-out'];
const CHECK_ONLY = ['workspace'];

function checkOptions(action: 'check' | 'merge', { options }: ParsedArguments): void {
  const [others, other] = action === 'check' ? [MERGE_ONLY, 'merge'] : [CHECK_ONLY, 'check'];
  for (const name of others) if (options.has(name)) throw new UsageError(`--${name} is for spoor feedback ${other}.`);
}

interface FeedbackFile extends StoredFeedback {
  readonly file: string;
}

async function read(file: string): Promise<FeedbackFile> {
  try {
    return { file, ...(await readFeedback(file)) };
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${(error as Error).message}.`);
  }
}

function unknownAction(action: string | undefined): string {
  if (action === undefined)
    return 'spoor feedback does one of two things: spoor feedback check FILE …, spoor feedback merge FILE …';
  const known = nearest(action, ['check', 'merge']);
  return `spoor feedback has no "${action}". ${known ? `Did you mean ${known}?` : 'There are check and merge.'}`;
}

interface Merged {
  readonly known: readonly FeedbackEvent[];
  readonly repeated: readonly CountedReason[];
}

/** File by file: an older export must not take back what a newer one says. */
function merged(files: readonly FeedbackFile[]): Merged {
  const counter = countReasons();
  const known: FeedbackEvent[] = [];
  for (const { events } of files) for (const event of newFeedback(known, events, counter)) known.push(event);
  return { known, repeated: counter.counts() };
}

async function check(
  files: readonly FeedbackFile[],
  { known, repeated }: Merged,
  folders: readonly string[],
  { stdout, cwd, signal }: CliEnvironment,
): Promise<number> {
  const here = folders.length ? await workspaceLines(files, folders, signal) : [];
  const lines = [...fileLines(files, cwd), ...judgementLines(known), ...reasonLines('Left out:', repeated), ...here];
  stdout.write(`${lines.join('\n')}\n`);
  return files.some(({ unreadable }) => unreadable.length) ? EXIT.failed : EXIT.answered;
}

/** What a run would have of these files in a workspace as it is now. */
async function workspaceLines(
  files: readonly FeedbackFile[],
  folders: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const feedback = files.map(({ file }) => file);
  const request = { feedback, folders, history: false, historyTasks: 0, seed: LEARNING_DEFAULTS.seed, signal };
  const { learn, held, rejected, dropped, tooLittle } = await gatherTasks(request);
  const [taken, aside] = [counted(learn.length, 'answer'), counted(held.length, 'newer one')];
  return [
    `In this workspace: ${taken} to learn from, ${aside} to check with, ${rejected.length.toLocaleString('en')} rejected.`,
    ...reasonLines('Not learned from:', dropped),
    ...(tooLittle ? [tooLittle.sentence] : []),
  ];
}

async function merge(
  files: readonly FeedbackFile[],
  events: readonly FeedbackEvent[],
  repeated: readonly CountedReason[],
  out: string,
  { stdout, stderr, cwd }: CliEnvironment,
): Promise<number> {
  try {
    mkdirSync(dirname(out), { recursive: true });
    await writeWhole(out, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  } catch (error) {
    throw new CliError(`${out} could not be written: ${(error as Error).message}.`);
  }
  for (const line of fileLines(files, cwd)) stderr.write(`${line}\n`);
  const answers = events.filter(({ type }) => type === 'answered').length;
  const written = `${counted(answers, 'answer')} in ${counted(events.length, 'line')}: ${shownPath(out, cwd)}`;
  stdout.write(`${[...reasonLines('Left out:', repeated), written].join('\n')}\n`);
  return EXIT.answered;
}

/** Unreadable lines of a file that are named; those beyond are counted. */
const NAMED_LINES = 20;

function fileLines(files: readonly FeedbackFile[], cwd: string): string[] {
  return files.flatMap(({ file, events, unreadable, partial }) => {
    const bad = unreadable.length ? `, ${counted(unreadable.length, 'line')} cannot be read` : '';
    const rest = unreadable.length - NAMED_LINES;
    return [
      `${shownPath(file, cwd)}: ${counted(events.length, 'line')} of feedback${bad}.`,
      ...unreadable.slice(0, NAMED_LINES).map((sentence) => `  ${printable(sentence)}`),
      ...(partial === undefined ? [] : [`  ${printable(partial)}`]),
      ...(rest > 0 ? [`  … and ${counted(rest, 'more', 'more')}.`] : []),
    ];
  });
}

/** What each kind of judgement is good for; reads on from a number. */
const KINDS: Readonly<Record<Judgement['kind'], string>> = {
  places: 'with right places: learned from',
  nowhere: 'where "not found" was right: learned from',
  rejected: 'rejected without a right place: made less likely, a little',
  'without-choice': 'rejected, but without a choice of places: not learned from',
  contradicted: 'accepted, with all places said to be wrong: not learned from',
  'partly-wrong': 'of which only wrong places were named: not learned from',
  unjudged: 'that nobody has judged: not learned from',
};

function judgementLines(events: readonly FeedbackEvent[]): string[] {
  const kinds = foldFeedback(events).map((record) => judgeAnswer(record).kind);
  const counts = (Object.keys(KINDS) as Judgement['kind'][]).map((kind) => {
    const count = kinds.filter((one) => one === kind).length;
    return count ? [`  ${count.toLocaleString('en')} ${KINDS[kind]}`] : [];
  });
  return [`${counted(kinds.length, 'answer')}${kinds.length ? ':' : '.'}`, ...counts.flat()];
}

const reasonLines = (head: string, reasons: readonly CountedReason[]): string[] =>
  reasons.length ? [head, ...reasons.map(({ reason, count }) => `  ${reason}: ${count.toLocaleString('en')}`)] : [];
