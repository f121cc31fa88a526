import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gate } from '#core/learning/gate.ts';
import { GATE } from '#core/learning/gateBounds.ts';
import type { HeldResult, HeldSet } from '#core/learning/heldResult.ts';
import { createRng } from '#core/rl/rng.ts';
import { shuffle } from '#core/rl/shuffle.ts';
import type { Rng } from '#core/rl/types.ts';

const result = (set: HeldSet, id: number, change: Partial<HeldResult> = {}): HeldResult => ({
  id: `${id}`,
  set,
  reciprocalRank: 0.5,
  spanRecall: 0.5,
  calls: set === 'frozen' ? 0 : 8,
  policyMs: set === 'frozen' ? 0 : 6,
  notFound: false,
  ...change,
});

const many = (set: HeldSet, count: number, of: (i: number) => Partial<HeldResult> = () => ({})): HeldResult[] =>
  Array.from({ length: count }, (_, i) => result(set, i, of(i)));

const frozen = many('frozen', 100);
/** The first `better` of the questions are better, the next `worse` are worse. */
const moved =
  (better: number, worse: number) =>
  (i: number): Partial<HeldResult> => ({ reciprocalRank: i < better ? 1 : i < better + worse ? 0.2 : 0.5 });

const before = [...many('answers', 20), ...many('history', 20), ...frozen];
const verdict = (after: readonly HeldResult[], shipped?: readonly HeldResult[]) => gate(before, after, 1, shipped);
const withOwn = (of: (i: number) => Partial<HeldResult>): HeldResult[] => [
  ...many('answers', 20, of),
  ...many('history', 20, of),
  ...frozen,
];

describe('a policy is promoted', () => {
  it('when it answers the questions of the workspace better and has forgotten nothing', () => {
    const { isPromoted, reasons, missing } = verdict(withOwn(moved(6, 1)));
    expect({ isPromoted, missing }).toEqual({ isPromoted: true, missing: 0 });
    expect(reasons[0]).toBe('Of the questions of this workspace it answers 12 of 40 better and 2 worse.');
    expect(reasons[1]).toMatch(
      /^The score of the 40 questions of this workspace: \+6\.8 points of 100, with 95 % certainty between \+\d.* and \+\d/,
    );
    expect(reasons[2]).toMatch(/^The score of the 100 questions that come with Spoor: as before\./);
  });

  it('when it is better on all questions for certain, and those of the workspace are as good as before', () => {
    const better = [...many('answers', 20), ...many('history', 20), ...many('frozen', 100, moved(30, 2))];
    expect(verdict(better).isPromoted).toBe(true);
    const ownWorse = [...withOwn((i) => ({ reciprocalRank: i < 3 ? 0.2 : 0.5 })).slice(0, 40), ...better.slice(40)];
    expect(verdict(ownWorse)).toMatchObject({
      isPromoted: false,
      reasons: [
        expect.stringMatching(
          /^It answers the questions of this workspace worse than before: 0 of 40 better and 6 worse\.$/,
        ),
        expect.anything(),
        expect.anything(),
      ],
    });
  });
});

