/** A language model in this process that searches as it is told to: for the tables of the protocols and for episodes in memory. */
import type { ChatModel, ChatRequest, ContinueRequest, ModelReply, TakePiece, ToolCall } from '#core/llm/chatModel.ts';
import type { CancelSignal } from '#core/agent/tools.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';

export interface ScriptedCall {
  readonly name: string;
  /** Text stands as it is; all else is written as JSON. */
  readonly arguments: unknown;
}

/** A text is said piece by piece, an iterable too, however long it is. */
export type Saying =
  string | { readonly text?: string | Iterable<string>; readonly calls?: readonly ScriptedCall[] } | ModelFailure;

export type Request = ChatRequest | ContinueRequest;

export interface SearchingModel extends ChatModel {
  readonly requests: readonly Request[];
  /** Pieces that were said so far. */
  pieces(): number;
}

/** The first request gets the first saying, and so on; the last one is said again. A function is asked for each. */
export function searchingModel(
  script: readonly Saying[] | ((request: Request, number: number) => Saying),
  known: Partial<ChatModel> = {},
): SearchingModel {
  const requests: Request[] = [];
  let pieces = 0;
  const sayingFor = (request: Request, number: number): Saying =>
    typeof script === 'function' ? script(request, number) : script[Math.min(number, script.length - 1)]!;
  async function chat(request: Request, take: TakePiece, signal: CancelSignal): Promise<ModelReply> {
    const saying = sayingFor(request, requests.push(request) - 1);
    if (saying instanceof ModelFailure) throw saying;
    const { text = '', calls = [] } = typeof saying === 'string' ? { text: saying } : saying;
    let said = '';
    for (const piece of typeof text === 'string' ? text.split(/(?<=\s)/) : text) {
      await Promise.resolve();
      if (signal.aborted) throw new ModelFailure('cancelled', 'This was cancelled.');
      pieces++;
      said += piece;
      take(piece);
    }
    if (signal.aborted) throw new ModelFailure('cancelled', 'This was cancelled.');
    return { text: said, calls: calls.map(callOf), end: 'done' };
  }
  return { name: 'tiny', contextTokens: 16_000, chat, ...known, requests, pieces: () => pieces };
}

/** A base model: it refuses all that is chat, and goes on with a text up to a stop. */
export function continuingModel(script: readonly string[]): SearchingModel {
  let said = 0;
  const model: SearchingModel = searchingModel((request) => {
    if (!('prompt' in request)) return new ModelFailure('failed', 'This model has no chat form.');
    return upTo(request.stop, script[Math.min(said++, script.length - 1)]!);
  });
  return { ...model, continue: (request, take, signal) => model.chat(request as never, take, signal) };
}

function upTo(stops: readonly string[], text: string): string {
  const ends = stops
    .map((stop) => text.indexOf(stop) + stop.length)
    .filter((end, i) => text.includes(stops[i]!) && end > 0);
  return text.slice(0, Math.min(text.length, ...ends));
}

/** All that a request tells the model, as one text. */
export const toldIn = (request: Request): string =>
  'prompt' in request ? request.prompt : request.messages.map(({ role, text }) => `<${role}> ${text}`).join('\n');

export const search = (query: string): Saying => ({ calls: [{ name: 'search', arguments: { query } }] });
export const answer = (...documents: number[]): Saying => ({ calls: [{ name: 'answer', arguments: { documents } }] });

const callOf = ({ name, arguments: given }: ScriptedCall, index: number): ToolCall => ({
  id: `call_${index}`,
  name,
  argumentsText: typeof given === 'string' ? given : (JSON.stringify(given) ?? ''),
});
