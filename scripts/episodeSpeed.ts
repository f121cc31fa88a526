/**
 * Measures how fast episodes are played on recorded worlds: `node scripts/node.mjs scripts/episodeSpeed.ts`.
 *
 * The worlds are of this repository as it is at HEAD, recorded into a temporary folder. Every policy plays groups of
 * episodes of each question, as a trainer does, each by itself and then sharing what is known between its turns. One
 * process, one thread; a network's own time is not in it.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_BUDGET } from '#core/agent/budget.ts';
import { SearchEnvironment } from '#core/agent/environment.ts';
import { handPolicy } from '#core/agent/handPolicy.ts';
import type { SearchPolicy } from '#core/agent/observation.ts';
import { recordedTools, type RecordedTools } from '#core/agent/recordedTools.ts';
import { createSharedStates } from '#core/agent/searchState.ts';
import { uniformPolicy } from '#core/agent/uniformPolicy.ts';
import type { WorldRecord } from '#core/agent/worldRecord.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import { parseQuestion } from '#core/search/question.ts';
import { recordWorlds, type WorldTask } from '#node/worlds/recordWorlds.ts';
import { loadWorld, worldFile } from '#node/worlds/worldStore.ts';

const QUESTIONS = [
  'Where are the lines of a file read?',
  'How does rankCandidates weigh the windows of a file?',
  'What happens when ripgrep runs out of time?',
  'How are commits of the history kept between runs?',
  'Where is a docs section indexed and searched?',
  'How are names of symbols parsed by tree-sitter?',
  'Which errors does the command line report, and how does it exit?',
  'Why does the batch lay out a commit without running git in the repository?',
];
/** States that are shared between the episodes of one question. */
const SHARED_STATES = 256;

const { values } = parseArgs({
  options: { episodes: { type: 'string', default: '16' }, rounds: { type: 'string', default: '4' } },
});
const [episodes, rounds] = [Number(values.episodes), Number(values.rounds)];
const { signal } = new AbortController();

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-speed-')));
try {
  await measure();
} finally {
  rmSync(base, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  const worlds = await makeWorlds();
  const policies: [string, SearchPolicy, boolean][] = [
    ['hand', handPolicy, false],
    ['hand, shared', handPolicy, true],
    ['uniform', uniformPolicy, false],
    ['uniform, shared', uniformPolicy, true],
  ];
  console.log('policy            episodes/s  ms/episode  steps  calls  not recorded');
  for (const [name, policy, shares] of policies) console.log(await row(name, policy, shares, worlds));
}

async function makeWorlds(): Promise<WorldRecord[]> {
  const here = resolve(import.meta.dirname, '..');
  mkdirSync(join(base, 'repos/this'), { recursive: true });
  symlinkSync(here, join(base, 'repos/this/repository'));
  const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: here, encoding: 'utf8' }).trim();
  const tasks = QUESTIONS.map((question, i): WorldTask => ({
    id: `${i}`,
    repo: 'this/repository',
    commit,
    question,
  }));
  const out = join(base, 'worlds');
  const startMs = performance.now();
  const plan = { repos: join(base, 'repos'), out, workDirectory: join(base, 'work'), signal };
  await recordWorlds(tasks, { ...plan, emit: ({ message }) => message && console.error(message) });
  const recordMs = (performance.now() - startMs) / tasks.length;
  const loads = tasks.map((task) => {
    const file = worldFile(out, task);
    const fromMs = performance.now();
    const loaded = loadWorld(file);
    if (!loaded.ok) throw new Error(loaded.message);
    return { world: loaded.value, ms: performance.now() - fromMs, kilobytes: statSync(file).size / 1024 };
  });
  const median = (all: readonly number[]): string => all.toSorted((a, b) => a - b)[all.length >> 1]!.toFixed(1);
  console.log(
    `${tasks.length} worlds: ${recordMs.toFixed(0)} ms each to record; median ${median(loads.map(({ kilobytes }) => kilobytes))} KB, ` +
      `${median(loads.map(({ ms }) => ms))} ms to load\n`,
  );
  return loads.map(({ world }) => world);
}

interface Round {
  readonly ms: number;
  readonly steps: number;
  readonly calls: number;
  readonly misses: number;
}

/** The first round warms up, the fastest of the others counts: what else the machine does only slows. */
async function row(
  name: string,
  policy: SearchPolicy,
  shares: boolean,
  worlds: readonly WorldRecord[],
): Promise<string> {
  const tools = worlds.map(recordedTools);
  const played: Round[] = [];
  for (let round = 0; round <= rounds; round++)
    played.push(await playRound(policy, shares, worlds, tools, 1_000 * (1 + round)));
  const { ms, steps, calls, misses } = played.slice(1).reduce((best, one) => (one.ms < best.ms ? one : best));
  const count = worlds.length * episodes;
  return [
    name.padEnd(16),
    ((1000 * count) / ms).toFixed(0).padStart(11),
    (ms / count).toFixed(2).padStart(11),
    (steps / count).toFixed(0).padStart(6),
    (calls / count).toFixed(0).padStart(6),
    `${((100 * misses) / Math.max(1, calls)).toFixed(1)} %`.padStart(13),
  ].join(' ');
}

async function playRound(
  policy: SearchPolicy,
  shares: boolean,
  worlds: readonly WorldRecord[],
  tools: readonly RecordedTools[],
  seed: number,
): Promise<Round> {
  let [steps, calls] = [0, 0];
  const missesBefore = missesOf(tools);
  const startMs = performance.now();
  for (const [i, world] of worlds.entries()) {
    const shared = createSharedStates(SHARED_STATES);
    const setup = {
      question: parseQuestion(world.question),
      tools: tools[i]!,
      budget: DEFAULT_BUDGET,
      clock: { nowMs: () => 0 },
      signal,
      ...(shares && { shared }),
    };
    for (let episode = 0; episode < episodes; episode++) {
      const { steps: own, outcome } = await rollout(new SearchEnvironment(setup), policy, createRng(seed + episode));
      steps += own.length;
      for (const turn of outcome.trail) calls += turn.calls.length;
    }
  }
  return { ms: performance.now() - startMs, steps, calls, misses: missesOf(tools) - missesBefore };
}

function missesOf(tools: readonly RecordedTools[]): number {
  return tools.reduce((sum, one) => sum + one.misses(), 0);
}
