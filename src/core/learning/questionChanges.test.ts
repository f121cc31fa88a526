import { expect, it } from 'vitest';
import { questionChanges, type AnsweredQuestion } from '#core/learning/questionChanges.ts';

const answered = (id: number, reciprocalRank: number, set: 'answers' | 'frozen' = 'answers'): AnsweredQuestion => ({
  question: `question ${id}`,
  result: { id: `${id}`, set, reciprocalRank, calls: 1, policyMs: 1, notFound: false },
  shown: { notFound: false, rank: 1 / reciprocalRank, places: [] },
});

it('has the better ones and the worse ones, the most changed first, and nothing that is alike', () => {
  const before = [0.5, 0.5, 0.5, 1, 0.2, 0.5].map((rank, id) => answered(id, rank));
  const after = [1, 0.5, 0.25, 0.2, 1, 0.2].map((rank, id) => answered(id, rank));
  const changes = questionChanges(before, after);
  expect(changes.map(({ id, change }) => [id, Number(change.toFixed(2))])).toEqual([
    ['4', 0.8],
    ['0', 0.5],
    ['3', -0.8],
    ['5', -0.3],
    ['2', -0.25],
  ]);
  expect(changes[0]).toMatchObject({ question: 'question 4', before: { rank: 5 }, after: { rank: 1 } });
});

it('pairs questions by id and set, and leaves out what only one policy has answered', () => {
  const before = [answered(1, 0.5), answered(2, 0.5), answered(3, 0.5, 'frozen')];
  const after = [answered(1, 1), answered(3, 1), answered(4, 1)];
  expect(questionChanges(before, after).map(({ id }) => id)).toEqual(['1']);
});

it('shows twenty of each at most, and takes ties in the order of their ids', () => {
  const ids = Array.from({ length: 60 }, (_, id) => id);
  const before = ids.map((id) => answered(id, 0.5));
  const after = ids.map((id) => answered(id, id % 2 ? 1 : 0.25));
  const changes = questionChanges(before, after);
  expect(changes.filter(({ change }) => change > 0)).toHaveLength(20);
  expect(changes.filter(({ change }) => change < 0)).toHaveLength(20);
  expect(questionChanges(before.toReversed(), after.toReversed())).toEqual(changes);
});
