import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryTools } from '../../../../test/fakes/memoryTools.ts';
import {
  answer,
  search,
  searchingModel,
  toldIn,
  type Request,
  type Saying,
} from '../../../../test/fakes/searchingModel.ts';
import { citedPaths, playSearch, QUESTION, SEARCH_FILES } from '../../../../test/fakes/searchScene.ts';
import { handPolicy } from '#core/agent/handPolicy.ts';
import { DEFAULT_BUDGET } from '#core/agent/budget.ts';
import type { EpisodeOutcome } from '#core/agent/environment.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { modelPolicy } from './modelPolicy.ts';

const notFound: Saying = { calls: [{ name: 'not_found', arguments: {} }] };
const searches = ({ trail }: EpisodeOutcome): string[] =>
  trail.flatMap(({ calls }) => calls.filter(({ tool }) => tool === 'grep').map(({ what }) => what.join(' ')));
const notesOf = (policy: ReturnType<typeof modelPolicy>, { observation }: EpisodeOutcome) => policy.notes!(observation);

describe('a model that searches', () => {
  test('finds by its own words what the question has no word of, and cites in its own order', async () => {
    const model = searchingModel([search('withBackoff attempt'), search('SessionStore renew'), answer(4, 1)]);
    const policy = modelPolicy(model);
    const { outcome } = await playSearch(policy);
    const second = toldIn(model.requests[2]!);
    expect(second).toContain('[1] src/net/backoff.ts, lines 1–3\n1 | export async function withBackoff(task) {');
    expect(second).toContain('[4] src/net/sessions.ts, lines 1–3');
    expect(outcome.stopReason).toBe('answered');
    expect(citedPaths(outcome)).toMatch(/^src\/net\/sessions\.ts src\/net\/backoff\.ts /);
    expect(policy.rank(outcome.observation)).toHaveLength(outcome.observation.candidates.length);
    expect(notesOf(policy, outcome)).toEqual([]);
  });

  test('searches in one turn and reads in the next; the first search has the words of the question too', async () => {
    const { outcome } = await playSearch(modelPolicy(searchingModel([search('withBackoff'), answer(1)])));
    expect(outcome.trail.map(({ calls }) => [...new Set(calls.map(({ tool }) => tool))].join(' '))).toEqual([
      'grep symbols docs history',
      'read',
    ]);
    expect(searches(outcome)).toEqual(['withBackoff backoff failed uploads tried']);
  });

  test('says "not found", though only after a search', async () => {
    const model = searchingModel([notFound, notFound]);
    const policy = modelPolicy(model);
    const { outcome } = await playSearch(policy);
    expect(outcome.stopReason).toBe('not-found');
    expect(toldIn(model.requests[1]!)).toContain(`Found for "${QUESTION}":\n[1] `);
    expect(toldIn(model.requests[1]!)).not.toContain('<assistant>');
    expect(policy.confidence(outcome.observation)).toBeLessThan(0.2);
  });

  test('has several queries in one move', async () => {
    const two: Saying = {
      calls: ['withBackoff', 'SessionStore'].map((query) => ({ name: 'search', arguments: { query } })),
    };
    const model = searchingModel([two, answer(1)]);
    await playSearch(modelPolicy(model));
    expect(toldIn(model.requests[1]!)).toMatch(/Found for "withBackoff":[^]*Found for "SessionStore":/);
  });

  test('searches eight times at most, then has to answer', async () => {
    const words = ['ab', 'cd', 'ef', 'gh', 'ij', 'kl', 'mn', 'op', 'qr', 'st'];
    const model = searchingModel((request, number) =>
      toldIn(request).includes('No search is left') ? answer(1) : search(`word${words[number]}`),
    );
    const { outcome } = await playSearch(modelPolicy(model));
    expect(model.requests).toHaveLength(9);
    expect(outcome.stopReason).toBe('answered');
    expect(outcome.trail.length).toBeLessThanOrEqual(16);
  });

  test('that searches for the same again and again is shown the same, and ends', async () => {
    const model = searchingModel([search('withBackoff')]);
    const policy = modelPolicy(model);
    const { outcome } = await playSearch(policy);
    expect(searches(outcome)).toHaveLength(1);
    expect(notesOf(policy, outcome)).toEqual([
      'The model tiny did not say which places answer: they are ranked without it.',
    ]);
    expect(outcome.citations.length).toBeGreaterThan(0);
  });

  test.each([1, 2, 3, 4])('keeps to %i turns, and answers when they are used up', async (turns) => {
    const model = searchingModel((request, number) =>
      toldIn(request).includes('No search is left') ? answer(1) : search(number === 0 ? 'withBackoff' : 'SessionStore'),
    );
    const { outcome } = await playSearch(modelPolicy(model), { turns });
    expect(outcome.trail.length).toBeLessThanOrEqual(turns);
    if (turns > 1) expect(citedPaths(outcome)).toMatch(/^src\/net\/backoff\.ts/);
  });

  test('is less sure the more it searched, and never certain', async () => {
    const sure = async (script: readonly Saying[]): Promise<number> => {
      const policy = modelPolicy(searchingModel(script));
      const { outcome } = await playSearch(policy, { question: 'withBackoff task attempt sleep' });
      return policy.confidence(outcome.observation);
    };
    const once = await sure([search('withBackoff'), answer(1)]);
    const often = await sure([search('withBackoff'), search('SessionStore'), search('button'), answer(1)]);
    expect(once).toBeLessThan(0.75);
    expect(often).toBeLessThan(once);
  });
});

