/**
 * What scoring needs of a term's hit lines in a file, in numbers. It depends on the lines alone, so it is made once for
 * each result of a search, however many episodes are given that result.
 */
import type { FileHits, LineHit, TermHits } from '#core/agent/tools.ts';
import { definedName } from '#core/search/definitionLine.ts';
import { partsOf, stemOf, type Term } from '#core/search/words.ts';

/** Lines of a block: the step from one window to the next. */
export const BLOCK_LINES = 20;

export interface LineDigest {
  /** Matches in all lines. */
  readonly matches: number;
  /** Undefined until `blocksOf` is asked. */
  blocks: BlockDigest | undefined;
}

/** Hits by blocks of `BLOCK_LINES` lines, rising; `index`, `matches` and `definitions` go together. */
export interface BlockDigest {
  readonly index: Int32Array;
  readonly matches: Int32Array;
  /** Lines that define a name that the term is, or is a part of. */
  readonly definitions: Int32Array;
  /** All hit lines. */
  readonly lines: Int32Array;
}

const known = new WeakMap<TermHits, readonly LineDigest[]>();

/** One for each file of the hits, in their order. */
export function lineDigests(hits: TermHits): readonly LineDigest[] {
  let digests = known.get(hits);
  if (!digests)
    known.set(hits, (digests = hits.files.map(({ lines }) => ({ matches: sumOf(lines), blocks: undefined }))));
  return digests;
}

function sumOf(lines: readonly LineHit[]): number {
  let sum = 0;
  for (const { count } of lines) sum += count;
  return sum;
}

export const blocksOf = (
  digest: LineDigest,
  { path, lines }: Pick<FileHits, 'path' | 'lines'>,
  { key }: Term,
): BlockDigest => (digest.blocks ??= digestBlocks(path, lines, key.split(' ')));

function digestBlocks(path: string, hits: readonly LineHit[], stems: readonly string[]): BlockDigest {
  const index: number[] = [];
  const matches: number[] = [];
  const definitions: number[] = [];
  for (const { line, count, text } of hits) {
    const block = Math.floor((line - 1) / BLOCK_LINES);
    if (index.at(-1) !== block) {
      index.push(block);
      matches.push(0);
      definitions.push(0);
    }
    matches[matches.length - 1]! += count;
    if (defines(text, path, stems)) definitions[definitions.length - 1]!++;
  }
  return {
    index: Int32Array.from(index),
    matches: Int32Array.from(matches),
    definitions: Int32Array.from(definitions),
    lines: Int32Array.from(hits, ({ line }) => line),
  };
}

function defines(text: string, path: string, stems: readonly string[]): boolean {
  const name = definedName(text, path);
  if (name === undefined) return false;
  const defined = new Set(partsOf(name).map(stemOf));
  return stems.every((stem) => defined.has(stem));
}
