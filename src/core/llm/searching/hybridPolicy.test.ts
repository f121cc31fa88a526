import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answer, search, searchingModel, toldIn, type Saying } from '../../../../test/fakes/searchingModel.ts';
import { citedPaths, playSearch, QUESTION } from '../../../../test/fakes/searchScene.ts';
import { handPolicy } from '#core/agent/handPolicy.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { hybridPolicy } from './hybridPolicy.ts';

const notFound: Saying = { calls: [{ name: 'not_found', arguments: {} }] };
/** Any policy may stand beside the model; the written one needs no network. */
const beside = (model: ReturnType<typeof searchingModel>) => hybridPolicy(model, handPolicy);

describe('a model beside a policy', () => {
  test('adds queries when the search begins, and says at its end which places answer', async () => {
    const model = searchingModel((request) => {
      const number = /\[(\d+)\] src\/net\/backoff\.ts/.exec(toldIn(request))?.[1];
      return number === undefined ? search('withBackoff') : answer(Number(number));
    });
    const policy = beside(model);
    const { outcome, steps } = await playSearch(policy);
    const alone = await playSearch(handPolicy);
    expect(citedPaths(alone.outcome)).not.toContain('src/net/backoff.ts');
    expect(citedPaths(outcome)).toMatch(/^src\/net\/backoff\.ts ./);
    expect(model.requests).toHaveLength(2);
    expect(toldIn(model.requests[1]!)).toContain('No search is left');
    expect(policy.rank(outcome.observation)[0]).toBeDefined();
    expect(steps.some(({ legal, decision }) => legal[decision.index]!.kind === 'co-change')).toBe(true);
    expect(policy.notes!(outcome.observation)).toEqual([]);
  });

  test('that names no place leaves the order to the policy', async () => {
    const policy = beside(searchingModel([search('uploads'), answer(99)]));
    const { outcome } = await playSearch(policy);
    const alone = await playSearch(handPolicy);
    expect(outcome.citations).toEqual(alone.outcome.citations);
    expect(policy.notes!(outcome.observation)).toEqual([
      'The model tiny named places that it was not shown; they are left out.',
    ]);
  });

  test('says "not found" against the policy', async () => {
    const { outcome } = await playSearch(beside(searchingModel([search('uploads'), notFound])));
    expect(outcome.stopReason).toBe('not-found');
  });

  test('that answers before anything was found is not heard', async () => {
    const model = searchingModel([answer(1), answer(1)]);
    const { outcome } = await playSearch(beside(model));
    expect(outcome.stopReason).toBe('answered');
    expect(toldIn(model.requests[1]!)).toContain(`Found for "${QUESTION}":`);
    expect(toldIn(model.requests[1]!)).not.toContain('<assistant>');
  });

  test.each([0, 1])('that fails at request %i leaves all to the policy, with a note', async (at) => {
    const failure = new ModelFailure('unreachable', 'Nobody answers.');
    const policy = beside(searchingModel((_request, number) => (number === at ? failure : search('uploads'))));
    const { outcome } = await playSearch(policy);
    const alone = await playSearch(handPolicy);
    expect(outcome.citations).toEqual(alone.outcome.citations);
    expect(policy.confidence(outcome.observation)).toBe(handPolicy.confidence(alone.outcome.observation));
    expect(policy.notes!(outcome.observation)).toEqual(['Nobody answers. The search went on without the model.']);
  });
});

test('whatever the model says, what is cited was read, and it is asked six times at most', async () => {
  const saying = fc.oneof(
    fc.string(),
    fc.string().map(search),
    fc.array(fc.nat(20), { maxLength: 4 }).map((numbers) => answer(...numbers)),
    fc.constant(notFound),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(saying, { minLength: 1, maxLength: 6 }), async (script) => {
      const model = searchingModel((_request, number) => script[number % script.length]!);
      const { outcome } = await playSearch(beside(model));
      for (const span of outcome.citations) expect(outcome.pool.hasRead(span)).toBe(true);
      expect(outcome.trail.length).toBeLessThanOrEqual(4);
      expect(model.requests.length).toBeLessThanOrEqual(6);
    }),
    { seed: 8, numRuns: 150 },
  );
});
