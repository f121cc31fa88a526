/** Reads a file of pairs as words: the parts of identifiers, numbered as they come, and how many pairs have each. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { definedName } from '#core/search/definitionLine.ts';
import { partsOf } from '#core/search/words.ts';
import type { Pair } from '#node/tasks/pair.ts';
import { TrainingError } from '#node/training/trainingError.ts';

export interface RawPairs {
  /** By the number that the lists below use. */
  readonly parts: readonly string[];
  /** Pairs in which each part occurs, in its text or in its code. */
  readonly counts: readonly number[];
  /** In the order of the file. */
  readonly byRepository: ReadonlyMap<string, readonly RawPair[]>;
  readonly total: number;
}

export interface RawPair {
  readonly text: Int32Array;
  readonly path: Int32Array;
  readonly names: Int32Array;
  readonly body: Int32Array;
}

export interface PairFilter {
  /** Repositories that nothing may be learned from. */
  readonly barred: readonly string[];
  /** Repositories that are left out. */
  readonly without: readonly string[];
}

const MAX_TEXT = 600;
const MAX_PATH_PARTS = 12;

/** Rejects with a `TrainingError` that names the line where the file is no file of pairs, or one that is barred. */
export async function readWordPairs(file: string, { barred, without }: PairFilter): Promise<RawPairs> {
  const [refused, left] = [lowered(barred), lowered(without)];
  const numbers = createNumbering();
  const byRepository = new Map<string, RawPair[]>();
  let line = 0;
  for await (const text of linesOf(file)) {
    line++;
    if (!text.trim()) continue;
    const pair = parsePair(text, file, line);
    const repo = pair.repo.toLowerCase();
    if (refused.has(repo)) throw new TrainingError(refusal(file, line, pair.repo));
    if (left.has(repo)) continue;
    const own = byRepository.get(pair.repo) ?? [];
    byRepository.set(pair.repo, own);
    own.push(rawPair(pair, numbers));
  }
  const total = [...byRepository.values()].reduce((count, pairs) => count + pairs.length, 0);
  if (total === 0) throw new TrainingError(`${file} has no pair to learn from. Make some by spoor tasks --pairs.`);
  return { parts: numbers.parts, counts: numbers.counts, byRepository, total };
}

const lowered = (repositories: readonly string[]): ReadonlySet<string> =>
  new Set(repositories.map((repo) => repo.toLowerCase()));

async function* linesOf(file: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
  } catch (error) {
    throw new TrainingError(`The pairs cannot be read from ${file}: ${(error as Error).message}.`);
  }
}

function parsePair(text: string, file: string, line: number): Omit<Pair, 'source'> {
  const { repo, text: asked, code, path } = parsed(text);
  if ([repo, asked, code, path].every((value) => typeof value === 'string'))
    return { repo, text: asked, code, path } as Omit<Pair, 'source'>;
  throw new TrainingError(`Line ${line} of ${file} is no pair: {"repo", "text", "code", "path"} is wanted.`);
}

function parsed(text: string): Record<string, unknown> {
  try {
    return (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
}

const refusal = (file: string, line: number, repo: string): string =>
  `Line ${line} of ${file} is of ${repo}, one of the repositories that results are measured on: ` +
  'nothing may be learned from it. Make the pairs anew without it.';

interface Numbering {
  readonly parts: string[];
  readonly counts: number[];
  numbersOf(text: string): Int32Array;
}

function createNumbering(): Numbering {
  const numbers = new Map<string, number>();
  const [parts, counts]: [string[], number[]] = [[], []];
  const numberOf = (part: string): number => {
    const known = numbers.get(part);
    if (known !== undefined) return known;
    numbers.set(part, parts.length);
    counts.push(0);
    return parts.push(part) - 1;
  };
  return { parts, counts, numbersOf: (text) => Int32Array.from(partsOf(text), numberOf) };
}

function rawPair({ text, code, path }: Omit<Pair, 'source'>, numbers: Numbering): RawPair {
  const names = code.split('\n').flatMap((line) => definedName(line, path) ?? []);
  const pair = {
    text: numbers.numbersOf(text.slice(0, MAX_TEXT)),
    path: numbers.numbersOf(path).slice(-MAX_PATH_PARTS),
    names: numbers.numbersOf(names.join(' ')),
    body: numbers.numbersOf(code),
  };
  for (const part of new Set([...pair.text, ...pair.path, ...pair.body])) numbers.counts[part]!++;
  return pair;
}
