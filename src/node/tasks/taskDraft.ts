/** The question of a commit, of whichever kind it has, and the places that answer it. */
import type { TaskSource } from '#core/agent/task.ts';
import type { Rng } from '#core/rl/types.ts';
import type { Span } from '#core/search/span.ts';
import { fileKind } from '#core/search/fileKind.ts';
import { addedDocs, type AddedDoc } from './addedDocs.ts';
import { chanceOf } from './chance.ts';
import { addedLines, changedSpans } from './changedLines.ts';
import type { DropReason } from './drops.ts';
import { commitFault, wordsFault } from './messageFault.ts';
import { messageQuestion } from './messageQuestion.ts';
import { isSearchable, namesFile } from './questionFault.ts';
import { isChangelog, releaseNote } from './releaseNotes.ts';
import type { ReadPatch } from './readPatches.ts';
import type { TaskCandidate } from './taskCandidate.ts';
import { testNameIn } from './testNames.ts';

export interface TaskDraft {
  readonly candidate: TaskCandidate;
  readonly source: TaskSource;
  readonly question: string;
  readonly goldFiles: readonly string[];
  readonly goldSpans: readonly Span[];
  /** For a question from a doc comment: where its definition is to be looked for, instead of the gold above. */
  readonly addedDoc?: AddedDoc;
}

interface DraftOptions {
  readonly seed: number;
  readonly withPaths: boolean;
}

export const MAX_GOLD_SPANS = 40;

/** One question of a commit, chosen by chance from those that it has, or why there is none. */
export function draftTask(
  candidate: TaskCandidate,
  patches: readonly ReadPatch[],
  options: DraftOptions,
): TaskDraft | DropReason {
  const rng = chanceOf(`question ${candidate.id}`, options.seed);
  const goldSpans = patches.filter((patch) => candidate.gold.includes(patch.path)).flatMap(changedSpans);
  const goldFiles = candidate.gold.filter((path) => goldSpans.some((span) => span.path === path));
  const message = messageDraft(candidate, rng);
  const drafts = [
    ...docDrafts(candidate, patches),
    ...(goldSpans.length > 0 && goldSpans.length <= MAX_GOLD_SPANS && !patches.some(isCutGold)
      ? [...sideDrafts(candidate, patches), ...(typeof message === 'string' ? [] : [message])]
      : []),
  ].map((draft) => ({ candidate, goldFiles, goldSpans, ...draft }));
  const faults = drafts.map((draft) => faultOf(draft, options.withPaths));
  const good = drafts.filter((_, i) => faults[i] === undefined);
  if (good.length) return chosen(good, rng);
  if (goldSpans.length === 0) return 'no place at the parent';
  if (goldSpans.length > MAX_GOLD_SPANS || patches.some(isCutGold)) return 'too many places';
  return faults.at(-1) ?? (typeof message === 'string' ? message : 'too few words to search for');
}

type Draft = Pick<TaskDraft, 'source' | 'question' | 'addedDoc'>;

const isCutGold = (patch: ReadPatch): boolean => patch.isCut && fileKind(patch.path) === 'source';

function messageDraft({ message }: TaskCandidate, rng: Rng): Draft | DropReason {
  const question = messageQuestion(message, rng);
  return wordsFault(message) ?? commitFault(question) ?? { source: 'commit', question };
}

function sideDrafts(candidate: TaskCandidate, patches: readonly ReadPatch[]): Draft[] {
  const drafts: Draft[] = [];
  const notes = patches.filter((patch) => isChangelog(patch.path));
  const isNew = (patch: ReadPatch): boolean => /^0+$/.test(patch.oldId);
  const note = notes.map((patch) => releaseNote(addedLines(patch), isNew(patch))).find((text) => text !== undefined);
  if (note !== undefined) drafts.push({ source: 'changelog', question: note });
  const tests = patches.filter((patch) => fileKind(patch.path) === 'test');
  const names = tests.flatMap((patch) => newTestNames(patch));
  if (names.length > 0 && names.length <= MAX_NEW_TESTS) drafts.push({ source: 'test', question: names[0]! });
  return drafts;
}

/** A commit of many tests is about tests; each of a few says what it was made for. */
const MAX_NEW_TESTS = 6;

/** Names among the added lines that were not among the removed ones, where a test was only moved or changed. */
function newTestNames(patch: ReadPatch): string[] {
  const removed = patch.hunks.flatMap((hunk) => hunk.lines.filter((line) => line.startsWith('-')));
  const old = new Set(removed.map((line) => testNameIn(line.slice(1))));
  return addedLines(patch)
    .map(testNameIn)
    .filter((name) => name !== undefined && !old.has(name)) as string[];
}

function docDrafts(candidate: TaskCandidate, patches: readonly ReadPatch[]): Draft[] {
  const gold = patches.filter((patch) => candidate.gold.includes(patch.path));
  const docs = gold.flatMap(addedDocs).filter(({ question }) => isSearchable(question));
  const [addedDoc] = docs;
  return addedDoc ? [{ source: 'doc-comment', question: addedDoc.question, addedDoc }] : [];
}

function faultOf({ question, goldFiles, addedDoc }: TaskDraft, withPaths: boolean): DropReason | undefined {
  if (!isSearchable(question)) return 'too few words to search for';
  const files = addedDoc ? [addedDoc.path] : goldFiles;
  return !withPaths && namesFile(question, files) ? 'names a file that answers it' : undefined;
}

/** How often each kind is taken where a commit has several: the rarer ones more often, so that all are learned from. */
const WEIGHTS: Readonly<Record<TaskSource, number>> = {
  commit: 2,
  changelog: 4,
  test: 2,
  'doc-comment': 4,
  'accepted-answer': 0,
  'wrong-repository': 0,
};

function chosen(drafts: readonly TaskDraft[], rng: Rng): TaskDraft {
  const total = drafts.reduce((sum, draft) => sum + WEIGHTS[draft.source], 0);
  let left = rng.next() * total;
  return drafts.find((draft) => (left -= WEIGHTS[draft.source]) < 0) ?? drafts[0]!;
}
