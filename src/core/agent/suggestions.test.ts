import { describe, expect, test } from 'vitest';
import { memoryTools } from '../../../test/fakes/memoryTools.ts';
import { DEFAULT_BUDGET } from '#core/agent/budget.ts';
import { SearchEnvironment, type EpisodeOutcome } from '#core/agent/environment.ts';
import { handPolicy } from '#core/agent/handPolicy.ts';
import type { Action } from '#core/agent/action.ts';
import type { Without } from '#core/agent/legalActions.ts';
import type { Observation, Suggest } from '#core/agent/observation.ts';
import type { Commit } from '#core/agent/tools.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import type { Trajectory } from '#core/rl/types.ts';
import { parseQuestion } from '#core/search/question.ts';

const FILES = {
  'src/login.ts': 'export function authenticate(user) {\n  return sessions.open(user);\n}',
  'src/session.ts': 'export class SessionStore {\n  open(user) {}\n}',
  'src/button.ts': 'export const button = "press";',
};
const commit = (id: string, subject: string, file: string): Commit => ({
  id,
  subject,
  timeS: 1e9,
  files: [file],
  fileCount: 1,
});
const COMMITS = [
  commit('aa', 'Sign people in again', 'src/login.ts'),
  commit('bb', 'Open sessions late', 'src/session.ts'),
];

function play(
  suggest: Suggest | undefined,
  without: readonly Without[] = [],
): Promise<Trajectory<Observation, Action, EpisodeOutcome>> {
  const environment = new SearchEnvironment({
    question: parseQuestion('how do people sign in?'),
    tools: memoryTools({ files: FILES, commits: COMMITS }),
    clock: { nowMs: () => 0 },
    budget: DEFAULT_BUDGET,
    signal: new AbortController().signal,
    without,
    suggest,
  });
  return rollout(environment, handPolicy, createRng(1));
}

const inFirstTurn =
  (queries: readonly string[]): Suggest =>
  ({ turn }) =>
    Promise.resolve(turn === 1 ? queries : []);

/** What the first decision of each turn was offered by suggestion. */
async function offered(queries: readonly string[], without: readonly Without[] = []): Promise<string[][]> {
  const { steps } = await play(inFirstTurn(queries), without);
  const turns = Map.groupBy(steps, ({ observation }) => observation.turn);
  return [...turns.values()].map(([first]) => first!.legal.flatMap(suggestedText));
}

function suggestedText(action: Action): string[] {
  if (action.kind === 'grep' && action.origin === 'model') return [`grep ${action.term.text}`];
  if (action.kind === 'symbols') return [`symbols ${action.name}`];
  if ((action.kind === 'docs' || action.kind === 'history') && action.terms)
    return [`${action.kind} ${action.terms.map(({ text }) => text).join(' ')}`];
  return [];
}

describe("queries in the policy's own words", () => {
  test('are offered in their turn, as greps, names, and searches of docs and history', async () => {
    const [first, second] = await offered(['authenticate SessionStore']);
    expect(first).toEqual([
      'grep SessionStore',
      'grep authenticate',
      'grep session',
      'grep store',
      'docs SessionStore authenticate session store',
      'history SessionStore authenticate session store',
      'symbols SessionStore',
    ]);
    expect(second).toEqual([]);
  });

  test('do not offer again what the question has, and nothing of a tool that is switched off', async () => {
    const [first] = await offered(['people authenticate'], ['history', 'docs']);
    expect(first).toEqual(['grep authenticate']);
    expect((await offered(['authenticate'], ['grep']))[0]).toEqual(['docs authenticate', 'history authenticate']);
  });

  test('are bounded in number and in length', async () => {
    const words = Array.from({ length: 200 }, (_, i) => `word${String.fromCharCode(97 + (i % 26))}${i}`);
    const [first] = await offered([words.join(' '), words.slice(50).join(' '), words.slice(100).join(' '), 'fourth']);
    expect(first!.filter((one) => one.startsWith('grep'))).toHaveLength(16);
    expect(first!.filter((one) => one.startsWith('docs'))).toHaveLength(3);
    expect(first!.join(' ')).not.toContain('fourth');
  });

  test.each([[[]], [['']], [['of the and']], [['\u0000 \u202e']]])(
    'mean nothing without a word: %j',
    async (queries) => {
      const plain = await play(undefined);
      const suggested = await play(() => Promise.resolve(queries));
      expect(suggested.outcome.trail).toEqual(plain.outcome.trail);
      expect(suggested.steps.map(({ legal }) => legal)).toEqual(plain.steps.map(({ legal }) => legal));
    },
  );

  test('find places that have none of the words of the question', async () => {
    const plain = await play(undefined);
    const suggested = await play(inFirstTurn(['authenticate']));
    const first = (outcome: EpisodeOutcome): string | undefined => outcome.observation.candidates[0]?.span.path;
    expect(first(plain.outcome)).toBe('src/login.ts');
    const { pool } = suggested.outcome;
    expect(pool.files.get('src/login.ts')!.hits.length).toBeGreaterThan(0);
    expect(plain.outcome.pool.files.get('src/login.ts')!.hits).toEqual([]);
    expect(suggested.outcome.observation.termsFound).toBe(plain.outcome.observation.termsFound);
  });

  test('bring their own commits beside those of the question, none twice', async () => {
    const { outcome } = await play(inFirstTurn(['open sessions', 'sign sessions']));
    expect(outcome.pool.commits.map(({ commit: { id } }) => id)).toEqual(['aa', 'bb']);
    expect(outcome.pool.files.get('src/session.ts')!.history).toBeGreaterThan(0);
  });

  test('are asked for once when a turn begins, and never when the search is over', async () => {
    const turns: number[] = [];
    const { outcome } = await play(({ turn, phase, pending }) => {
      turns.push(turn);
      expect([phase, pending]).toEqual(['search', []]);
      return Promise.resolve([]);
    });
    expect(turns).toEqual(turns.map((_, i) => i + 1));
    expect(turns.length - outcome.trail.length).toBeLessThanOrEqual(1);
  });
});
