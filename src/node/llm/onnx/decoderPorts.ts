/** What the graph of a language model takes and gives, found by the names that Optimum's exports have. */
import type { InferenceSession } from 'onnxruntime-node';
import { printable } from '#core/answer/plainText.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import type { ModelFacts } from './modelFacts.ts';

export interface DecoderPorts {
  readonly caches: readonly CachePort[];
  readonly takesMask: boolean;
  readonly takesPositions: boolean;
  /** One graph holds two: with a cache and without. */
  readonly takesBranch: boolean;
  /** It can be asked for the scores after the last token only. */
  readonly takesKept: boolean;
  readonly vocabulary: number | undefined;
}

/** Keys or values of a layer: [1, heads, tokens, size]. */
export interface CachePort {
  readonly input: string;
  readonly output: string;
  readonly type: CacheType;
  readonly heads: number;
  readonly size: number;
}

export type CacheType = 'float32' | 'float16';
type Metadata = InferenceSession.ValueMetadata;
type TensorMetadata = Extract<Metadata, { readonly isTensor: true }>;

export const PORTS = {
  tokens: 'input_ids',
  mask: 'attention_mask',
  positions: 'position_ids',
  branch: 'use_cache_branch',
  kept: 'num_logits_to_keep',
  scores: 'logits',
} as const;

const CACHE = /^past_key_values\.(\d+\.(?:key|value))$/;

/** Throws a `ModelFailure` that says how to export the model, if it is not of this kind. */
export function decoderPorts(
  inputs: readonly Metadata[],
  outputs: readonly Metadata[],
  facts: ModelFacts,
): DecoderPorts {
  const given = new Map(outputs.map((port) => [port.name, port]));
  const taken = new Map(inputs.map((port) => [port.name, port]));
  const caches = inputs.filter(({ name }) => CACHE.test(name));
  if (caches.length === 0) throw unfit('takes no cache (past_key_values)');
  for (const { name } of inputs)
    if (!CACHE.test(name) && !KNOWN.has(name)) throw unfit(`asks for ${printable(name.slice(0, 100))}`);
  if (!taken.has(PORTS.tokens)) throw unfit(`does not take ${PORTS.tokens}`);
  const scores = given.get(PORTS.scores);
  if (!scores?.isTensor || scores.shape.length !== 3) throw unfit(`does not give ${PORTS.scores}`);
  const positions = taken.get(PORTS.positions);
  if (positions?.isTensor && positions.shape.length !== 2) throw unfit('wants positions of more than text');
  const width = scores.shape[2];
  return {
    caches: caches.map((port) => cachePort(port, given, facts)),
    takesMask: taken.has(PORTS.mask),
    takesPositions: positions !== undefined,
    takesBranch: taken.has(PORTS.branch),
    takesKept: taken.has(PORTS.kept),
    vocabulary: typeof width === 'number' ? width : facts.vocabulary,
  };
}

const KNOWN: ReadonlySet<string> = new Set(Object.values(PORTS));

function cachePort(port: Metadata, given: ReadonlyMap<string, Metadata>, facts: ModelFacts): CachePort {
  const output = port.name.replace(CACHE, 'present.$1');
  if (!given.has(output)) throw unfit(`does not give ${output}`);
  if (!port.isTensor || port.shape.length !== 4 || !isCacheType(port)) throw unfit(`has a cache of another form`);
  const [, heads = facts.cacheHeads, , size = facts.headSize] = port.shape.map((dim) =>
    typeof dim === 'number' ? dim : undefined,
  );
  if (!heads || !size) throw unfit('does not say the size of its cache, nor does config.json');
  return { input: port.name, output, type: port.type, heads, size };
}

const isCacheType = (port: TensorMetadata): port is TensorMetadata & { type: CacheType } =>
  port.type === 'float32' || port.type === 'float16';

const unfit = (what: string): ModelFailure =>
  new ModelFailure(
    'failed',
    `This model cannot be run here: it ${what}. Export it as text-generation-with-past, or choose another one.`,
  );
