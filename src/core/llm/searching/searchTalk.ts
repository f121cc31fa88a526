/** A model's side of one episode: what it wants next, asked in the protocol that it understands. Bounded, whatever it says. */
import type { CancelSignal } from '#core/agent/tools.ts';
import type { ChatModel, ModelReply } from '#core/llm/chatModel.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { estimateTokens } from '#core/llm/prompt.ts';
import { tokenRoom } from '#core/llm/prosePrompt.ts';
import { fittingView, type Entry, type QueryResult, type View } from './conversation.ts';
import type { FoundDocument } from './documents.ts';
import type { Move } from './move.ts';
import type { Protocol } from './protocol.ts';
import { baseProtocol, tagProtocol } from './tagProtocol.ts';
import { toolProtocol } from './toolProtocol.ts';
import { writeUntil } from './writing.ts';

export const PROTOCOL_NAMES = ['auto', 'tools', 'tags', 'base'] as const;
/**
 * `tools`: chat with tool calls. `tags`: R1-Searcher's tags in a chat. `base`: its tags in one text that the model goes
 * on with. `auto`: the first of these that the model's server takes; `base` for a model that is known to be one.
 */
export type ProtocolName = (typeof PROTOCOL_NAMES)[number];

export interface SearchTalk {
  /**
   * What the model wants next; undefined where it cannot be understood, also when it was asked again. Rejects with a
   * `ModelFailure`.
   * @param isLast it is told that it can search no more.
   */
  next(isLast: boolean, signal: CancelSignal): Promise<Move | undefined>;
  found(results: readonly QueryResult[]): void;
  /** Takes back the model's last move, as if it had not been made. */
  forget(): void;
}

export interface TalkOptions {
  readonly protocol: ProtocolName;
}

/** How often a model that made no move is asked again. */
const MAX_REMINDERS = 2;

export function searchTalk(model: ChatModel, question: string, options: TalkOptions): SearchTalk {
  const protocols = protocolsOf(options.protocol, model);
  const entries: Entry[] = [];
  // Each search adds documents, and what has to be left out for want of room was read in vain.
  const { reply, prompt } = tokenRoom({ contextTokens: model.contextTokens ?? 0 }, Infinity);
  let room = prompt;
  let used = prompt;

  async function write(isLast: boolean, signal: CancelSignal): Promise<ModelReply> {
    let first: unknown;
    for (;;) {
      try {
        return await writeBy(protocols[0]!, isLast, signal);
      } catch (error) {
        if (used > LEAST_PROMPT && isTooLong(error)) room = SHORTER * used;
        else if (isOfForm(error)) {
          first ??= error;
          if (protocols.length === 1) throw first;
          protocols.shift();
        } else throw error;
      }
    }
  }

  function writeBy(protocol: Protocol, isLast: boolean, signal: CancelSignal): Promise<ModelReply> {
    const tokensOf = (view: View): number =>
      protocol.textsOf(view).reduce((sum, text) => sum + Math.ceil(estimateTokens(text)), 0);
    const view = fittingView(question, entries, room, tokensOf);
    used = Math.min(room, tokensOf(view));
    return writeUntil(
      (take, stop) => protocol.ask(model, view, { isLast, maxTokens: reply, take, signal: stop }),
      protocol.isEnough,
      reply,
      signal,
    );
  }

  async function move(isLast: boolean, signal: CancelSignal): Promise<Move | undefined> {
    const wrote = await write(isLast, signal);
    // From now on it is spoken to as it was understood.
    protocols.length = 1;
    const read = protocols[0]!.read(wrote, documentsOf(entries));
    entries.push({ kind: 'wrote', text: read.text, calls: wrote.calls });
    return isLast && read.move?.kind === 'search' ? undefined : read.move;
  }

  return {
    async next(isLast, signal) {
      if (isLast) tell(entries, protocols[0]!.lastCall);
      for (let asked = 0; ; asked++) {
        const made = await move(isLast, signal);
        if (made !== undefined || asked === MAX_REMINDERS) return made;
        tell(entries, isLast ? protocols[0]!.lastCall : protocols[0]!.reminder);
      }
    },
    found: (results) => void entries.push({ kind: 'found', results }),
    forget: () => void entries.splice(entries.findLastIndex(({ kind }) => kind === 'wrote')),
  };
}

const tell = (entries: Entry[], text: string): void => void entries.push({ kind: 'told', text });

function protocolsOf(name: ProtocolName, { isBase, ...model }: ChatModel): Protocol[] {
  if (name === 'tools') return [toolProtocol];
  if (name === 'tags') return [tagProtocol];
  if (name === 'base' || (isBase && model.continue)) return [baseProtocol];
  return [toolProtocol, tagProtocol, baseProtocol];
}

/** A server that knows no tool calls refuses them, a base model all that is chat; what else fails would fail again. */
const isOfForm = (error: unknown): boolean =>
  error instanceof ModelFailure && (error.kind === 'failed' || error.kind === 'malformed');

/** Tokens are estimated, and a server may take fewer than it is said to: the next prompt is shorter. */
const isTooLong = (error: unknown): boolean => error instanceof ModelFailure && error.kind === 'too-long';
const SHORTER = 0.6;
const LEAST_PROMPT = 500;

const documentsOf = (entries: readonly Entry[]): FoundDocument[] =>
  entries.flatMap((entry) => (entry.kind === 'found' ? entry.results.flatMap(({ documents }) => documents) : []));
