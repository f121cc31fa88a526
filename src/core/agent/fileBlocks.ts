/**
 * The blocks of one file with what the searches found in them. One object is filled and cleared for one
 * file after another. */
import { BLOCK_LINES, blocksOf } from '#core/agent/lineDigest.ts';
import type { FileEvidence } from '#core/agent/pool.ts';
import type { TermWorth } from '#core/agent/termWorth.ts';

export interface FileBlocks {
  /** Blocks up to the last one with a hit. Behind them each array has `EMPTY_BLOCKS` more. */
  count: number;
  /** 1 for a block with a hit. */
  isHit: Uint8Array;
  /** [blocks, terms with hits in the file] */
  matches: Int32Array;
  /** Worth of the terms of the question on the block's best line. */
  bestLine: Float64Array;
  /** Worth of the terms of the question, and of the names followed, that lines of the block define. */
  definition: Float64Array;
  hop: Float64Array;
  /** By line. */
  onLine: Float64Array;
}

/** So that even a file without a hit has one window of two blocks. */
const EMPTY_BLOCKS = 2;

export const emptyFileBlocks = (): FileBlocks => ({
  count: 0,
  isHit: new Uint8Array(0),
  matches: new Int32Array(0),
  bestLine: new Float64Array(0),
  definition: new Float64Array(0),
  hop: new Float64Array(0),
  onLine: new Float64Array(0),
});

/** `blocks` is as new, or as `clearFileBlocks` left it. */
export function fillFileBlocks(blocks: FileBlocks, file: FileEvidence, worth: TermWorth): void {
  makeRoom(blocks, file, worth);
  for (let hit = 0; hit < file.hits.length; hit++) {
    addHits(blocks, file, hit, worth);
    addLines(blocks, file, hit, worth);
  }
}

/** Undoes what `fillFileBlocks` did for the file: most of a long file's blocks were never touched. */
export function clearFileBlocks(blocks: FileBlocks, { hits }: FileEvidence): void {
  for (let hit = 0; hit < hits.length; hit++) {
    const { index, lines } = hits[hit]!.digest.blocks!;
    for (const block of index) {
      blocks.isHit[block] = 0;
      blocks.matches[block * hits.length + hit] = 0;
      blocks.bestLine[block] = 0;
      blocks.definition[block] = 0;
      blocks.hop[block] = 0;
    }
    for (const line of lines) blocks.onLine[line] = 0;
  }
}

function makeRoom(blocks: FileBlocks, file: FileEvidence, { terms }: TermWorth): void {
  let count = 0;
  let lastLine = 0;
  for (const { term, lines, digest } of file.hits) {
    count = Math.max(count, 1 + (blocksOf(digest, { path: file.path, lines }, terms[term]!).index.at(-1) ?? -1));
    lastLine = Math.max(lastLine, lines.at(-1)?.line ?? 0);
  }
  blocks.count = count;
  const size = count + EMPTY_BLOCKS;
  if (blocks.isHit.length < size) {
    blocks.isHit = new Uint8Array(2 * size);
    blocks.bestLine = new Float64Array(2 * size);
    blocks.definition = new Float64Array(2 * size);
    blocks.hop = new Float64Array(2 * size);
  }
  if (blocks.matches.length < size * file.hits.length) blocks.matches = new Int32Array(2 * size * file.hits.length);
  if (blocks.onLine.length <= lastLine) blocks.onLine = new Float64Array(2 * lastLine + 1);
}

function addHits(blocks: FileBlocks, file: FileEvidence, hit: number, worth: TermWorth): void {
  const { term, digest } = file.hits[hit]!;
  const { index, matches, definitions } = digest.blocks!;
  const defined = worth.isAsked[term] ? blocks.definition : blocks.hop;
  const value = worth.isAsked[term] ? worth.values[term]! : worth.strengths[term]!;
  for (let i = 0; i < index.length; i++) {
    const block = index[i]!;
    blocks.isHit[block] = 1;
    blocks.matches[block * file.hits.length + hit] = matches[i]!;
    for (let line = 0; line < definitions[i]!; line++) defined[block]! += value;
  }
}

/** What a line is worth is known when the last of its terms is added; it only grows until then. */
function addLines(blocks: FileBlocks, file: FileEvidence, hit: number, { values }: TermWorth): void {
  const { term, digest } = file.hits[hit]!;
  const value = values[term]!;
  if (value === 0) return;
  const { lines } = digest.blocks!;
  const { onLine, bestLine } = blocks;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    const now = onLine[line]! + value;
    onLine[line] = now;
    const block = Math.floor((line - 1) / BLOCK_LINES);
    if (now > bestLine[block]!) bestLine[block] = now;
  }
}
