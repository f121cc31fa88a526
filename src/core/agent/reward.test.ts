import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BETA,
  exactMatch,
  NO_ANSWER,
  rankedScore,
  setScore,
  stageOneReward,
  stageTwoReward,
  withCallCost,
  type Gold,
  type PaidEpisode,
} from '#core/agent/reward.ts';
import type { StopReason } from '#core/agent/event.ts';
import type { Span } from '#core/search/span.ts';

const at = (path: string, start = 1, end = start + 9): Span => ({ path, start, end });
const GOLD: Gold = { goldFiles: ['a.ts', 'b.ts'], goldSpans: [at('a.ts', 5, 6), at('b.ts', 100, 110)] };
const NOWHERE: Gold = { goldFiles: [], goldSpans: [] };

const episode = (
  stopReason: StopReason,
  citations: readonly Span[] = [],
  calls = 0,
  read: readonly Span[] = citations,
): PaidEpisode => ({
  stopReason,
  citations,
  trail: [{ calls: Array.from({ length: calls }) }],
  pool: { readRanges: (path) => read.filter((span) => span.path === path) },
});

/** Disjoint places in four files, some of them in the gold. */
const places = fc.uniqueArray(fc.tuple(fc.constantFrom('a.ts', 'b.ts', 'c.ts', 'd.ts'), fc.nat(4)), {
  selector: ([path, block]) => `${path}${block}`,
  maxLength: 10,
});
const citations = places.map((all) => all.map(([path, block]) => at(path, block * 40 + 1, block * 40 + 40)));
const golds = fc
  .tuple(places, fc.subarray(['a.ts', 'b.ts', 'c.ts'], { minLength: 1 }))
  .map(([all, goldFiles]): Gold => ({
    goldFiles,
    goldSpans: all.filter(([path]) => goldFiles.includes(path)).map(([path, block]) => at(path, block * 40 + 7)),
  }));

