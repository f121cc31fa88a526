import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryTools, type MemoryTools } from '../../../test/fakes/memoryTools.ts';
import type { Action } from '#core/agent/action.ts';
import { DEFAULT_BUDGET } from '#core/agent/budget.ts';
import { FEATURES } from '#core/agent/candidates.ts';
import { cachedTools } from '#core/agent/cachedTools.ts';
import { SearchEnvironment, type EpisodeOutcome } from '#core/agent/environment.ts';
import type { EpisodeEvent } from '#core/agent/event.ts';
import { handPolicy } from '#core/agent/handPolicy.ts';
import { joinNamed } from '#core/agent/namedPlaces.ts';
import type { Observation, SearchPolicy } from '#core/agent/observation.ts';
import type { Definition, Tools } from '#core/agent/tools.ts';
import { uniformPolicy } from '#core/agent/uniformPolicy.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import type { Trajectory } from '#core/rl/types.ts';
import type { NamedPlace } from '#core/search/fileMentions.ts';
import { parseQuestion } from '#core/search/question.ts';
import type { Span } from '#core/search/span.ts';

const UPLOAD = [
  'export async function withBackoff(task) {',
  '  for (let attempt = 0; attempt < MAX_RETRIES; attempt++) {',
  '    // wait longer after each failed upload',
  '  }',
  '}',
].join('\n');
const QUEUE = [
  'import { withBackoff } from "./retry";',
  'export class UploadQueue {',
  '  send(file) {',
  '    return withBackoff(() => this.upload(file));',
  '  }',
  '}',
].join('\n');
const FILES = {
  'src/net/retry.ts': UPLOAD,
  'src/net/queue.ts': QUEUE,
  'src/ui/button.ts': 'export const button = () => "press";',
  'test/retry.test.ts':
    'import { withBackoff } from "../src/net/retry";\ntest("retries failed uploads", () => withBackoff(fail));',
};

const workspace = (): MemoryTools => memoryTools({ files: FILES });

function play(
  policy: SearchPolicy,
  question: string,
  options: {
    tools?: Tools;
    seed?: number;
    turns?: number;
    emit?: (event: EpisodeEvent) => void;
    signal?: AbortSignal;
    named?: readonly NamedPlace[];
  } = {},
): Promise<Trajectory<Observation, Action, EpisodeOutcome>> {
  const environment = new SearchEnvironment({
    question: parseQuestion(question),
    tools: options.tools ?? workspace(),
    clock: { nowMs: () => 0 },
    budget: { ...DEFAULT_BUDGET, turns: options.turns ?? DEFAULT_BUDGET.turns },
    signal: options.signal ?? new AbortController().signal,
    named: options.named,
    ...(options.emit && { emit: options.emit }),
  });
  return rollout(environment, policy, createRng(options.seed ?? 1));
}

