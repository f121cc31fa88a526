/** Ids of tool calls: unique in a conversation, for those that have none or one that was there before. */
import type { ChatMessage, ToolCall } from '#core/llm/chatModel.ts';

export function withIds(
  calls: readonly (Omit<ToolCall, 'id'> & Partial<ToolCall>)[],
  knownIds: readonly string[],
): ToolCall[] {
  const known = new Set(knownIds);
  return calls.map(({ id = '', name, argumentsText }) => {
    const unique = id === '' || known.has(id) ? freshId(known) : id;
    known.add(unique);
    return { id: unique, name, argumentsText };
  });
}

export const callIdsIn = (messages: readonly ChatMessage[]): string[] =>
  messages.flatMap((message) => (message.role === 'assistant' ? (message.calls ?? []).map(({ id }) => id) : []));

/** Nine letters and digits, the only form that all servers and templates take. */
function freshId(known: ReadonlySet<string>): string {
  for (let number = 0; ; number++) {
    const id = `call${String(number).padStart(5, '0')}`;
    if (!known.has(id)) return id;
  }
}
