/** A workspace in memory that a model's policy plays episodes over. */
import { memoryTools } from './memoryTools.ts';
import type { Action } from '#core/agent/action.ts';
import { DEFAULT_BUDGET } from '#core/agent/budget.ts';
import { SearchEnvironment, type EpisodeOutcome } from '#core/agent/environment.ts';
import type { Observation, SearchPolicy } from '#core/agent/observation.ts';
import type { Tools } from '#core/agent/tools.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import type { Trajectory } from '#core/rl/types.ts';
import { parseQuestion } from '#core/search/question.ts';

/** The question's words lead astray; `withBackoff` and `SessionStore` have none of them. */
export const SEARCH_FILES = {
  'src/net/backoff.ts': [
    'export async function withBackoff(task) {',
    '  for (let attempt = 0; ; attempt++) await task().catch(() => sleep(2 ** attempt));',
    '}',
  ].join('\n'),
  'src/net/sessions.ts': 'export class SessionStore {\n  renew(token) {}\n}',
  'src/ui/uploads.ts': 'export const uploads = "failed uploads stand in red";',
  'src/ui/button.ts': 'export const button = () => "press";',
  'README.md': '# Uploads\n\nFailed uploads are tried again.',
};

export const QUESTION = 'where are failed uploads tried again?';

export interface PlayOptions {
  readonly question?: string;
  readonly tools?: Tools;
  readonly turns?: number;
  readonly signal?: AbortSignal;
}

export function playSearch(
  policy: SearchPolicy,
  { question = QUESTION, tools = memoryTools({ files: SEARCH_FILES }), turns, signal }: PlayOptions = {},
): Promise<Trajectory<Observation, Action, EpisodeOutcome>> {
  const environment = new SearchEnvironment({
    question: parseQuestion(question),
    tools,
    clock: { nowMs: () => 0 },
    budget: { ...DEFAULT_BUDGET, ...policy.budget, ...(turns !== undefined && { turns }) },
    signal: signal ?? new AbortController().signal,
    suggest: policy.suggest,
  });
  return rollout(environment, policy, createRng(1));
}

/** `src/net/backoff.ts src/ui/uploads.ts`. */
export const citedPaths = ({ citations }: EpisodeOutcome): string => citations.map(({ path }) => path).join(' ');