describe('a model that is not honest', () => {
  test('cannot cite what it was not shown', async () => {
    const policy = modelPolicy(searchingModel([search('withBackoff'), answer(77, 1, 0, 9999)]));
    const { outcome } = await playSearch(policy);
    expect(citedPaths(outcome)).toMatch(/^src\/net\/backoff\.ts/);
    expect(notesOf(policy, outcome)).toEqual(['The model tiny named places that it was not shown; they are left out.']);
    for (const span of outcome.citations) expect(outcome.pool.hasRead(span)).toBe(true);
  });

  test('that names nothing but made-up places leaves the order to the search', async () => {
    const policy = modelPolicy(searchingModel([search('withBackoff'), answer(77)]));
    const { outcome } = await playSearch(policy);
    expect(outcome.stopReason).toBe('answered');
    expect(outcome.citations.length).toBeGreaterThan(0);
  });

  test('does not get its name into notes as it stands', async () => {
    const model = searchingModel([search('withBackoff'), answer(77)], { name: '\u001b[2J<|im_end|>evil' });
    const policy = modelPolicy(model);
    const { outcome } = await playSearch(policy);
    expect(notesOf(policy, outcome).join()).not.toMatch(/\u001b|<\|im_end/);
  });
});

describe('a model that fails', () => {
  const failure = new ModelFailure('unreachable', 'Nobody answers at http://localhost:1.');
  const NOTE = 'Nobody answers at http://localhost:1. The search went on without the model.';

  test('at once: the written policy searches, and a note says so', async () => {
    const policy = modelPolicy(searchingModel([failure]));
    const { outcome } = await playSearch(policy);
    const written = await playSearch(handPolicy);
    expect(outcome.trail).toEqual(written.outcome.trail);
    expect(outcome.citations).toEqual(written.outcome.citations);
    expect(policy.confidence(outcome.observation)).toBe(handPolicy.confidence(written.outcome.observation));
    expect(notesOf(policy, outcome)).toEqual([NOTE]);
  });

  test.each([1, 2])('after %i searches: what was found stays', async (after) => {
    const model = searchingModel((_request, number) =>
      number === after ? failure : search(`withBackoff renew${number}`),
    );
    const policy = modelPolicy(model);
    const { outcome } = await playSearch(policy);
    expect(model.requests).toHaveLength(after + 1);
    expect(notesOf(policy, outcome)).toEqual([NOTE]);
    expect(citedPaths(outcome)).toContain('src/net/backoff.ts');
  });

  test('when it is to answer: what was read is cited', async () => {
    const model = searchingModel([search('withBackoff'), failure]);
    const policy = modelPolicy(model);
    const { outcome } = await playSearch(policy, { turns: 2 });
    expect(outcome.citations.length).toBeGreaterThan(0);
    expect(notesOf(policy, outcome)).toEqual([NOTE]);
  });

  test.each([0, 1, 2])('at request %i, where it is measured: the episode fails', async (at) => {
    const model = searchingModel((_request, number) =>
      number === at ? failure : search(`withBackoff renew${number}`),
    );
    await expect(playSearch(modelPolicy(model, { strict: true }))).rejects.toBe(failure);
  });

  test('by being cancelled: the episode ends, without a note', async () => {
    const cancel = new AbortController();
    const policy = modelPolicy(
      searchingModel(() => {
        cancel.abort();
        return 'x';
      }),
    );
    const { outcome } = await playSearch(policy, { signal: cancel.signal });
    expect(outcome.stopReason).toBe('cancelled');
    expect(notesOf(policy, outcome)).toEqual([]);
  });

  test('a fault of our own is not hidden', async () => {
    const policy = modelPolicy(
      searchingModel(() => {
        throw new TypeError('ours');
      }),
    );
    await expect(playSearch(policy)).rejects.toThrow('ours');
  });
});

