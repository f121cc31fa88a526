/**
 * Learns words from pairs of text and code by ONNX Runtime. A step is drawn by its number alone, so that a run that
 * was stopped goes on from its checkpoint to the very same result.
 */
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { startAdam, type AdamState } from '#core/nn/adam.ts';
import { flatten, initialParameters, unflatten } from '#core/nn/parameterLayout.ts';
import type { LearnedWords } from '#core/policy/words/readWords.ts';
import { touchedPlaces, updateTouched } from '#core/policy/words/touchedAdam.ts';
import { makeVocabulary } from '#core/policy/words/vocabulary.ts';
import { wordBatch, type WordPair } from '#core/policy/words/wordBatch.ts';
import { wordNetwork, type WordNetwork } from '#core/policy/words/wordNetwork.ts';
import { createRng } from '#core/rl/rng.ts';
import { deriveSeed } from '#core/rl/shuffle.ts';
import { openSession, type Feed, type Session } from '#node/onnx/session.ts';
import { decodeCheckpoint, encodeCheckpoint } from '#node/training/checkpointFile.ts';
import { writeWholeSync } from '#node/stores/writeWholeSync.ts';
import { TrainingError } from '#node/training/trainingError.ts';
import { readWordPairs, type PairFilter } from '#node/training/wordPairs.ts';
import { drawBatch, wordSet, type WordSet } from '#node/training/wordSet.ts';
import { encodeWords } from '#node/training/wordsFile.ts';

export interface PretrainOptions extends PairFilter {
  readonly pairs: string;
  /** Gets the learned words; a checkpoint and the metrics lie beside it. */
  readonly out: string;
  /** Either how many steps, or for about how long: then so many as the first ones say, from then on a fixed number. */
  readonly steps?: number | undefined;
  readonly minutes?: number | undefined;
  readonly seed: number;
  readonly vocabulary?: number;
  readonly width?: number;
  readonly batch?: number;
  readonly learningRate?: number;
  /** Share of the pairs whose text is read without the words that their code has too. 0 to 1. */
  readonly hide?: number;
  /** Share of the words of code that a step does not see, 0 to 1. 0.4 made the held-out loss 1.71 instead of 1.82. */
  readonly drop?: number;
}

export interface PretrainPorts {
  readonly nowMs: () => number;
  /** Aborted to stop after a last checkpoint. */
  readonly signal: AbortSignal;
  /** Has a function called when the process is about to end. It does not wait, and returns the step it saved. */
  readonly onStop: (save: () => number) => void;
  /** A sentence for a person. */
  note(sentence: string): void;
  step(metrics: WordMetrics): void;
}

export interface WordMetrics {
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  readonly msPerStep: number;
  /**
   * Every now and then, of the pairs that nothing is learned from if there are some: the mean loss, and the share whose
   * code is the best of its batch.
   */
  readonly heldOut?: { readonly loss: number; readonly right: number };
}

const DEFAULTS = { vocabulary: 16_384, width: 64, batch: 96, learningRate: 3e-3, hide: 0, drop: 0.4 } as const;
const REPORT_EVERY = 50;
const CHECKPOINT_EVERY = 500;
const MEASURED_STEPS = 40;

interface State {
  readonly step: number;
  /** Undefined until the speed is known. */
  readonly steps: number | undefined;
  /** These and Adam's means are changed in place by each step. */
  readonly parameters: Float32Array;
  readonly adam: AdamState;
  /** Lines of the metrics, whose file is written with the checkpoint. */
  readonly metrics: readonly string[];
}

/** The number of steps that were made, of all. Rejects with a `TrainingError` if one of its files does not fit. */
export async function pretrainWords(
  options: PretrainOptions,
  ports: PretrainPorts,
): Promise<{ step: number; steps: number }> {
  const settings = { ...DEFAULTS, ...options };
  checkOut(options);
  const raw = await readWordPairs(options.pairs, options);
  const words = makeVocabulary(new Map(raw.parts.map((part, i) => [part, raw.counts[i]!])), settings.vocabulary);
  const set = wordSet(raw, words, settings.seed);
  ports.note(`${set.total} pairs of ${countText(set.repositories.length)}, ${words.length} words.`);
  const network = wordNetwork({ vocabulary: words.length, width: settings.width }, set.rarity);
  const session = await openSession(network.model);
  const run: Run = { settings, set, network, session, ports, hash: hashOf(settings, set) };
  try {
    const state = await learn(run, begin(run));
    if (state.step === state.steps) finish(run, words, state);
    return { step: state.step, steps: state.steps ?? state.step };
  } finally {
    await session.close();
  }
}

