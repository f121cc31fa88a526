/**
 * What people said about answers, as what a policy learns from: accepted and corrected answers become tasks, whose gold
 * are the right places as they stand in the workspace now; rejected answers without a correction become lessons of what
 * not to do. Feedback may come from others: its texts are bounded here, and its paths go through the port alone.
 */
import { OUTSIDE_DOCS } from '#core/agent/tools.ts';
import type { Task } from '#core/agent/task.ts';
import { isWorkspacePath } from '#core/agent/taskLine.ts';
import { countReasons, type CountedReason, type ReasonCounter } from '#core/feedback/countReasons.ts';
import type { FeedbackStep, FolderState, PlaceText } from '#core/feedback/feedbackEvent.ts';
import type { FeedbackRecord } from '#core/feedback/foldFeedback.ts';
import { judgeAnswer, type Judgement } from '#core/feedback/judgeAnswer.ts';
import { parseQuestion } from '#core/search/question.ts';
import { plainSpan, type Span } from '#core/search/span.ts';

/** The workspace as it is now. */
export interface PresentWorkspace {
  /** For each place where its lines are now, in order; undefined where that cannot be said for certain. */
  locate(places: readonly PlaceText[]): Promise<readonly (Span | undefined)[]>;
  /** Whether there is such a file or folder inside of the workspace. */
  has(path: string): boolean;
  /** Whether these commits are known, and those of the workspace now. */
  isAt(folders: readonly FolderState[]): boolean;
  /** What stands for the state in which these places were found: commits, or a digest of their contents. Never empty. */
  stateOf(places: readonly PlaceText[]): string;
}

/** Weak signals, as the cited lines were then: kept for measurements, never gold. */
export interface WeakSigns {
  readonly opened: readonly PlaceText[];
  readonly copied: readonly PlaceText[];
}

export interface AnswerTask extends WeakSigns {
  readonly task: Task;
  /** When the question was answered. */
  readonly timeMs: number;
  /** Files and folders that the search was narrowed to; empty for the whole workspace. */
  readonly scope: readonly string[];
}

/** A rejected answer that nobody has corrected: its steps are to become less likely. */
export interface RejectedAnswer extends WeakSigns {
  readonly id: string;
  readonly timeMs: number;
  readonly question: string;
  readonly scope: readonly string[];
  /** At least one; each `logProb` is at most 0. */
  readonly steps: readonly FeedbackStep[];
}

export interface FeedbackLessons {
  /** In the order of the answers' times. */
  readonly tasks: readonly AnswerTask[];
  readonly rejected: readonly RejectedAnswer[];
  readonly dropped: readonly CountedReason[];
}

/** The repository that tasks from answers are said to be of. */
export const ANSWERS_REPO = 'answers/workspace';

/** Bounds on what a hostile or broken file can ask for. In UTF-16 units, lines and pieces. */
export const MAX_QUESTION = 4_000;
export const MAX_PLACES = 40;
/** Longer places stand for their file alone: as lines they would make every citation of it right. */
export const MAX_PLACE_LINES = 400;
export const MAX_ANSWERS = 5_000;
const MAX_SCOPE = 200;
const MAX_STEPS = 1_000;

/**
 * Of answers to the same question the latest judged one counts. Answers that nobody has judged are passed over; what
 * else is not learned from is counted. Rejects when `signal` is aborted.
 */
export async function feedbackTasks(
  records: readonly FeedbackRecord[],
  present: PresentWorkspace,
  signal?: { throwIfAborted(): void },
): Promise<FeedbackLessons> {
  const counter = countReasons();
  const tasks: AnswerTask[] = [];
  const rejected: RejectedAnswer[] = [];
  for (const judged of latestOfEach(records, counter)) {
    signal?.throwIfAborted();
    const lesson = await lessonOf(judged, present, counter);
    if (typeof lesson === 'string') counter.add(lesson);
    else if ('task' in lesson) tasks.push(lesson);
    else rejected.push(lesson);
  }
  return { tasks, rejected, dropped: counter.counts() };
}

interface Judged {
  readonly record: FeedbackRecord;
  readonly judgement: Judgement;
}

/** In the order of time. */
function latestOfEach(records: readonly FeedbackRecord[], counter: ReasonCounter): Judged[] {
  const judged = records
    .map((record) => ({ record, judgement: judgeAnswer(record) }))
    .filter(({ judgement }) => judgement.kind !== 'unjudged')
    .sort((a, b) => a.record.answered.timeMs - b.record.answered.timeMs);
  const latest = new Map(judged.map((one) => [questionKey(one.record), one]));
  counter.add('answers to questions that were answered again later', judged.length - latest.size);
  const newest = judged.filter((one) => latest.get(questionKey(one.record)) === one);
  counter.add(`answers beyond the newest ${MAX_ANSWERS}`, newest.length - MAX_ANSWERS);
  return newest.slice(-MAX_ANSWERS);
}

const questionKey = ({ answered: { searchedFor, scope } }: FeedbackRecord): string =>
  JSON.stringify([searchedFor.trim().toLowerCase().replace(/\s+/g, ' '), [...scope].sort()]);

