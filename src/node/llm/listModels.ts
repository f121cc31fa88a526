/** The models that a server has, for choosing one. */
import type { CancelSignal } from '#core/agent/tools.ts';
import { printable } from '#core/answer/plainText.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { isRecord } from '#node/service/shapes.ts';
import { endpointAddress } from './endpointAddress.ts';
import { callEndpoint } from './endpointCall.ts';
import { refusalFailure } from './endpointFailure.ts';

const MAX_MODELS = 1_000;
const MAX_NAME = 200;
const TIMEOUTS = { firstWordsMs: 10_000, idleMs: 10_000, totalMs: 20_000 };

/** Names in the server's order, at most 1,000 and safe to show. Rejects with a `ModelFailure`. */
export async function listModels(url: string, key?: string, signal: CancelSignal = never): Promise<readonly string[]> {
  const address = endpointAddress(url);
  let text = '';
  const call = { address, path: 'models', key, timeouts: TIMEOUTS, signal };
  const refusal = await callEndpoint(call, (piece) => {
    text += piece;
    return 'more';
  });
  if (refusal) throw refusalFailure(refusal, { origin: address.origin, key });
  return namesIn(text, address.origin);
}

const never: CancelSignal = { aborted: false, addEventListener() {}, removeEventListener() {} };

function namesIn(text: string, origin: string): readonly string[] {
  const listed = parsed(text);
  if (!listed)
    throw new ModelFailure('malformed', `${origin} sent no list of models. Check the address; most end with /v1.`);
  const names = listed.flatMap((model) => (isRecord(model) && typeof model['id'] === 'string' ? [model['id']] : []));
  return [...new Set(names.filter(isName))].slice(0, MAX_MODELS);
}

/** A name is sent back as it is shown. */
const isName = (name: string): boolean => name !== '' && name.length <= MAX_NAME && printable(name) === name;

function parsed(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const data = isRecord(value) ? value['data'] : value;
    // Ollama says null where it has none.
    if (data === null) return [];
    return Array.isArray(data) ? data : undefined;
  } catch {
    return undefined;
  }
}