/** What cannot be written is known before hours of learning, and the pairs are not written over. */
function checkOut({ out, pairs }: PretrainOptions): void {
  const folder = dirname(out);
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new TrainingError(`${out} cannot be written: ${(error as Error).message}. Name another file by --out.`);
  }
  const source = statSync(pairs, { throwIfNoEntry: false });
  for (const file of [out, checkpointFile(out), metricsFile(out)]) {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found && !found.isFile()) throw new TrainingError(`${file} is no file. Name another one by --out.`);
    if (found && source && found.dev === source.dev && found.ino === source.ino)
      throw new TrainingError(`${file} holds the pairs, and would be written over. Name another file by --out.`);
  }
}

const countText = (repositories: number): string =>
  repositories === 1 ? '1 repository' : `${repositories} repositories`;

interface Run {
  readonly settings: PretrainOptions & Required<Pick<PretrainOptions, keyof typeof DEFAULTS>>;
  readonly set: WordSet;
  readonly network: WordNetwork;
  readonly session: Session;
  readonly ports: PretrainPorts;
  readonly hash: string;
}

const checkpointFile = (out: string): string => `${out}.checkpoint`;
const metricsFile = (out: string): string => `${out}.metrics.jsonl`;

/** Where the checkpoint beside the result is, or at the beginning. */
function begin({ settings, network, ports, hash }: Run): State {
  const file = checkpointFile(settings.out);
  if (!existsSync(file)) {
    const parameters = initialParameters(network.graph, createRng(settings.seed));
    return { step: 0, steps: settings.steps, parameters, adam: startAdam(parameters.length), metrics: [] };
  }
  const { header, arrays } = decodeCheckpoint(readFileSync(file)) ?? {};
  const { parameters, mean, square } = arrays ?? {};
  if (!parameters || !mean || !square) throw new TrainingError(`${file} is damaged. Delete it to begin anew.`);
  const kept = header as { hash: string; step: number; steps?: number; metrics: readonly string[] };
  if (kept.hash !== hash)
    throw new TrainingError(
      `${file} is of a run with other pairs or settings. Give those to go on with it, or delete it to begin anew.`,
    );
  ports.note(`Goes on after step ${kept.step}.`);
  const adam = { step: kept.step, mean, square };
  return { step: kept.step, steps: kept.steps, parameters, adam, metrics: kept.metrics };
}

async function learn(run: Run, begun: State): Promise<State> {
  const { settings, ports } = run;
  let state = begun;
  let saved = begun;
  const save = (): number => {
    if (saved !== state) keep(run, state);
    saved = state;
    return state.step;
  };
  ports.onStop(save);
  let [losses, since, sinceMs] = [0, 0, ports.nowMs()];
  const startedMs = sinceMs;
  while (state.step !== state.steps && !ports.signal.aborted) {
    const { loss, gradient, rows } = await gradientOf(run, state);
    const places = touchedPlaces(run.network.layout, rows);
    const rate = { learningRate: rateOf(run, state), clipNorm: 1 };
    const adam = updateTouched(state.adam, state.parameters, gradient, places, rate);
    const step = state.step + 1;
    state = { ...state, step, adam };
    losses += loss;
    since++;
    if (state.steps === undefined && step === MEASURED_STEPS)
      state = { ...state, steps: stepsFor(settings.minutes ?? 1, (ports.nowMs() - startedMs) / (step - begun.step)) };
    if (step % REPORT_EVERY && step !== state.steps) continue;
    const isDue = step % CHECKPOINT_EVERY === 0 || step === state.steps;
    const msPerStep = (ports.nowMs() - sinceMs) / since;
    const heldOut = isDue ? await measure(run, state.parameters) : {};
    const metrics = { step, steps: state.steps ?? 0, loss: losses / since, ...heldOut };
    state = { ...state, metrics: [...state.metrics, JSON.stringify(metrics)] };
    ports.step({ ...metrics, msPerStep });
    if (isDue) save();
    [losses, since, sinceMs] = [0, 0, ports.nowMs()];
  }
  save();
  return state;
}