describe('what the question names', () => {
  const button = { path: 'src/ui/button.ts', isTopic: true };
  const cited = async (question: string, ...named: NamedPlace[]): Promise<string[]> => {
    const { outcome } = await play(handPolicy, question, { named });
    return outcome.citations.map(({ path, start, end }) => `${path}:${start}-${end}`);
  };

  test('is read in the first turn, and cited first', async () => {
    const { outcome, steps } = await play(handPolicy, 'how do we retry failed uploads?', { named: [button] });
    const { calls } = outcome.trail[0]!;
    expect(calls.filter(({ tool }) => tool === 'read').map(({ read }) => read?.path)).toEqual(['src/ui/button.ts']);
    expect(outcome.citations.slice(0, 2).map(({ path }) => path)).toEqual(['src/ui/button.ts', 'src/net/retry.ts']);
    const chosen = steps.map(({ legal, decision }) => legal[decision.index]!);
    expect(
      chosen
        .slice(
          0,
          chosen.findIndex(({ kind }) => kind === 'run'),
        )
        .map(({ kind }) => kind),
    ).not.toContain('read');
  });

  test('is cited last where it is only mentioned, and not twice', async () => {
    const places = await cited('where do we retry failed uploads?', { ...button, isTopic: false });
    expect(places[0]).toBe('src/net/retry.ts:1-5');
    expect(places.at(-1)).toBe('src/ui/button.ts:1-1');
    const twice = await cited('where do we retry failed uploads?', { path: 'src/net/retry.ts', isTopic: false });
    expect(twice.filter((place) => place.startsWith('src/net/retry.ts'))).toEqual(['src/net/retry.ts:1-5']);
  });

  test('is cited by the widest definition around its line that fits, else by the lines around it', async () => {
    const lines = Array.from({ length: 300 }, (_, i) => `line ${i + 1}`).join('\n');
    const at = (start: number, end: number): Definition => ({
      ...{ name: `at${start}`, kind: 'function', line: start, signature: '', inside: [] },
      span: { path: 'long.ts', start, end },
    });
    const definitions = [at(1, 300), at(180, 210), at(195, 202)];
    const first = async (tools: Tools, line: number): Promise<Span | undefined> =>
      (await play(handPolicy, 'what about zebras', { tools, named: [{ path: 'long.ts', line, isTopic: true }] }))
        .outcome.citations[0];
    const tools = memoryTools({ files: { 'long.ts': lines }, definitions });
    expect(await first(tools, 200)).toEqual({ path: 'long.ts', start: 180, end: 210 });
    expect(await first(tools, 250)).toEqual({ path: 'long.ts', start: 240, end: 279 });
    expect(await first(tools, 299)).toEqual({ path: 'long.ts', start: 289, end: 300 });
  });

  test('is an answer where nothing else is, and none where it cannot be read', async () => {
    const question = 'zebra quagga okapi';
    expect(await play(handPolicy, question, { named: [button] })).toMatchObject({
      outcome: { stopReason: 'answered', citations: [{ path: 'src/ui/button.ts' }] },
    });
    expect(
      await play(handPolicy, question, { named: [{ path: 'src/absent.ts', line: 3, isTopic: true }] }),
    ).toMatchObject({
      outcome: { stopReason: 'not-found', citations: [] },
    });
    expect(await cited(question, { ...button, line: 99 })).toEqual(['src/ui/button.ts:1-1']);
  });

  test('takes no more places than may be cited', async () => {
    const named = ['src/net/queue.ts', 'test/retry.test.ts'].map((path) => ({ path, isTopic: true }));
    expect(await cited('how do we retry failed uploads?', button, ...named)).toHaveLength(4);
    const [a, b, c] = ['a', 'b', 'c'].map((path) => ({ path, start: 1, end: 9 })) as [Span, Span, Span];
    expect(joinNamed([a, b], { topics: [c], others: [] }, 2)).toEqual([c, a]);
    expect(joinNamed([a, b], { topics: [], others: [c] }, 2)).toEqual([a, c]);
    expect(joinNamed([a, b], { topics: [c], others: [{ ...b, start: 2 }] }, 3)).toEqual([c, a, b]);
    expect(joinNamed([a], { topics: [b], others: [c] }, 1)).toEqual([b]);
  });
});