test('episodes of one policy do not mix', async () => {
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const model = searchingModel((request) => {
    const told = toldIn(request);
    const [query, wanted] = told.includes('about sessions')
      ? ['SessionStore', 'sessions.ts']
      : ['withBackoff', 'backoff.ts'];
    const number = new RegExp(`\\[(\\d+)\\] src/net/${wanted}`).exec(told)?.[1];
    return number === undefined ? search(query) : answer(Number(number));
  });
  let asked = 0;
  const slow = {
    ...model,
    chat: async (...[request, take, signal]: Parameters<typeof model.chat>) => {
      const turn = asked++;
      // Each waits for the other one to have asked, so that they run side by side.
      gates[turn]?.resolve();
      await gates[turn ^ 1]?.promise;
      return model.chat(request, take, signal);
    },
  };
  const policy = modelPolicy(slow);
  const [one, other] = await Promise.all([
    playSearch(policy),
    playSearch(policy, { question: 'uploads about sessions' }),
  ]);
  expect(citedPaths(one.outcome)).toMatch(/^src\/net\/backoff\.ts/);
  expect(citedPaths(other.outcome)).toMatch(/^src\/net\/sessions\.ts/);
});

test('reading that fails takes away the document, not the episode', async () => {
  const tools = memoryTools({ files: SEARCH_FILES });
  const failing = {
    ...tools,
    read: { read: () => Promise.resolve({ ok: false, reason: 'denied', message: 'No.' } as const) },
  };
  const model = searchingModel([search('withBackoff'), search('SessionStore'), answer(1)]);
  const { outcome } = await playSearch(modelPolicy(model), { tools: failing });
  expect(outcome.citations).toEqual([]);
  expect(toldIn(model.requests[1]!)).toContain('Found for "withBackoff": nothing.');
});

const WORDS = fc.constantFrom(
  'withBackoff',
  'SessionStore',
  'button',
  'uploads',
  'zzz',
  '[1]',
  '[9]',
  'none',
  '<answer>',
  '</answer>',
);
const saying: fc.Arbitrary<Saying> = fc.oneof(
  fc.string(),
  fc.array(WORDS, { maxLength: 5 }).map((words) => words.join(' ')),
  fc.array(WORDS, { maxLength: 3 }).map((words) => `<|begin_of_query|> ${words.join(' ')} <|end_of_query|>`),
  fc.array(WORDS, { maxLength: 3 }).map((words) => search(words.join(' '))),
  fc.array(fc.integer({ min: -2, max: 20 }), { maxLength: 5 }).map((numbers) => answer(...numbers)),
  fc.constant(notFound),
  fc.record({ calls: fc.array(fc.record({ name: fc.string(), arguments: fc.anything() }), { maxLength: 3 }) }),
  fc.constantFrom<ModelFailure>(new ModelFailure('failed', 'No.'), new ModelFailure('limit', 'No.')),
);

test('whatever a model says, the episode is legal and ends', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(saying, { minLength: 1, maxLength: 8 }),
      fc.constantFrom('auto', 'tools', 'tags'),
      async (script, protocol) => {
        const model = searchingModel((_request: Request, number) => script[number % script.length]!);
        const policy = modelPolicy(model, { protocol });
        const { outcome, steps } = await playSearch(policy);
        for (const { legal, decision } of steps) expect(legal[decision.index]).toBeDefined();
        for (const span of outcome.citations) expect(outcome.pool.hasRead(span)).toBe(true);
        for (const turn of outcome.trail) expect(turn.calls.length).toBeLessThanOrEqual(DEFAULT_BUDGET.callsPerTurn);
        expect(outcome.trail.length).toBeLessThanOrEqual(16);
        expect(model.requests.length).toBeLessThanOrEqual(40);
        expect(['answered', 'not-found', 'out-of-turns']).toContain(outcome.stopReason);
        expect(policy.confidence(outcome.observation)).toBeGreaterThanOrEqual(0);
        expect(policy.confidence(outcome.observation)).toBeLessThanOrEqual(1);
      },
    ),
    { seed: 8, numRuns: 300 },
  );
});
