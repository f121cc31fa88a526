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
  /** In the place of `openChatModel`: `keptModels` has one for many workspaces. */
  readonly open?: typeof openChatModel;
}

export interface OpenModelPolicy {
  readonly policy: SearchPolicy;
  close(): Promise<void>;
}

const KIND = /^(llm|hybrid):/;

export const isModelPolicy = (name: string): boolean => KIND.test(name);

/**
 * Nothing is sent before a question is asked. Rejects with a `ModelFailure`, or with what `openLearned` rejects with.
 * @param name `llm:http://localhost:11434/v1#qwen3` or `llm:FOLDER`, with `?protocol=tags` before the `#` or at the
 *   end; `hybrid:` in the place of `llm:` for a model beside the learned policy.
 */
export async function openModelPolicy(
  name: string,
  access: ModelAccess,
  openLearned: () => Promise<OpenModelPolicy>,
): Promise<OpenModelPolicy> {
  const { kind, model: wanted, options: own } = partsOf(name);
  const { open = openChatModel, ...options } = access;
  const { model, close } = await open(wanted, options);
  const named = { ...own, name, ...(access.strict && { strict: true }) };
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

/** The protocol is taken out of the address; what else stands behind its `?` is the server's. */
function partsOf(name: string): NameParts {
  const kind = KIND.exec(name)![1] as NameParts['kind'];
  const [, before = '', query = '', after = ''] = /^([^?#]*)\??([^#]*)(#.*)?$/s.exec(name.slice(kind.length + 1)) ?? [];
  const given = query.split('&').filter((part) => part !== '');
  const protocol = given.find((part) => part.startsWith(PROTOCOL));
  const rest = given.filter((part) => !part.startsWith(PROTOCOL)).join('&');
  return {
    kind,
    model: `${before}${rest && `?${rest}`}${after}`,
    options: protocol === undefined ? {} : { protocol: protocolNamed(protocol.slice(PROTOCOL.length)) },
  };
}

const PROTOCOL = 'protocol=';

function protocolNamed(value: string): ProtocolName {
  const protocol = PROTOCOL_NAMES.find((one) => one === value);
  if (protocol) return protocol;
  const shown = JSON.stringify(value.slice(0, 40));
  throw new ModelFailure('failed', `There is no protocol ${shown}. There are ${PROTOCOL_NAMES.join(', ')}.`);
}
