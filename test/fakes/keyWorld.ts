/**
 * A world small enough to know the best policy of: one of four tools knows the key, which one hangs on the topic of the
 * question. An episode chooses a tool, is forced to run it, is shown four tokens, and names the key. The first token is
 * the key if the tool was the right one; all others are noise. Who chooses the right tool and repeats the first token
 * earns 1; everything else earns that by luck, one time in four.
 *
 * Beside that, each task pays every episode what it happens to be worth, which says nothing about the choices.
 */
import { gradients } from '#core/nn/gradient.ts';
import { createGraph } from '#core/nn/graph.ts';
import { smallNormal } from '#core/nn/initialisers.ts';
import { mlp } from '#core/nn/layers.ts';
import { gatherElements, reshape, sum } from '#core/nn/linearOps.ts';
import { writeModel } from '#core/nn/onnx.ts';
import { add, exp, logSoftmax, mul, neg } from '#core/nn/ops.ts';
import { flatten, initialParameters, parameterLayout, unflatten } from '#core/nn/parameterLayout.ts';
import type { PlayedEpisode } from '#core/rl/episode.ts';
import type { LearningPorts, PlayJob } from '#core/rl/iteration.ts';
import { lossFeeds, lossInputs, policyLoss } from '#core/rl/loss.ts';
import { createRng } from '#core/rl/rng.ts';
import { deriveSeed } from '#core/rl/shuffle.ts';
import type { Replay } from '#core/rl/tapered.ts';
import type { Rng } from '#core/rl/types.ts';
import { openSession, type Feed } from '#node/onnx/session.ts';

/** Tools, topics, keys and tokens: four of each. */
const KINDS = 4;
const TOKENS = 4;
const FORBIDDEN = -1e9;
/** Phase, topic, first token, count of each other token. */
const FEATURES = 3 + 3 * KINDS;

/** What a step looked like, and what happened: a choice of the policy's, or something that the world said. */
interface WorldStep {
  /** [FEATURES] */
  readonly features: readonly number[];
  /** [KINDS] 0, or `FORBIDDEN` for what is not legal. */
  readonly legal: readonly number[];
  readonly index: number;
  readonly chosen: boolean;
}

export interface KeyEpisode extends PlayedEpisode {
  readonly steps: readonly WorldStep[];
}

export interface KeyWorld {
  readonly tasks: readonly string[];
  /** [P] */
  firstParameters(seed: number): Float32Array;
  /** Ports of a run that begins with, and keeps near, these parameters. */
  ports(reference: Float32Array, without?: Without): LearningPorts<KeyEpisode>;
  /** Share of episodes that name the key when the likeliest is chosen. */
  success(parameters: Float32Array): Promise<number>;
  /** Episodes of another policy, looked at again by the one with these parameters. */
  replay(parameters: Float32Array, episodes: readonly KeyEpisode[]): Promise<Replay<KeyEpisode>[]>;
}

/** What an experiment takes away: without the mask, what the tool said counts as chosen. */
export type Without = 'mask' | undefined;

/** Width of the network's one hidden layer. */
const HIDDEN = 24;
const TASKS = 16;

export async function openKeyWorld(): Promise<KeyWorld> {
  const network = await openNetwork();
  const tasks = Array.from({ length: TASKS }, (_, index) => `task ${index}`);
  const unseen: PlayJob[] = tasks.map((task, index) => ({ task, seed: 1_000_000 + index, count: 25 }));
  return {
    tasks,
    firstParameters: network.firstParameters,
    ports: (reference, without) => ({
      play: (parameters, jobs) => playGroups(network, parameters, reference, jobs, without),
      gradient: network.gradient,
    }),
    async success(parameters) {
      const episodes = (await playGroups(network, parameters, parameters, unseen, undefined, greedy)).flat();
      return episodes.reduce((sum, { measures }) => sum + measures.success!, 0) / episodes.length;
    },
    replay: (parameters, episodes) =>
      Promise.all(
        episodes.map(async (episode) => {
          const rows = await network.logProbs(parameters, episode.steps);
          const logProbs = Float64Array.from(episode.steps, ({ index }, step) => rows[step]![index]!);
          return { episode: { ...episode, logProbs }, behaviourLogProbs: episode.logProbs };
        }),
      ),
  };
}

