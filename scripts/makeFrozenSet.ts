/**
 * Makes models/frozen.bin, the set that learning from use must not get worse on: what the shipped policy has found for
 * questions about public repositories when it is time to cite, as numbers (`src/core/learning/frozenSet.ts`).
 *
 *   node scripts/node.mjs scripts/makeFrozenSet.ts --repos DIR --tasks FILE --learned FILE --worlds DIR [--out FILE]
 *
 * `--tasks` are those to choose from. Left out are `--learned`, which the shipped policy learned from, and the
 * repositories that results are measured on. Of each repository the seed draws `PER_REPOSITORY` tasks that can tell
 * policies apart: something right is among the candidates. Worlds that are not there are recorded.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { MAX_CITED_LINES } from '#core/agent/citableSpan.ts';
import { BLOCK_LINES } from '#core/agent/lineDigest.ts';
import type { SearchPolicy } from '#core/agent/observation.ts';
import type { Task } from '#core/agent/task.ts';
import { frozenResults, type FrozenQuestion } from '#core/learning/frozenSet.ts';
import { encodeState } from '#core/policy/encodeState.ts';
import { learnedPolicy } from '#core/policy/learnedPolicy.ts';
import { parametersOfFile } from '#core/policy/policyModel.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import { deriveSeed, shuffle } from '#core/rl/shuffle.ts';
import { rangesOverlap } from '#core/search/span.ts';
import { packFrozenSet, readFrozenSet } from '#node/learning/frozenFile.ts';
import { openPlayingNetwork } from '#node/policy/scorers.ts';
import { openEnvironment } from '#node/training/searchPlayer.ts';
import { readTasks } from '#node/training/taskFile.ts';
import { recordWorlds } from '#node/worlds/recordWorlds.ts';
import { findTaskWorld } from '#node/worlds/taskWorld.ts';

const PER_REPOSITORY = 3;
/** Some of those that are drawn have nothing right among the candidates, or no world. */
const DRAWN = 5;
const RECORDED_EPISODES = 4;
/** As many places of a task as results are measured by (`spoor batch`). */
const MOST_PLACES = 30;
const SEED = 1;

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    repos: { type: 'string', default: '' },
    tasks: { type: 'string', default: '' },
    learned: { type: 'string', default: '' },
    worlds: { type: 'string', default: '' },
    out: { type: 'string', default: join(root, 'models/frozen.bin') },
  },
});

const { neverTrainOn } = JSON.parse(readFileSync(join(root, 'models/corpus.json'), 'utf8')) as {
  readonly neverTrainOn: readonly string[];
};
const score = (await openPlayingNetwork())(parametersOfFile(readFileSync(join(root, 'models/searcher.onnx'))));
const policy = learnedPolicy(score, { greedy: true });

const drawn = drawTasks();
await recordAll([...drawn.values()].flat());
const questions: FrozenQuestion[] = [];
for (const tasks of drawn.values()) questions.push(...(await questionsOf(tasks)));
writeFileSync(values.out, packFrozenSet(questions));
await tell();

/** By repository, in the order of their names. */
function drawTasks(): Map<string, Task[]> {
  const learned = readTasks(values.learned);
  const [ids, texts] = [new Set(learned.map(({ id }) => id)), new Set(learned.map(({ question }) => question))];
  const open = readTasks(values.tasks).filter(
    ({ id, repo, question, goldFiles }) =>
      !ids.has(id) && !texts.has(question) && !neverTrainOn.includes(repo) && goldFiles.length > 0,
  );
  const repos = [...Map.groupBy(open, ({ repo }) => repo)].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(repos.map(([repo, own], i) => [repo, shuffle(own, createRng(deriveSeed(SEED, i))).slice(0, DRAWN)]));
}

async function recordAll(tasks: readonly Task[]): Promise<void> {
  const workDirectory = `${resolve(values.worlds)}.work`;
  await recordWorlds(tasks, {
    repos: resolve(values.repos),
    out: resolve(values.worlds),
    workDirectory,
    signal: new AbortController().signal,
    episodes: RECORDED_EPISODES,
    emit: ({ task, message }) => message && console.error(`${task}: ${message}`),
  });
  rmSync(workDirectory, { recursive: true, force: true });
}

async function questionsOf(tasks: readonly Task[]): Promise<FrozenQuestion[]> {
  const own: FrozenQuestion[] = [];
  for (const task of tasks) {
    if (own.length === PER_REPOSITORY) break;
    const question = await questionOf(task, policy);
    if (question?.rightFiles.length) own.push(question);
  }
  return own;
}

async function questionOf(task: Task, player: SearchPolicy): Promise<FrozenQuestion | undefined> {
  const world = findTaskWorld(values.worlds, task);
  if (!world) return undefined;
  const { steps } = await rollout(openEnvironment(world, { turns: 4, without: [] }), player, createRng(0));
  const last = steps.find(({ observation }) => observation.phase === 'cite');
  if (!last) return undefined;
  const { observation, legal } = last;
  const shown = observation.candidates.map(({ span }) => span);
  const citable = new Uint8Array(shown.length);
  for (const action of legal)
    if (action.kind === 'cite') {
      citable[action.candidate] = 1;
      const { path, start, end } = action.span;
      shown[action.candidate] = { path, start, end: Math.min(end, start + MAX_CITED_LINES - 1) };
    }
  const paths = [...new Set(shown.map(({ path }) => path))];
  return {
    id: task.id,
    encoded: encodeState(observation, legal).encoded,
    files: Uint16Array.from(shown, ({ path }) => paths.indexOf(path)),
    blocks: Uint16Array.from(observation.candidates, ({ span }) => (span.start - 1) / BLOCK_LINES),
    citable,
    rightFiles: task.goldFiles.map((path) => paths.indexOf(path)).filter((file) => file >= 0),
    places: task.goldSpans
      .slice(0, MOST_PLACES)
      .map((gold) => [...shown.keys()].filter((i) => shown[i]!.path === gold.path && rangesOverlap(shown[i]!, gold))),
  };
}

async function tell(): Promise<void> {
  const mean = (numbers: readonly number[]): string =>
    (numbers.reduce((sum, one) => sum + one, 0) / numbers.length).toFixed(3);
  const rounded = readFrozenSet(values.out);
  for (const [what, set] of [
    ['as played', questions],
    ['as written', rounded],
  ] as const) {
    const results = await frozenResults(set, score);
    const spans = results.flatMap(({ spanRecall }) => spanRecall ?? []);
    const ranks = results.map(({ reciprocalRank }) => reciprocalRank);
    const nowhere = results.filter(({ notFound }) => notFound).length;
    console.log(`${set.length} questions ${what}: MRR ${mean(ranks)}, span@10 ${mean(spans)}, ${nowhere} not found`);
  }
}
