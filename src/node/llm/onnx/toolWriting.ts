/**
 * Calls of tools as text: in the form that most open models are trained on (`<tool_call>` around JSON, from NousResearch's
 * Hermes), or as a reply that is nothing but the JSON of one call, as Llama 3 writes it.
 */
import type { ToolCall, ToolSpec } from '#core/llm/chatModel.ts';
import { isRecord } from '#node/service/shapes.ts';

export const CALL_BEGIN = '<tool_call>';
const CALL_END = '</tool_call>';

export function describeTools(tools: readonly ToolSpec[]): string {
  const list = tools.map((tool) => JSON.stringify({ type: 'function', function: tool })).join('\n');
  return (
    `You can call these functions:\n${list}\n\nTo call one, write nothing but\n` +
    `${CALL_BEGIN}\n{"name": "the function", "arguments": {}}\n${CALL_END}\nand wait for its result.`
  );
}

export const writtenCall = ({ name, argumentsText }: ToolCall): string =>
  `${CALL_BEGIN}\n{"name": ${JSON.stringify(name)}, "arguments": ${argumentsText}}\n${CALL_END}`;

export const writtenResult = (text: string): string => `<tool_response>\n${text}\n</tool_response>`;

/** The calls in a text that begins with one; undefined if any of it is no call. */
export function readCalls(text: string): readonly ToolCall[] | undefined {
  const bodies = text.startsWith(CALL_BEGIN) ? text.split(CALL_BEGIN).slice(1) : [text];
  const calls = bodies.map((body, i) => readCall(body.split(CALL_END)[0]!, i));
  return calls.every((call) => call !== undefined) ? calls : undefined;
}

function readCall(text: string, index: number): ToolCall | undefined {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(said) || typeof said['name'] !== 'string') return undefined;
  const given = said['arguments'] ?? said['parameters'] ?? {};
  const argumentsText = typeof given === 'string' ? given : JSON.stringify(given);
  return { id: `call_${index + 1}`, name: said['name'], argumentsText };
}