type Network = Awaited<ReturnType<typeof openNetwork>>;

/** The policy, and the loss that it learns by: two models of one graph. */
async function openNetwork() {
  const graph = createGraph();
  const features = graph.input('features', 'float', ['D', FEATURES]);
  const legal = graph.input('legal', 'float', ['D', KINDS]);
  const chosen = graph.input('chosen', 'int64', ['D', 1]);
  const logits = mlp(features, 'policy', [HIDDEN, KINDS], { activation: 'tanh', last: smallNormal });
  const logProbs = logSoftmax(add(logits, legal));
  const logProb = reshape(gatherElements(logProbs, chosen, 1), ['D']);
  const entropy = neg(sum(mul(exp(logProbs), logProbs), [1]));
  const terms = policyLoss(logProb, entropy, lossInputs(graph, 'D'));

  const layout = parameterLayout(graph);
  const slopes = gradients(graph, terms.loss, graph.parameters).map((slope, i) => [`by ${i}`, slope] as const);
  const outputs = { ...terms, ...Object.fromEntries(slopes) };
  const policy = await openSession(writeModel({ graph, outputs: { logProbs }, parameters: 'inputs' }));
  const training = await openSession(writeModel({ graph, outputs, parameters: 'inputs' }));

  function feedsOf(parameters: Float32Array, steps: readonly WorldStep[]): Record<string, Feed> {
    const values = unflatten(layout, parameters);
    const weights = layout.entries.map(({ name, shape }) => [name, { data: values.get(name)!, shape }] as const);
    return {
      ...Object.fromEntries(weights),
      features: matrix(steps.map((step) => step.features)),
      legal: matrix(steps.map((step) => step.legal)),
      chosen: { data: Int32Array.from(steps, ({ index }) => index), shape: [steps.length, 1] },
    };
  }

  return {
    firstParameters: (seed: number) => initialParameters(graph, createRng(seed)),
    /** [D][KINDS] */
    async logProbs(parameters: Float32Array, steps: readonly WorldStep[]): Promise<Float32Array[]> {
      const { logProbs: found } = await policy.run(feedsOf(parameters, steps));
      const data = found!.data as Float32Array;
      return steps.map((_, row) => data.subarray(row * KINDS, (row + 1) * KINDS));
    },
    gradient: (async (parameters, batch, settings) => {
      const steps = batch.flatMap(({ episode }) => episode.steps.filter((_, step) => episode.mask[step] === 1));
      const results = await training.run({ ...feedsOf(parameters, steps), ...lossFeeds(batch, settings) });
      const one = (name: keyof typeof terms): number => Number(results[name]!.data[0]);
      const parts = layout.entries.map(({ name }, i) => [name, results[`by ${i}`]!.data as Float32Array] as const);
      return {
        gradient: flatten(layout, new Map(parts)),
        loss: one('loss'),
        kl: one('kl'),
        entropy: one('entropy'),
        meanRatio: one('meanRatio'),
        clippedShare: one('clippedShare'),
      };
    }) satisfies LearningPorts<KeyEpisode>['gradient'],
  };
}

/** An episode on its way. */
interface Game {
  readonly task: string;
  readonly rng: Rng;
  readonly topic: number;
  readonly key: number;
  readonly steps: WorldStep[];
  readonly tokens: number[];
}

type Choose = (logProbs: Float32Array, rng: Rng) => number;

