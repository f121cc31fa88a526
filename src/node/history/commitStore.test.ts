import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stemsIn } from '#core/search/words.ts';
import { BitSet } from '#node/history/bitSet.ts';
import { openCommitStore, type CommitStore } from '#node/history/commitStore.ts';
import type { LoggedCommit } from '#node/history/logParser.ts';
import { rankCommits } from '#node/history/rankCommits.ts';

const SEEDED = { seed: 42, numRuns: 200 };

const commit = (n: number, subject: string, body = '', files: readonly string[] = []): LoggedCommit => ({
  id: n.toString(16).padStart(40, '0'),
  timeS: 1_000 + n,
  subject,
  body,
  files,
  fileCount: files.length,
  renames: [],
});

function everyone(store: CommitStore): { store: CommitStore; members: BitSet; averageLength: number } {
  const members = new BitSet();
  for (let number = 0; number < store.size; number++) members.add(number);
  return { store, members, averageLength: 10 };
}

describe.each(['node', 'wasm'] as const)('a commit store by %s', (engine) => {
  it('gives back what was added, once', async () => {
    const store = await openCommitStore(undefined, engine);
    store.add([commit(1, 'Add retry', 'for uploads', ['a.ts', 'b.ts']), commit(2, 'Fix')], false);
    store.add([commit(2, 'Fix'), commit(3, 'Third', '', ['b.ts'])], false);
    expect(store.size).toBe(3);
    const third = store.numberOf(commit(3, '').id, false)!;
    expect(store.rowOf(third)).toMatchObject({ subject: 'Third', fileCount: 1 });
    const first = store.numberOf(commit(1, '').id, false)!;
    expect([...store.rowOf(first).paths].map((path) => store.pathOf(path))).toEqual(['a.ts', 'b.ts']);
    expect(store.touching(store.pathNumber('b.ts')!)).toEqual([first]);
    expect(store.timeOf(third)).toBe(1_003);
    expect(store.numberOf('absent', true)).toBeUndefined();
    store.close();
  });

  it('tells a commit without its files from one with them', async () => {
    const store = await openCommitStore(undefined, engine);
    store.add([commit(1, 'Message')], true);
    const { id } = commit(1, '');
    expect(store.numberOf(id, false)).toBeUndefined();
    const bare = store.numberOf(id, true)!;
    expect(store.idOf(bare)).toBe(id);
    store.add([commit(1, 'Message', '', ['a'])], false);
    expect(store.numberOf(id, true)).toBe(store.numberOf(id, false));
    expect(store.numberOf(id, false)).not.toBe(bare);
    store.close();
  });

  it('keeps the members of the last heads', async () => {
    const store = await openCommitStore(undefined, engine);
    const members = new BitSet();
    for (const number of [0, 31, 32, 700]) members.add(number);
    for (let i = 0; i < 70; i++) store.keepMembers(`head ${i}`, members);
    expect(store.membersOf('head 0')).toBeUndefined();
    const kept = store.membersOf('head 69')!;
    expect([kept.size, ...[0, 31, 32, 700, 1, 33].map((number) => kept.has(number))]).toEqual([
      4,
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    store.close();
  });
});

const word = fc.constantFrom('retry', 'queue', 'upload', 'fix', 'test', 'x1');
const sentence = fc.array(word, { maxLength: 6 }).map((words) => words.join(' '));

/** BM25 as its formula says, over the members alone. */
function expectedScores(
  commits: readonly LoggedCommit[],
  members: ReadonlySet<string>,
  stems: readonly string[],
  averageLength: number,
): Map<string, number> {
  const shown = commits.filter(({ id }) => members.has(id));
  const times = (text: string, stem: string): number => stemsIn(text).filter((other) => other === stem).length;
  const scores = new Map<string, number>();
  for (const stem of new Set(stems)) {
    const withStem = shown.filter(({ subject, body }) => times(`${subject} ${body}`, stem) > 0);
    const idf = Math.log(1 + (shown.length - withStem.length + 0.5) / (withStem.length + 0.5));
    for (const { id, subject, body } of withStem) {
      const weighted = 3 * times(subject, stem) + times(body, stem);
      const length = stemsIn(subject).length + stemsIn(body).length;
      const norm = 0.25 + (0.75 * length) / averageLength;
      scores.set(id, (scores.get(id) ?? 0) + (idf * weighted * 2.2) / (weighted + 1.2 * norm));
    }
  }
  return scores;
}

it('ranks as BM25 over the members, however the commits came in', async () => {
  const messages = fc.array(fc.tuple(sentence, sentence, fc.boolean()), { minLength: 1, maxLength: 12 });
  const property = fc.asyncProperty(
    messages,
    fc.array(word, { maxLength: 4 }),
    fc.nat({ max: 5 }),
    async (drafts, words, cut) => {
      const commits = drafts.map(([subject, body], n) => commit(n, subject, body));
      const store = await openCommitStore(undefined);
      store.add(commits.slice(0, cut), false);
      store.add(commits.slice(cut), false);
      const members = new BitSet();
      const ids = new Set<string>();
      for (const [n, { id }] of commits.entries())
        if (drafts[n]![2]) {
          ids.add(id);
          members.add(store.numberOf(id, false)!);
        }
      const stems = stemsIn(words.join(' '));
      const ranked = rankCommits({ store, members, averageLength: 7 }, stems, 5);
      const expected = expectedScores(commits, ids, stems, 7);
      for (const { number, score } of ranked) expect(score).toBeCloseTo(expected.get(store.idOf(number))!, 9);
      expect(ranked).toHaveLength(Math.min(5, expected.size));
      const order = [...expected.values()].sort((a, b) => b - a).slice(0, 5);
      for (const [i, { score }] of ranked.entries()) expect(score).toBeCloseTo(order[i]!, 9);
      store.close();
    },
  );
  await fc.assert(property, SEEDED);
});

it('takes messages and paths of any text', async () => {
  const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', '').toWellFormed());
  const store = await openCommitStore(undefined);
  let n = 0;
  const property = fc.property(text, text, fc.array(text, { maxLength: 4 }), (subject, body, files) => {
    const added = commit(n++, subject, body, [...new Set(files)]);
    store.add([added], false);
    const number = store.numberOf(added.id, false)!;
    const { paths, ...row } = store.rowOf(number);
    expect({ ...row, files: [...paths].map((path) => store.pathOf(path)) }).toEqual({
      subject,
      fileCount: added.fileCount,
      files: added.files,
    });
    for (const stem of stemsIn(subject).filter((found) => found.length <= 64)) {
      const found = rankCommits(everyone(store), [stem], 1_000);
      expect(found.map((hit) => hit.number)).toContain(number);
    }
  });
  fc.assert(property, SEEDED);
  store.close();
});