describe('an episode', () => {
  test('finds the place and cites it first', async () => {
    const { outcome } = await play(handPolicy, 'where do we retry failed uploads?');
    expect(outcome.citations[0]).toEqual({ path: 'src/net/retry.ts', start: 1, end: 5 });
    expect(outcome.stopReason).toBe('answered');
  });

  test('follows a name seen on the way in a second turn', async () => {
    const { steps } = await play(handPolicy, 'retries failed uploads');
    const followed = steps.flatMap(({ legal, decision, observation }) => {
      const action = legal[decision.index]!;
      return observation.turn === 2 && action.kind === 'grep' ? [action.term.text] : [];
    });
    expect(followed).toContain('withBackoff');
  });

  test('a place that defines a name seen on the way gains by it', async () => {
    const files = { ...FILES, 'src/net/retry.ts': 'export function withBackoff(task) {\n  return task();\n}' };
    const { outcome } = await play(handPolicy, 'failed uploads are retried', { tools: memoryTools({ files }) });
    const hop = FEATURES.indexOf('hop');
    const place = outcome.observation.candidates.find(({ span }) => span.path === 'src/net/retry.ts');
    expect(place?.features[hop]).toBeGreaterThan(0);
  });

  test('says not found when nothing fits', async () => {
    const { outcome } = await play(handPolicy, 'kubernetes ingress certificates');
    expect(outcome.stopReason).toBe('not-found');
  });

  test('every episode stays inside its budget, acts legally and cites only what it read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer({ min: 1, max: 4 }), async (seed, turns) => {
        const { outcome, steps } = await play(uniformPolicy, 'where do we retry failed uploads with UploadQueue?', {
          seed,
          turns,
        });
        expect(outcome.trail.length).toBeLessThanOrEqual(turns);
        for (const turn of outcome.trail) expect(turn.calls.length).toBeLessThanOrEqual(DEFAULT_BUDGET.callsPerTurn);
        expect(outcome.citations.length).toBeLessThanOrEqual(DEFAULT_BUDGET.citations);
        for (const span of outcome.citations) expect(outcome.pool.hasRead(span)).toBe(true);
        for (const step of steps) {
          expect(step.legal[step.decision.index]).toBeDefined();
          expect(step.mask).toBe(step.legal.length === 1 ? 0 : 1);
        }
      }),
      { seed: 42, numRuns: 150 },
    );
  });

  test('is the same again for the same seed', async () => {
    const run = async (): Promise<unknown> => {
      const { outcome, steps } = await play(uniformPolicy, 'retry failed uploads', { seed: 7 });
      return { citations: outcome.citations, trail: outcome.trail, decisions: steps.map((step) => step.decision) };
    };
    expect(await run()).toEqual(await run());
  });

  test('never offers the same action twice in one step', async () => {
    const { steps } = await play(handPolicy, 'retry failed uploads withBackoff');
    for (const { legal } of steps) {
      const keys = legal.map((action) => JSON.stringify(action));
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  test('tells what it does while it does it', async () => {
    const events: EpisodeEvent[] = [];
    await play(handPolicy, 'retry failed uploads', { emit: (event) => events.push(event) });
    expect(events[0]).toMatchObject({ type: 'turn-started', turn: 1 });
    expect(events.at(-1)).toMatchObject({ type: 'stopped', reason: 'answered' });
    const started = events.flatMap((event) => (event.type === 'turn-started' ? event.calls : []));
    expect(events.filter((event) => event.type === 'call-ended')).toHaveLength(started.length);
  });

  test('ends at once when it is cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    const { outcome } = await play(handPolicy, 'retry', { signal: controller.signal });
    expect(outcome.stopReason).toBe('cancelled');
    expect(outcome.trail).toEqual([]);
  });

  test('of a note that only counts on, the last one holds', async () => {
    const tools = workspace();
    const note = (count: number): { partial: string } => ({
      partial: `The history is still being read: ${count} commits so far.`,
    });
    const counting: Tools = {
      ...tools,
      history: {
        search: async (...asked) => ({ ...(await tools.history.search(...asked)), ...note(128) }),
        coChanges: async (...asked) => ({ ...(await tools.history.coChanges(...asked)), ...note(384) }),
      },
    };
    const { outcome } = await play(handPolicy, 'retry failed uploads', { tools: counting });
    expect(outcome.notes).toEqual(['The history is still being read: 384 commits so far.']);
  });

  test('with one turn names the files that fit, and cites nothing, as nothing could be read', async () => {
    const { outcome } = await play(handPolicy, 'retry failed uploads', { turns: 1 });
    expect(outcome).toMatchObject({ stopReason: 'out-of-turns', citations: [] });
    expect(outcome.observation.candidates[0]?.span.path).toBe('src/net/retry.ts');
  });

  test('goes on with the other tools when one fails', async () => {
    const tools = workspace();
    const broken: Tools = {
      ...tools,
      history: {
        ...tools.history,
        search: () => Promise.resolve({ ok: false, reason: 'failed', message: 'The git repository is broken.' }),
      },
    };
    const { outcome } = await play(handPolicy, 'retry failed uploads', { tools: broken });
    expect(outcome.citations.length).toBeGreaterThan(0);
    expect(outcome.notes).toContain('The git repository is broken.');
  });
});

describe('remembered tools', () => {
  test('search once for each distinct call over many episodes', async () => {
    const tools = workspace();
    const remembered = cachedTools(tools);
    await play(handPolicy, 'retry failed uploads', { tools: remembered });
    const before = { ...tools.calls };
    for (let seed = 0; seed < 20; seed++) await play(handPolicy, 'retry failed uploads', { tools: remembered, seed });
    expect(tools.calls).toEqual(before);
  });

  test('give the same episodes as the tools themselves', async () => {
    const remembered = cachedTools(workspace());
    for (let seed = 0; seed < 30; seed++) {
      const [fresh, cached] = [
        await play(uniformPolicy, 'retry failed uploads', { seed }),
        await play(uniformPolicy, 'retry failed uploads', { seed, tools: remembered }),
      ];
      expect(cached.outcome.citations).toEqual(fresh.outcome.citations);
      expect(cached.outcome.trail).toEqual(fresh.outcome.trail);
    }
  });
});
