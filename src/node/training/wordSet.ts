/** Pairs as the network of words learns from them, by repository, some of them held out to measure with. */
import { createHash } from 'node:crypto';
import { SECTIONS } from '#core/policy/words/wordNetwork.ts';
import { openVocabulary } from '#core/policy/words/vocabulary.ts';
import { wordPair, type WordPair } from '#core/policy/words/wordBatch.ts';
import { createRng } from '#core/rl/rng.ts';
import { deriveSeed, shuffle } from '#core/rl/shuffle.ts';
import type { Rng } from '#core/rl/types.ts';
import { TrainingError } from '#node/training/trainingError.ts';
import type { RawPair, RawPairs } from '#node/training/wordPairs.ts';

export interface WordSet {
  readonly repositories: readonly WordRepository[];
  readonly total: number;
  /** [V] Logarithm of how few pairs have a word. */
  readonly rarity: Float32Array;
  /** Another one for other pairs. */
  readonly fingerprint: string;
}

interface WordRepository {
  readonly pairs: readonly WordPair[];
  readonly heldOut: readonly WordPair[];
  /** Share of the batches that are of this repository or of one before it. */
  readonly upTo: number;
}

/** At most, and no more than a tenth. */
const HELD_OUT = 48;
/** A repository with many pairs is drawn more often, but not as often as it has pairs. */
const DRAWN_BY = 0.7;

export function wordSet(raw: RawPairs, words: readonly string[], seed: number): WordSet {
  const vocabulary = openVocabulary(words);
  const rows = raw.parts.map((part) => vocabulary.idsOf(part));
  const lists = [...raw.byRepository.values()].map((pairs, i) => {
    const readable = pairs.flatMap((pair) => encoded(pair, rows) ?? []);
    const order = shuffle(readable, createRng(deriveSeed(seed, -1 - i)));
    const held = Math.min(HELD_OUT, Math.floor(order.length / 10));
    return { heldOut: order.slice(0, held), pairs: order.slice(held) };
  });
  const kept = lists.filter(({ pairs }) => pairs.length > 1);
  if (kept.length === 0)
    throw new TrainingError('No repository has two pairs with enough words to learn from. Make more pairs.');
  const shares = kept.map(({ pairs }) => pairs.length ** DRAWN_BY);
  const all = shares.reduce((sum, share) => sum + share, 0);
  let upTo = 0;
  const repositories = kept.map((list, i) => ({ ...list, upTo: (upTo += shares[i]! / all) }));
  const total = kept.reduce((count, { pairs }) => count + pairs.length, 0);
  return { repositories, total, rarity: rarityOf(raw, rows, words.length), fingerprint: fingerprintOf(repositories) };
}

function encoded({ text, path, names, body }: RawPair, rows: readonly (readonly number[])[]): WordPair | undefined {
  const [asked, ...read] = [text, path, names, body].map((list) => [...list].flatMap((part) => rows[part]!));
  return wordPair(asked!, { path: read[0]!, names: read[1]!, body: read[2]! });
}

/** log(1 + pairs / (1 + pairs that have the word)). */
function rarityOf(raw: RawPairs, rows: readonly (readonly number[])[], size: number): Float32Array {
  const counts = new Float64Array(size);
  for (const [part, list] of rows.entries()) for (const row of list) counts[row]! += raw.counts[part]!;
  return Float32Array.from(counts, (count) => Math.log1p(raw.total / (1 + count)));
}

function fingerprintOf(repositories: readonly WordRepository[]): string {
  const hash = createHash('sha256');
  for (const { pairs } of repositories)
    for (const { asked, read } of pairs) hash.update(asked).update(read.path).update(read.names).update(read.body);
  return hash.digest('hex');
}

export interface DrawSettings {
  readonly batch: number;
  readonly hide: number;
  readonly drop: number;
}

/** Pairs of one repository; fewer than `batch` if it has no more. */
export function drawBatch(
  { repositories }: WordSet,
  { batch, hide, drop }: DrawSettings,
  rng: Rng,
): readonly WordPair[] {
  const at = rng.next();
  const { pairs } = repositories.find(({ upTo }) => at < upTo) ?? repositories.at(-1)!;
  const places = new Set<number>();
  while (places.size < Math.min(batch, pairs.length)) places.add(Math.floor(rng.next() * pairs.length));
  return [...places].map((place) => {
    const pair = rng.next() < hide ? withoutShared(pairs[place]!) : pairs[place]!;
    return drop ? thinned(pair, drop, rng) : pair;
  });
}

/** Asked without the words that its code has too, so that their meaning is all there is to go by; two stay at least. */
function withoutShared(pair: WordPair): WordPair {
  const shared = new Set(SECTIONS.flatMap((section) => [...pair.read[section]]));
  const rest = pair.asked.filter((word) => !shared.has(word));
  return rest.length >= 2 ? { ...pair, asked: rest } : pair;
}

/** Code without a share of its words, so that no rare word alone can tell a pair. */
function thinned(pair: WordPair, drop: number, rng: Rng): WordPair {
  const left = SECTIONS.map((section) => [section, pair.read[section].filter(() => rng.next() >= drop)] as const);
  return { ...pair, read: Object.fromEntries(left) as WordPair['read'] };
}
