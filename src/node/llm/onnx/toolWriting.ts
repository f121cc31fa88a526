/** Tools, calls and results as text for models whose template has no place for them: in the form of Hermes. */
import type { ToolCall, ToolSpec } from '#core/llm/chatModel.ts';
import { CALL_END, CALL_MARKS } from '#core/llm/writtenCalls.ts';

const [CALL_BEGIN] = CALL_MARKS;

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
