/**
 * Calls of tools that a model writes into its text, in the forms that open models are trained on: `<tool_call>` around
 * JSON (NousResearch's Hermes, Qwen 2.5 and 3) or around tags (Qwen 3 Coder), `[TOOL_CALLS]` before a list of JSON or
 * before a name with its arguments (Mistral), or a reply that is nothing but the JSON of one call (Llama 3).
 */
import type { ToolCall } from '#core/llm/chatModel.ts';

export type WrittenCall = Pick<ToolCall, 'name' | 'argumentsText'>;

/** What a call begins with that is marked. */
export const CALL_MARKS = ['<tool_call>', '[TOOL_CALLS]'] as const;
export const CALL_END = '</tool_call>';

/** In their order; what is no call is left out. Total. */
export function writtenCalls(text: string): WrittenCall[] {
  const [before, ...marked] = text.split(/<tool_call>|\[TOOL_CALLS\]/);
  const bodies = marked.length > 0 ? marked.map((body) => body.split(CALL_END)[0]!) : [unfenced(before!)];
  return bodies.flatMap((body) => callsIn(body.trim()));
}

const unfenced = (text: string): string => text.trim().replace(/^```(?:json)?|```$/g, '');

/** Longer ones are of no tool that there is. */
const MAX_CALL = 20_000;
const FUNCTION = /^<function=([^<>\s]{1,64})>/;
const PARAMETER = /<parameter=([^<>\s]{1,64})>([^<]*(?:<(?!\/parameter>)[^<]*)*)<\/parameter>/g;
/** `search[ARGS]{…}`, `search[CALL_ID]abc[ARGS]{…}`. */
const NAMED = /^([\w.-]{1,64})(?:\[CALL_ID\]\w{0,64})?(?:\[ARGS\])?\s*(?=\{)/;

function callsIn(body: string): WrittenCall[] {
  if (body.length > MAX_CALL) return [];
  const [tag, tagged] = FUNCTION.exec(body) ?? [];
  if (tag !== undefined) return [{ name: tagged!, argumentsText: JSON.stringify(parametersIn(body)) }];
  const [head, name] = NAMED.exec(body) ?? [];
  if (head === undefined) return [parsed(body)].flat().flatMap(callOf);
  const argumentsText = body.slice(head.length);
  return parsed(argumentsText) === undefined ? [] : [{ name: name!, argumentsText }];
}

const parametersIn = (body: string): Record<string, string> =>
  Object.fromEntries([...body.matchAll(PARAMETER)].map(([, name, value]) => [name!, value!.trim()]));

function callOf(value: unknown): WrittenCall[] {
  if (typeof value !== 'object' || value === null || !('name' in value) || typeof value.name !== 'string') return [];
  const given = 'arguments' in value ? value.arguments : 'parameters' in value ? value.parameters : {};
  return [{ name: value.name, argumentsText: typeof given === 'string' ? given : JSON.stringify(given ?? {}) }];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