/** All episodes of all jobs side by side: one run of the network for each step. */
async function playGroups(
  network: Network,
  parameters: Float32Array,
  reference: Float32Array,
  jobs: readonly PlayJob[],
  without: Without,
  choose: Choose = sample,
): Promise<KeyEpisode[][]> {
  const groups = jobs.map((job) => Array.from({ length: job.count }, (_, place) => startGame(job, place)));
  const games = groups.flat();
  const decide = async (phase: number): Promise<void> => {
    const open = games.map((game) => stepOf(game, phase, true));
    const logProbs = await network.logProbs(parameters, open);
    for (const [i, game] of games.entries()) game.steps.push({ ...open[i]!, index: choose(logProbs[i]!, game.rng) });
  };
  await decide(0);
  for (const game of games) runTool(game);
  await decide(2);

  const steps = games.flatMap((game) => game.steps);
  const [own, others] = [await network.logProbs(parameters, steps), await network.logProbs(reference, steps)];
  const length = games[0]!.steps.length;
  const places = new Map(games.map((game, i) => [game, i * length]));
  return groups.map((group) =>
    group.map((game) => {
      const row = places.get(game)!;
      const ofSteps = (rows: readonly Float32Array[]): Float64Array =>
        Float64Array.from(game.steps, ({ index }, step) => rows[row + step]![index]!);
      return finished(game, ofSteps(own), ofSteps(others), without);
    }),
  );
}

function startGame({ task, seed }: PlayJob, place: number): Game {
  const rng = createRng(deriveSeed(seed, place));
  return { task, rng, topic: draw(rng), key: draw(rng), steps: [], tokens: [] };
}

/** The forced step that runs the tool, and a step for each token that it says. */
function runTool(game: Game): void {
  const knows = game.steps[0]!.index === game.topic;
  game.steps.push({ ...stepOf(game, 1, false), legal: [0, FORBIDDEN, FORBIDDEN, FORBIDDEN], index: 0 });
  for (let place = 0; place < TOKENS; place++) {
    const token = place === 0 && knows ? game.key : draw(game.rng);
    game.steps.push({ ...stepOf(game, 1, false), index: token });
    game.tokens.push(token);
  }
}

/** The next step, as the policy sees it. */
function stepOf({ topic, tokens }: Game, phase: number, chosen: boolean): WorldStep {
  const [first, ...others] = tokens;
  const features = [
    ...oneHot(phase, 3),
    ...oneHot(topic, KINDS),
    ...oneHot(first, KINDS),
    ...Array.from({ length: KINDS }, (_, kind) => others.filter((token) => token === kind).length),
  ];
  return { features, legal: [0, 0, 0, 0], index: 0, chosen };
}

function finished(game: Game, logProbs: Float64Array, refLogProbs: Float64Array, without: Without): KeyEpisode {
  const success = Number(game.steps.at(-1)!.index === game.key);
  return {
    task: game.task,
    steps: game.steps,
    reward: success + worth(game.task),
    logProbs,
    refLogProbs,
    mask: Uint8Array.from(game.steps, ({ chosen }) => (chosen || without === 'mask' ? 1 : 0)),
    measures: { success },
  };
}

/** From -10 to 10. */
function worth(task: string): number {
  return (20 * Number(task.split(' ')[1])) / (TASKS - 1) - 10;
}

const sample: Choose = (logProbs, rng) => {
  let left = rng.next();
  for (const [index, logProb] of logProbs.entries()) if ((left -= Math.exp(logProb)) < 0) return index;
  return logProbs.length - 1;
};

const greedy: Choose = (logProbs) => logProbs.indexOf(Math.max(...logProbs));

const draw = (rng: Rng): number => Math.floor(rng.next() * KINDS);

const oneHot = (at: number | undefined, size: number): number[] =>
  Array.from({ length: size }, (_, index) => Number(index === at));

function matrix(rows: readonly (readonly number[])[]): Feed {
  return { data: Float32Array.from(rows.flat()), shape: [rows.length, rows[0]!.length] };
}
