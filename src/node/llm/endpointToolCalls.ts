/**
 * Tool calls put together from what servers say of them. In the protocol an index says which call a piece belongs to; some
 * servers give none, give 0 to all, leave out ids, or send whole calls at once
 * (https://github.com/ollama/ollama/issues/7881, https://github.com/ollama/ollama/issues/15457).
 */
import type { ToolCall } from '#core/llm/chatModel.ts';
import { isRecord } from '#node/service/shapes.ts';
import { withIds } from './callIds.ts';

export interface ToolCallPieces {
  push(pieces: readonly unknown[]): void;
  hasAny(): boolean;
  /** Those with a name, in the order of their coming. Ids are unique, also among those of the conversation. */
  calls(): ToolCall[];
}

interface Growing {
  readonly index: unknown;
  readonly id: string;
  name: string;
  readonly argumentPieces: string[];
}

/** More than this in one reply are left out. */
const MAX_CALLS = 64;

export function createToolCalls(knownIds: readonly string[]): ToolCallPieces {
  const growing: Growing[] = [];
  return {
    push(pieces) {
      for (const piece of pieces) if (isRecord(piece)) add(growing, piece);
    },
    hasAny: () => growing.length > 0,
    calls() {
      const named = growing.filter(({ name }) => name !== '');
      return withIds(
        named.map(({ id, name, argumentPieces }) => ({ id, name, argumentsText: argumentPieces.join('') })),
        knownIds,
      );
    },
  };
}

function add(growing: Growing[], piece: Readonly<Record<string, unknown>>): void {
  const said = isRecord(piece['function']) ? piece['function'] : {};
  const [id, name] = [textOr(piece['id']), textOr(said['name'])];
  let call = callOf(growing, piece['index'], id, name);
  if (!call) {
    if (growing.length >= MAX_CALLS) return;
    call = { index: piece['index'], id, name, argumentPieces: [] };
    growing.push(call);
  }
  call.name ||= name;
  const given = said['arguments'];
  call.argumentPieces.push(isRecord(given) ? JSON.stringify(given) : textOr(given));
}

/** The call that a piece goes on with; undefined where a new one begins. */
function callOf(growing: readonly Growing[], index: unknown, id: string, name: string): Growing | undefined {
  const known = index == null ? growing.at(-1) : growing.findLast((call) => call.index === index);
  if (!known) return undefined;
  const isOther = id !== '' && id !== known.id && name !== '';
  return isOther || (index == null && id === '' && name !== '') ? undefined : known;
}

const textOr = (value: unknown): string => (typeof value === 'string' ? value : '');