const stepsFor = (minutes: number, msPerStep: number): number =>
  Math.max(MEASURED_STEPS + 1, Math.round((minutes * 60_000) / msPerStep));

/** Falls evenly to a hundredth; while the number of steps is measured it stays. */
const rateOf = ({ settings }: Run, { step, steps }: State): number =>
  settings.learningRate * (1 - 0.99 * (step < MEASURED_STEPS || !steps ? 0 : step / steps));

async function gradientOf({ settings, set, network, session }: Run, { step, parameters }: State) {
  const pairs = drawBatch(set, settings, createRng(deriveSeed(settings.seed, step)));
  const batch = wordBatch(pairs);
  const results = await session.run({ ...batch.feeds, ...parameterFeeds(network, parameters) });
  const found = network.layout.entries.map(({ name }) => [name, results[`d ${name}`]!.data as Float32Array] as const);
  return {
    loss: Number(results['loss']!.data[0]),
    gradient: flatten(network.layout, new Map(found)),
    rows: batch.words,
  };
}

function parameterFeeds({ layout }: WordNetwork, parameters: Float32Array): Record<string, Feed> {
  const named = unflatten(layout, parameters);
  return Object.fromEntries(layout.entries.map(({ name, shape }) => [name, { data: named.get(name)!, shape }]));
}

async function measure(
  { set, network, session }: Run,
  parameters: Float32Array,
): Promise<Pick<WordMetrics, 'heldOut'>> {
  const fed = parameterFeeds(network, parameters);
  let [loss, right, total] = [0, 0, 0];
  for (const { heldOut } of set.repositories) {
    if (heldOut.length < 2) continue;
    const results = await session.run({ ...wordBatch(heldOut).feeds, ...fed });
    loss += Number(results['loss']!.data[0]) * heldOut.length;
    right += countRight(results['scores']!.data as Float32Array, heldOut);
    total += heldOut.length;
  }
  return total ? { heldOut: { loss: loss / total, right: right / total } } : {};
}

function countRight(scores: Float32Array, pairs: readonly WordPair[]): number {
  return pairs.filter(({ asked }, i) => {
    const row = scores.subarray(i * pairs.length, (i + 1) * pairs.length);
    return pairs[row.indexOf(Math.max(...row))]?.asked.join() === asked.join();
  }).length;
}

function keep({ settings, hash }: Run, { step, steps, metrics, parameters, adam }: State): void {
  const arrays = { parameters, mean: adam.mean, square: adam.square };
  writeWholeSync(checkpointFile(settings.out), encodeCheckpoint({ header: { hash, step, steps, metrics }, arrays }));
  writeWholeSync(metricsFile(settings.out), metrics.map((line) => `${line}\n`).join(''));
}

function finish({ settings, network }: Run, words: readonly string[], { parameters }: State): void {
  const named = unflatten(network.layout, parameters);
  const learned: LearnedWords = {
    words,
    width: settings.width,
    table: named.get('table')!,
    askedWeights: named.get('askedWeights')!,
    readWeights: named.get('readWeights')!,
    sections: [...named.get('sections')!],
    mix: [...named.get('mix')!],
  };
  writeWholeSync(settings.out, encodeWords(learned));
  rmSync(checkpointFile(settings.out), { force: true });
}

/** Of all that decides what is learned. */
function hashOf(
  { steps, minutes, seed, vocabulary, width, batch, learningRate, hide, drop }: Run['settings'],
  set: WordSet,
) {
  const decides = [steps, minutes, seed, vocabulary, width, batch, learningRate, hide, drop, set.fingerprint];
  return createHash('sha256').update(JSON.stringify(decides)).digest('hex');
}