describe('a policy is not promoted', () => {
  const first = (after: readonly HeldResult[], shipped?: readonly HeldResult[]): string => {
    const { isPromoted, reasons } = verdict(after, shipped);
    expect(isPromoted).toBe(false);
    return reasons[0]!;
  };
  const good = moved(6, 1);

  it('when there are too few questions to say anything, and says how many more are needed', () => {
    const few = (set: readonly HeldResult[]): HeldResult[] => [...set.slice(0, 5), ...frozen];
    const { isPromoted, missing, reasons } = gate(few(before), few(withOwn(() => ({ reciprocalRank: 1 }))), 1);
    expect({ isPromoted, missing }).toEqual({ isPromoted: false, missing: 3 });
    expect(reasons[0]).toBe(
      'Only 5 questions of this workspace could be kept aside for checking, and 8 are needed before learning can be told from luck: 3 more.',
    );
  });

  it('when what is better may be luck', () => {
    expect(first(withOwn(moved(3, 2)))).toBe('It may be better, but that may be luck too: 6 of 40 better and 4 worse.');
    expect(first(withOwn(() => ({})))).toBe(
      'It answers the questions of this workspace no better than before: 0 of 40 better and 0 worse.',
    );
  });

  it('when it has forgotten something, since the last policy or since the shipped one', () => {
    const own = withOwn(good).slice(0, 40);
    expect(first([...own, ...many('frozen', 100, moved(0, 10))])).toBe(
      'On the 100 questions that come with Spoor it is worse than before by 1.5 points of 100, and 1.0 is the most that is allowed: it has forgotten something.',
    );
    expect(verdict([...own, ...many('frozen', 100, moved(0, 5))]).isPromoted).toBe(true);
    expect(first([...own, ...many('frozen', 100, moved(0, 5))], many('frozen', 100, moved(5, 0)))).toMatch(
      /^On the 100 questions that come with Spoor it is worse than the policy that comes with Spoor by 2\.0 points/,
    );
    expect(first(own)).toMatch(/^The questions that come with Spoor could not be asked/);
  });

  it('when it buys what is better with many more searches, or much more time', () => {
    expect(verdict(withOwn((i) => ({ ...good(i), calls: 11 }))).isPromoted).toBe(true);
    expect(first(withOwn((i) => ({ ...good(i), calls: 11.2 })))).toBe(
      'An answer takes 11.2 searches, and before it took 8.0 searches: that is too much more.',
    );
    expect(verdict(withOwn((i) => ({ ...good(i), policyMs: 11 }))).isPromoted).toBe(true);
    expect(first(withOwn((i) => ({ ...good(i), policyMs: 11.1 })))).toMatch(/^An answer takes 11\.1 ms of computing/);
  });

  it('when it says "not found" much more often or seldom; one question is never too many', () => {
    expect(verdict(withOwn((i) => ({ ...good(i), notFound: i === 19 }))).isPromoted).toBe(true);
    expect(first(withOwn((i) => ({ ...good(i), notFound: i >= 18 })))).toBe(
      'It says "not found" for 10 % of the questions of this workspace, and before for 0 %: that is too often.',
    );
    const small = [...many('answers', 8), ...frozen];
    const after = [...many('answers', 8, (i) => ({ reciprocalRank: i < 6 ? 1 : 0.5, notFound: i === 7 })), ...frozen];
    expect(gate(small, after, 1).isPromoted).toBe(true);
  });
});

describe('what is compared', () => {
  it('has means, changes and intervals of each set and measure that there are questions for', () => {
    const { comparisons } = verdict(withOwn((i) => ({ ...moved(6, 1)(i), calls: 9 })));
    expect(comparisons.map(({ set, measure }) => `${set} ${measure}`)).toEqual([
      ...['utility', 'reciprocalRank', 'spanRecall', 'calls', 'policyMs', 'notFound'].map((name) => `own ${name}`),
      ...['answers', 'history'].flatMap((set) =>
        ['utility', 'reciprocalRank', 'spanRecall'].map((name) => `${set} ${name}`),
      ),
      ...['utility', 'reciprocalRank', 'spanRecall', 'notFound'].map((name) => `frozen ${name}`),
      'all utility',
    ]);
    const calls = comparisons.find(({ measure }) => measure === 'calls')!;
    expect(calls).toEqual({
      set: 'own',
      measure: 'calls',
      questions: 40,
      before: 8,
      after: 9,
      change: { mean: 1, low: 1, high: 1 },
    });
    for (const { change } of comparisons) {
      expect(change.low).toBeLessThanOrEqual(change.mean + 1e-12);
      expect(change.mean).toBeLessThanOrEqual(change.high + 1e-12);
    }
  });

  it('leaves out what only one policy has answered, and has nothing to say of nothing', () => {
    const { comparisons } = gate(before.slice(0, 30), before.slice(10), 1);
    expect(comparisons[0]!.questions).toBe(20);
    expect(gate([], [], 1)).toMatchObject({ isPromoted: false, comparisons: [], missing: GATE.leastOwn });
  });
});