/** A text says why nothing is learned from it. */
async function lessonOf(
  { record, judgement }: Judged,
  present: PresentWorkspace,
  counter: ReasonCounter,
): Promise<AnswerTask | RejectedAnswer | string> {
  const { id, answered } = record;
  const fault = faultOf(record, present);
  if (fault) return fault;
  const common = { timeMs: answered.timeMs, scope: answered.scope, ...weakSigns(record) };
  switch (judgement.kind) {
    case 'places': {
      const gold = await goldOf(judgement, present, counter);
      return typeof gold === 'string' ? gold : { task: taskOf(record, gold), ...common };
    }
    case 'nowhere':
      // That nothing fits cannot be found again by content: what was missing then may have been written since.
      return present.isAt(answered.folders)
        ? { task: taskOf(record, { files: [], spans: [], state: present.stateOf([]) }), ...common }
        : 'accepted "not found" answers about another state of the workspace';
    case 'rejected':
      return areUsable(answered.steps)
        ? { id, question: answered.searchedFor, steps: answered.steps, ...common }
        : 'rejected answers whose steps cannot be used';
    case 'without-choice':
      return 'rejected answers for which no place was chosen';
    case 'contradicted':
      return 'accepted answers whose places were all said to be wrong';
    case 'partly-wrong':
    case 'unjudged':
      return 'answers of which only wrong places were named';
  }
}

function faultOf({ id, answered }: FeedbackRecord, present: PresentWorkspace): string | undefined {
  const { searchedFor, scope } = answered;
  if (!PROPER_ID.test(id)) return 'answers without a proper id';
  if (searchedFor.length > MAX_QUESTION) return 'answers to questions that are too long';
  if (parseQuestion(searchedFor).terms.length === 0) return 'answers to questions without a word to search for';
  if (scope.length > MAX_SCOPE || !scope.every((path) => present.has(path)))
    return 'answers narrowed to files that are not there any more';
  return undefined;
}

/** Without a slash, which the ids of other tasks have: no answer can take the place of one. */
const PROPER_ID = /^[^\s/\\]{1,200}$/;

const weakSigns = ({ answered, opened, copied }: FeedbackRecord): WeakSigns => {
  const cited = (numbers: readonly number[]): PlaceText[] =>
    numbers.flatMap((number) => answered.citations[number - 1] ?? []);
  return { opened: cited(opened), copied: cited(copied) };
};

const areUsable = (steps: readonly FeedbackStep[]): boolean =>
  steps.length > 0 && steps.length <= MAX_STEPS && steps.every(({ logProb }) => logProb <= 0);

interface FoundGold {
  readonly files: readonly string[];
  readonly spans: readonly Span[];
  /** Absent where nothing is right anywhere: then all that is cited is wrong. */
  readonly wrong?: readonly Span[];
  readonly state: string;
}

async function goldOf(
  { places, wrong }: Extract<Judgement, { kind: 'places' }>,
  present: PresentWorkspace,
  counter: ReasonCounter,
): Promise<FoundGold | string> {
  const inside = places.filter(isInside);
  counter.add('places outside of the workspace', places.length - inside.length);
  counter.add(`places beyond the first ${MAX_PLACES} of an answer`, inside.length - MAX_PLACES);
  const sought = inside.slice(0, MAX_PLACES);
  const located = await present.locate(sought.map(headOf));
  const found = sought.flatMap((place, i) => (located[i] ? [{ place, now: located[i] }] : []));
  counter.add('places whose lines are not there any more', sought.length - found.length);
  if (inside.length === 0) return 'answers with all places outside of the workspace';
  if (found.length === 0) return 'answers whose lines are not there any more';
  const spans = found.filter(({ place }) => isShort(place)).map(({ now }) => now);
  const nowWrong = await present.locate(wrong.filter(isInside).filter(isShort).slice(0, MAX_PLACES));
  return {
    files: [...new Set(found.map(({ now }) => now.path))],
    spans: [...new Map(spans.map((span) => [`${span.start}-${span.end} ${span.path}`, span])).values()],
    wrong: nowWrong.filter((span) => span !== undefined),
    state: present.stateOf(found.map(({ place }) => place)),
  };
}

const isInside = ({ path }: PlaceText): boolean => isWorkspacePath(path) && !path.startsWith(OUTSIDE_DOCS);
const isShort = ({ lines }: PlaceText): boolean => lines.length <= MAX_PLACE_LINES;
const headOf = (place: PlaceText): PlaceText => ({ ...place, lines: place.lines.slice(0, MAX_PLACE_LINES) });

const taskOf = ({ id, answered }: FeedbackRecord, { files, spans, wrong, state }: FoundGold): Task => ({
  id,
  repo: ANSWERS_REPO,
  commit: state,
  source: 'accepted-answer',
  question: answered.searchedFor,
  goldFiles: files,
  goldSpans: spans.map(plainSpan),
  ...(wrong && { knownWrong: wrong.map(plainSpan) }),
});
