/** Pairs of a commit's message and the places that it changed, as they were afterwards, with ten lines around them. */
import type { ToolFailure } from '#core/agent/tools.ts';
import { fileKind } from '#core/search/fileKind.ts';
import { chanceOf, createSample } from './chance.ts';
import { isFiller } from './changedLines.ts';
import { walkHistory, type WalkedCommit } from './commitLog.ts';
import { countDrop, type DropReason } from './drops.ts';
import { isExcluded } from './excludedCommits.ts';
import type { PairMaker } from './makePairs.ts';
import { commitFault, wordsFault } from './messageFault.ts';
import { messageQuestion } from './messageQuestion.ts';
import { pairCode } from './pair.ts';
import type { Hunk } from './patchParser.ts';
import { isSearchable } from './questionFault.ts';
import { readPatches, type PatchWish, type ReadPatch } from './readPatches.ts';

/** Gives pairs to the maker until it has enough. */
export async function commitPairs(maker: PairMaker, wanted: number): Promise<ToolFailure | undefined> {
  const { options, source, start, drops, notes } = maker;
  const sample = createSample<Wish>(wanted, options.seed);
  const walked = await walkHistory(source, start, (commit) => {
    maker.commits++;
    const wish = isExcluded(options.exclude, commit.id) ? 'named by --exclude' : wishOf(commit);
    if (typeof wish === 'string') countDrop(drops, wish);
    else sample.add(commit.id, wish);
  });
  if ('ok' in walked) return walked;
  if (walked.note !== undefined) notes.push(walked.note);
  const wishes = sample.kept();
  for (let from = 0; from < wishes.length && maker.left() > 0;) {
    const some = wishes.slice(from, from + Math.min(MAX_CHUNK, Math.ceil(maker.left() / PAIRS_A_COMMIT)));
    from += some.length;
    const read = await readPatches(source, some, CONTEXT);
    if ('ok' in read) return read;
    countDrop(drops, 'contents not in this clone', read.missing);
    for (const { id, message } of some) {
      const text = messageQuestion(message, chanceOf(`text ${id}`, options.seed));
      if (isSearchable(text)) addPairs(maker, text, read.patches.get(id) ?? []);
      else countDrop(drops, 'too few words to search for');
    }
  }
  return undefined;
}

/** Commits read at a time: git is quick at many neighbours, and memory holds what they changed. */
const MAX_CHUNK = 800;
/** Guessed, so that little is read for nothing. */
const PAIRS_A_COMMIT = 2;
const CONTEXT = 10;
const MAX_CHANGED_FILES = 25;
const MAX_SOURCES = 12;
const MAX_PAIRS_A_COMMIT = 3;

interface Wish extends PatchWish {
  readonly message: string;
}

function wishOf(commit: WalkedCommit): Wish | DropReason {
  const fault = commitFault(commit.message) ?? wordsFault(commit.message);
  if (fault) return fault;
  const isCode = ({ isFile, status, path }: WalkedCommit['files'][number]): boolean =>
    isFile && status !== 'D' && !path.includes('\ufffd') && fileKind(path) === 'source';
  const files = commit.files.filter(isCode);
  if (files.length === 0 || commit.parents.length !== 1) return 'no source changed';
  if (commit.fileCount > MAX_CHANGED_FILES || files.length > MAX_SOURCES) return 'too many files';
  return { id: commit.id, order: commit.order, files, message: commit.message };
}

function addPairs(maker: PairMaker, text: string, patches: readonly ReadPatch[]): void {
  const places = patches.flatMap(({ path, hunks }) => hunks.map((hunk) => ({ path, hunk, size: sizeOf(hunk) })));
  const largest = places.filter(({ size }) => size > 0).sort((a, b) => b.size - a.size);
  for (const { path, hunk } of largest.slice(0, MAX_PAIRS_A_COMMIT)) maker.add('commit', text, codeOf(hunk), path);
}

/** How many lines of a hunk were put in or taken out and say something. */
const sizeOf = (hunk: Hunk): number =>
  hunk.lines.filter((line) => !line.startsWith(' ') && !isFiller(line.slice(1))).length;

/** The lines after the commit; what a new file begins with (licence, imports) is passed over. */
function codeOf({ lines }: Hunk): string {
  const after = lines.filter((line) => !line.startsWith('-')).map((line) => line.slice(1));
  const from = after.findIndex((line) => !isFiller(line) && !/^\s*(?:\/?\*|\/\/|#(?!\w))/.test(line));
  const isLong = from > 0 && after.length > MAX_WHOLE_LINES;
  return pairCode(isLong ? after.slice(from) : after);
}
const MAX_WHOLE_LINES = 40;
