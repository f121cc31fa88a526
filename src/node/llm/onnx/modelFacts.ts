/** What the configuration of a language model says that running it needs. Families name the same thing differently. */
import { isRecord } from '#node/service/shapes.ts';

export interface ModelFacts {
  /** Tokens that prompt and reply may have together. */
  readonly contextTokens?: number;
  readonly vocabulary?: number;
  /** Heads of keys and values, and the size of each: the graph mostly says both itself. */
  readonly cacheHeads?: number;
  readonly headSize?: number;
  /** Tokens after which a text is at its end. */
  readonly ends: readonly number[];
  /** Least share of probability that the tokens have which are drawn from. */
  readonly topP?: number;
}

type Json = Readonly<Record<string, unknown>>;

/** @param generation what `generation_config.json` holds; its ends and the model's both end a text. */
export function modelFacts(config: Json, generation: Json): ModelFacts {
  const inner = config['text_config'];
  const places = [config, ...(isRecord(inner) ? [inner] : [])];
  const heads = firstCount(places, ['num_attention_heads', 'n_head', 'num_heads', 'n_heads']);
  const width = firstCount(places, ['hidden_size', 'n_embd', 'd_model', 'dim']);
  const headSize = firstCount(places, ['head_dim']) ?? (width && heads ? width / heads : undefined);
  const topP = generation['top_p'];
  return {
    ...given('contextTokens', firstCount(places, CONTEXT)),
    ...given('vocabulary', firstCount(places, ['vocab_size'])),
    ...given('cacheHeads', firstCount(places, ['num_key_value_heads']) ?? heads),
    ...given('headSize', headSize),
    ends: [...places, generation].flatMap((place) => tokensOf(place['eos_token_id'])),
    ...(typeof topP === 'number' && topP > 0 && topP <= 1 && { topP }),
  };
}

const CONTEXT = ['max_position_embeddings', 'n_positions', 'n_ctx', 'max_seq_len', 'seq_length'];

const given = <K extends string>(key: K, value: number | undefined): { [P in K]?: number } =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: number };

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

function firstCount(places: readonly Json[], names: readonly string[]): number | undefined {
  for (const place of places) for (const name of names) if (isCount(place[name])) return place[name];
  return undefined;
}

const tokensOf = (value: unknown): number[] =>
  (Array.isArray(value) ? value : [value]).filter((each): each is number => each === 0 || isCount(each));