describe('whatever the results', () => {
  const share = fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10);
  const one = (set: HeldSet) =>
    fc
      .record({
        reciprocalRank: share,
        spanRecall: fc.option(share, { nil: undefined }),
        calls: fc.integer({ min: 1, max: 30 }),
        policyMs: fc.double({ min: 0.1, max: 50, noNaN: true }),
        notFound: fc.boolean(),
      })
      .map(({ spanRecall, ...rest }) => ({ set, ...rest, ...(spanRecall !== undefined && { spanRecall }) }));
  const results = (set: HeldSet, least: number) =>
    fc
      .array(one(set), { minLength: least, maxLength: 40 })
      .map((rows) => rows.map((row, i): HeldResult => ({ id: `${i}`, ...row })));
  const all = fc.tuple(results('answers', 0), results('history', 0), results('frozen', 30)).map((sets) => sets.flat());

  it('equal ones never promote', () => {
    fc.assert(
      fc.property(all, fc.nat(), (rows, seed) => {
        expect(gate(rows, rows, seed).isPromoted).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('their order does not matter, and the same seed gives the same verdict', () => {
    fc.assert(
      fc.property(all, all, fc.nat(), (some, others, seed) => {
        const [one, other] = [shuffle(some, createRng(seed)), shuffle(others, createRng(seed + 1))];
        expect(gate(one, other, seed)).toEqual(gate(some, others, seed));
      }),
      { numRuns: 40 },
    );
  });

  it('none that is worse on the frozen set promotes, however much better it is elsewhere', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 200 }), fc.integer({ min: 3, max: 100 }), fc.nat(), (own, worse, seed) => {
        const was = [...many('answers', own), ...frozen];
        const is = [
          ...many('answers', own, () => ({ reciprocalRank: 1, spanRecall: 1 })),
          ...many('frozen', 100, (i) => ({ reciprocalRank: i < worse ? 0 : 0.5, spanRecall: i < worse ? 0.3 : 0.5 })),
        ];
        expect(gate(was, is, seed).isPromoted).toBe(false);
      }),
      { numRuns: 40 },
    );
  });
});

describe('by luck alone', () => {
  const RANKS = [1, 1, 1, 1 / 2, 1 / 3, 1 / 4, 1 / 6, 0];
  const drawn = (rng: Rng): Pick<HeldResult, 'reciprocalRank' | 'spanRecall'> => ({
    reciprocalRank: RANKS[Math.floor(rng.next() * RANKS.length)]!,
    spanRecall: Math.floor(rng.next() * 4) / 3,
  });
  /** Some questions get another result from the same draw: the new policy is neither better nor worse. */
  function isPromotedByLuck(own: number, changed: number, seed: number): boolean {
    const rng = createRng(seed);
    const [was, is]: [HeldResult[], HeldResult[]] = [[], []];
    for (const [set, count, share] of [
      ['answers', own, changed],
      ['frozen', 150, 0.1],
    ] as const)
      for (let i = 0; i < count; i++) {
        const earlier = drawn(rng);
        was.push(result(set, i, earlier));
        is.push(result(set, i, rng.next() < share ? drawn(rng) : earlier));
      }
    return gate(was, is, seed).isPromoted;
  }

  it.each([
    [8, 0.4],
    [20, 0.3],
    [40, 0.5],
  ])(
    'fewer than one policy in ten passes with %i questions of which %f change',
    (own, changed) => {
      const runs = 200;
      const passed = Array.from({ length: runs }, (_, seed) => isPromotedByLuck(own, changed, seed + 1)).filter(
        Boolean,
      );
      expect(passed.length / runs).toBeLessThan(0.1);
      // The gate is no wall either.
      expect(passed.length).toBeGreaterThan(0);
    },
    60_000,
  );
});
