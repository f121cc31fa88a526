/** Policies that are language models: `llm:` and `hybrid:` with the name of a model. */
import type { SearchPolicy } from '#core/agent/observation.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { hybridPolicy } from '#core/llm/searching/hybridPolicy.ts';
import { modelPolicy, type ModelPolicyOptions } from '#core/llm/searching/modelPolicy.ts';
import { PROTOCOL_NAMES, type ProtocolName } from '#core/llm/searching/searchTalk.ts';
import { openChatModel, type OpenModelOptions } from '#node/llm/openChatModel.ts';

/** How a model is opened, as `openChatModel` takes it, and whether its failures fail the question (`ModelPolicyOptions`). */
export interface ModelAccess extends OpenModelOptions {
  readonly strict?: boolean;
}

export interface OpenModelPolicy {
  readonly policy: SearchPolicy;
  close(): Promise<void>;
}

const KIND = /^(llm|hybrid):/;

export const isModelPolicy = (name: string): boolean => KIND.test(name);

/**
 * Nothing is sent before a question is asked. Rejects with a `ModelFailure`, or with what `openLearned` rejects with.
 * @param name `llm:http://localhost:11434/v1#qwen3` or `llm:FOLDER`, with `?protocol=tags&context=32768` before the `#`
 *   or at the end; `hybrid:` in the place of `llm:` for a model beside the learned policy.
 */
export async function openModelPolicy(
  name: string,
  access: ModelAccess,
  openLearned: () => Promise<OpenModelPolicy>,
): Promise<OpenModelPolicy> {
  const { kind, model: wanted, options } = partsOf(name);
  const { model, close } = await openChatModel(wanted, access);
  const named = { ...options, name, ...(access.strict && { strict: true }) };
  if (kind === 'llm') return { policy: modelPolicy(model, named), close };
  const learned = await openLearned();
  return {
    policy: hybridPolicy(model, learned.policy, named),
    close: async () => void (await Promise.all([close(), learned.close()])),
  };
}

interface NameParts {
  readonly kind: 'llm' | 'hybrid';
  /** As `openChatModel` takes it. */
  readonly model: string;
  readonly options: ModelPolicyOptions;
}

/** Options of ours are taken out of the address; what else stands behind its `?` is the server's. */
function partsOf(name: string): NameParts {
  const kind = KIND.exec(name)![1] as NameParts['kind'];
  const [, before = '', query = '', after = ''] = /^([^?#]*)\??([^#]*)(#.*)?$/s.exec(name.slice(kind.length + 1)) ?? [];
  const given = query.split('&').filter((part) => part !== '');
  const own = given.filter((part) => OWN.test(part));
  const rest = given.filter((part) => !OWN.test(part)).join('&');
  return { kind, model: `${before}${rest && `?${rest}`}${after}`, options: Object.assign({}, ...own.map(optionOf)) };
}

const OWN = /^(?:protocol|context)=/;
const LEAST_CONTEXT = 512;
const MOST_CONTEXT = 10_000_000;

function optionOf(part: string): ModelPolicyOptions {
  const value = part.slice(part.indexOf('=') + 1);
  if (part.startsWith('protocol=')) {
    const protocol = PROTOCOL_NAMES.find((one): one is ProtocolName => one === value);
    if (protocol) return { protocol };
    throw new ModelFailure('failed', `There is no protocol ${shown(value)}. There are ${PROTOCOL_NAMES.join(', ')}.`);
  }
  const contextTokens = /^\d{1,8}$/.test(value) ? Number(value) : 0;
  if (contextTokens >= LEAST_CONTEXT && contextTokens <= MOST_CONTEXT) return { contextTokens };
  throw new ModelFailure(
    'failed',
    `A model's context is a number of tokens from ${LEAST_CONTEXT} on, not ${shown(value)}. Write it like context=32768.`,
  );
}

const shown = (value: string): string => JSON.stringify(value.slice(0, 40));