describe('the score of an answer', () => {
  test.each([
    ['all of it', [at('a.ts'), at('b.ts', 105)], 1, 1],
    ['nothing cited', [], 0, 0],
    ['only wrong files', [at('c.ts'), at('d.ts')], 0, 0],
    // Files: P 1, R ½; spans the same: 1.25 · ½ / (¼ + ½).
    ['one of two', [at('a.ts')], 0.8333, 0.8333],
    // The right file, the wrong lines: spans earn nothing.
    ['lines beside it', [at('a.ts', 50)], 0.4167, 0.4167],
    // Files: P ½, or 1/(1 + 1/log₂3) = .6131 by rank; R ½.
    ['a wrong one behind it', [at('a.ts'), at('c.ts')], 0.5, 0.5866],
    ['a wrong one before it', [at('c.ts'), at('a.ts')], 0.5, 0.4052],
  ])('%s', (_name, cited, set, ranked) => {
    expect(setScore(BETA)(cited, GOLD)).toBeCloseTo(set, 4);
    expect(rankedScore(BETA)(cited, GOLD)).toBeCloseTo(ranked, 4);
  });

  test('goes by files alone where no lines are known', () => {
    expect(setScore(BETA)([at('a.ts')], { goldFiles: ['a.ts'], goldSpans: [] })).toBe(1);
  });

  test('counts the first 40 lines of a citation', () => {
    const gold = { goldFiles: ['a.ts'], goldSpans: [at('a.ts', 41, 41)] };
    expect(setScore(BETA)([at('a.ts', 1, 500)], gold)).toBe(0.5);
    expect(setScore(BETA)([at('a.ts', 2, 500)], gold)).toBe(1);
  });

  test('weighs recall as beta says', () => {
    const one = [at('a.ts')];
    expect(setScore(2)(one, GOLD)).toBeLessThan(setScore(BETA)(one, GOLD));
  });

  test('is exact only for all files and spans and no other file', () => {
    expect(exactMatch([at('b.ts', 100), at('a.ts')], GOLD)).toBe(1);
    expect(exactMatch([at('a.ts'), at('b.ts', 100), at('c.ts')], GOLD)).toBe(0);
    expect(exactMatch([at('a.ts'), at('b.ts', 1)], GOLD)).toBe(0);
  });

  test('lies in [0, 1], and 1 by rank means that every place is right', () => {
    fc.assert(
      fc.property(citations, golds, fc.double({ min: 0.1, max: 4, noNaN: true }), (cited, gold, beta) => {
        for (const score of [setScore(beta), rankedScore(beta), exactMatch]) {
          const value = score(cited, gold);
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1 + 1e-12);
        }
        if (rankedScore(beta)(cited, gold) > 1 - 1e-9) expect(setScore(beta)(cited, gold)).toBeCloseTo(1, 6);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test('never falls by a right place put first', () => {
    fc.assert(
      fc.property(citations, golds, (cited, gold) => {
        const [first] = gold.goldSpans;
        fc.pre(first !== undefined);
        const right = at(first!.path, first!.start - 6, first!.start + 33);
        const others = cited.filter(({ path, start }) => path !== right.path || start !== right.start);
        for (const score of [setScore(BETA), rankedScore(BETA)])
          expect(score([right, ...others], gold)).toBeGreaterThanOrEqual(score(others, gold) - 1e-12);
        const wrong = at('none.ts');
        for (const score of [setScore(BETA), rankedScore(BETA)])
          expect(score([right, ...others], gold)).toBeGreaterThan(score([wrong, ...others], gold) - 1e-12);
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  test('takes what nobody has judged for neither right nor wrong, and is not better for citing less', () => {
    const partial = { ...GOLD, knownWrong: [at('c.ts')] };
    const score = (...cited: Span[]): number => rankedScore(BETA)(cited, partial);
    expect(score(at('a.ts'), at('d.ts'))).toBeGreaterThan(score(at('a.ts'), at('c.ts')));
    expect(score(at('a.ts'), at('d.ts'))).toBe(score(at('a.ts')));
    expect(score(at('a.ts'), at('b.ts', 105))).toBeGreaterThan(score(at('a.ts'), at('d.ts')));
    expect(score(at('d.ts'), at('a.ts'))).toBeLessThan(score(at('a.ts'), at('d.ts')));
    // To guess is worth nothing where nothing right is found.
    expect(score(at('d.ts'))).toBe(0);
    const unknown = (count: number): Span[] => Array.from({ length: count }, (_, i) => at(`unknown${i}.ts`));
    fc.assert(
      fc.property(citations, golds, fc.nat(9), (cited, gold, count) => {
        const all = { ...gold, knownWrong: cited.filter(({ path }) => !gold.goldFiles.includes(path)) };
        for (const any of [setScore(BETA), rankedScore(BETA)]) {
          expect(any(cited, { ...gold, knownWrong: [] })).toBeGreaterThanOrEqual(any(cited, all));
          const more = [...cited, ...unknown(Math.min(count, 10 - cited.length))];
          expect(any(more, all)).toBeCloseTo(any(cited, all), 12);
        }
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  test('heeds the order only by rank', () => {
    fc.assert(
      fc.property(citations, golds, (cited, gold) => {
        expect(setScore(BETA)([...cited].reverse(), gold)).toBeCloseTo(setScore(BETA)(cited, gold), 12);
      }),
      { seed: 3 },
    );
    const [right, wrong] = [at('a.ts'), at('c.ts')];
    expect(rankedScore(BETA)([right, wrong], GOLD)).toBeGreaterThan(rankedScore(BETA)([wrong, right], GOLD));
  });
});

describe('the reward', () => {
  const right = [at('a.ts'), at('b.ts', 105)];

  test('of stage 1 is half for what was read of the gold and half for an answer', () => {
    expect(stageOneReward(episode('answered', right), GOLD)).toBe(1);
    expect(stageOneReward(episode('answered', [at('c.ts')], 1, right), GOLD)).toBe(1);
    expect(stageOneReward(episode('answered', [at('a.ts')]), GOLD)).toBe(0.75);
    expect(stageOneReward(episode('not-found', [], 1, [at('a.ts', 40)]), GOLD)).toBe(0.5);
    expect(stageOneReward(episode('out-of-turns', [], 1, right), GOLD)).toBe(0.5);
    expect(stageOneReward(episode('cancelled'), GOLD)).toBe(0);
    expect(stageOneReward(episode('answered', [at('a.ts')], 1), { goldFiles: ['a.ts'], goldSpans: [] })).toBe(1);
  });

  test.each<[string, PaidEpisode, Gold, number]>([
    ['a right answer', episode('answered', right), GOLD, 1],
    ['a right answer at the last turn', episode('out-of-turns', right), GOLD, 1],
    ['a wrong answer', episode('answered', [at('c.ts')]), GOLD, 0],
    ['no answer', episode('out-of-turns'), GOLD, NO_ANSWER],
    ['an end from outside', episode('cancelled', right), GOLD, NO_ANSWER],
    ['"not found" where it is', episode('not-found', right), GOLD, 0],
    ['"not found" where it is not', episode('not-found', [at('c.ts')], 30), NOWHERE, 1],
    ['an answer where there is none', episode('answered', right), NOWHERE, 0],
    ['a right answer after ten calls', episode('answered', right, 10), GOLD, 0.95],
    ['a wrong answer after ten calls', episode('answered', [at('c.ts')], 10), GOLD, 0],
  ])('of stage 2: %s', (_name, paid, gold, reward) => {
    expect(stageTwoReward(paid, gold)).toBeCloseTo(reward, 12);
  });

  test('takes another score and another cost', () => {
    const cited = [...right, at('c.ts')];
    expect(stageTwoReward(episode('answered', cited), GOLD, { score: exactMatch })).toBe(0);
    expect(stageTwoReward(episode('answered', right, 10), GOLD, { callCost: 0.01 })).toBeCloseTo(0.9, 12);
    expect(withCallCost(0.4, 1_000, 0.01)).toBe(0.2);
  });
});
