/**
 * A language model in a folder on disk, run by ONNX Runtime in this process. It blocks its thread, so it belongs into a
 * process of its own: `folderModel.ts` is what others use.
 *
 * One call runs at a time, in the order of asking. The weights are loaded by the first of them.
 */
import type { CancelSignal } from '#core/agent/tools.ts';
import type { ChatModel, ChatRequest, ContinueRequest, ModelReply, TakePiece } from '#core/llm/chatModel.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { THINKING } from '#core/llm/proseBlocks.ts';
import { createRng } from '#core/rl/rng.ts';
import type { RuntimeChoice } from '#node/onnx/runtimes.ts';
import { callIdsIn } from './callIds.ts';
import { chatPrompt, type ChatForm } from './onnx/chatPrompt.ts';
import { chooseToken } from './onnx/chooseToken.ts';
import type { Decoder } from './onnx/decoder.ts';
import { readModelFolder, type ModelFolder } from './onnx/modelFolder.ts';
import { openDecoder } from './onnx/openDecoder.ts';
import { createReplyReader, type ReplyForm } from './onnx/replyReader.ts';
import { createTokenizer, type Tokenizer } from './onnx/tokenizer.ts';
import { createTokenText } from './onnx/tokenText.ts';

export interface OnnxModel extends ChatModel {
  countTokens(text: string): number;
  readonly promptTokens: number;
  chat(request: ChatRequest, take: TakePiece, signal: CancelSignal, onBegin?: OnBegin): Promise<ModelReply>;
  continue(request: ContinueRequest, take: TakePiece, signal: CancelSignal, onBegin?: OnBegin): Promise<ModelReply>;
  /** Of the weights, in bytes. */
  readonly sizeBytes: number;
  close(): Promise<void>;
}

/** Called when it is the call's turn and the weights are loaded: from now on it stops soon when it is cancelled. */
type OnBegin = () => void;

export interface OnnxModelOptions {
  /** The model's folder, or one of its .onnx files. */
  readonly directory: string;
  /** Name of one of its .onnx files; by default the one that is best for a processor (`weights.ts`). */
  readonly file?: string;
  readonly runtime?: RuntimeChoice;
  /** The same request gives the same reply with the same seed; 1 by default. */
  readonly seed?: number;
}

/** Rejects with a `ModelFailure` if something lacks; whether the weights can be run is seen by the first call. */
export async function openOnnxModel(options: OnnxModelOptions): Promise<OnnxModel> {
  const { directory, file, runtime, seed = 1 } = options;
  const folder = await readModelFolder(directory, file);
  const tokenizer = createTokenizer(folder.tokenizer, folder.tokenizerConfig);
  const form = chatForm(folder, tokenizer);
  const controls = new Set(tokenizer.controls.filter(({ text }) => !isReadLater(text)).map(({ token }) => token));
  const ends = new Set([...folder.facts.ends, ...endByName(tokenizer)]);
  let decoder: Promise<Decoder> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const opened = (): Promise<Decoder> =>
    (decoder ??= openDecoder(folder.weights, folder.facts, runtime).catch((error: unknown) => {
      decoder = undefined;
      throw error;
    }));
  const inTurn = (signal: CancelSignal, work: () => Promise<ModelReply>): Promise<ModelReply> => {
    const turn = last.then(() => {
      if (signal.aborted) throw new ModelFailure('cancelled', 'This was cancelled.');
      return work();
    });
    last = turn.catch(() => undefined);
    return turn;
  };
  const run = async (wish: Wish, take: TakePiece, signal: CancelSignal, onBegin?: OnBegin): Promise<ModelReply> => {
    const room = roomFor(wish, folder);
    const parts = { tokenizer, decoder: await opened(), ends, seed, topP: folder.facts.topP ?? TOP_P };
    onBegin?.();
    return generate(parts, { ...wish, maxTokens: Math.min(wish.maxTokens, room) }, take, signal);
  };

  return {
    name: folder.name,
    ...(folder.facts.contextTokens !== undefined && { contextTokens: folder.facts.contextTokens }),
    promptTokens: PROMPT_TOKENS,
    ...(folder.template === undefined && { isBase: true }),
    sizeBytes: folder.weights.sizeBytes,
    countTokens: (text) => tokenizer.encode(text, false).length,
    chat: (request, take, signal, onBegin) =>
      inTurn(signal, async () => {
        const { text, needsStart, stop } = chatPrompt(form, request);
        const { maxTokens, temperature, tools } = request;
        const callsTools = (tools?.length ?? 0) > 0;
        const reply = { stop, keepsStop: false, callsTools, knownIds: callIdsIn(request.messages), trims: true };
        const prompt = tokenizer.encode(text, needsStart);
        return run({ prompt, maxTokens, temperature, reply, hidden: controls }, take, signal, onBegin);
      }),
    continue: ({ prompt, maxTokens, temperature, stop }, take, signal, onBegin) =>
      inTurn(signal, async () => {
        const reply = { stop, keepsStop: true, callsTools: false, knownIds: [], trims: false };
        const tokens = tokenizer.encode(prompt, true);
        return run({ prompt: tokens, maxTokens, temperature, reply, hidden: new Set() }, take, signal, onBegin);
      }),
    async close() {
      await last;
      await (await decoder?.catch(() => undefined))?.close();
    },
  };
}

/** A processor reads some hundred tokens a second. */
const PROMPT_TOKENS = 4_000;
/** Control tokens by which calls and thoughts are told from the answer: `<tool_call>`, `[TOOL_CALLS]`, `</think>`. */
const isReadLater = (text: string): boolean => OF_CALLS.test(text) || THINKING.test(text);
const OF_CALLS = /tool_call|^\[(?:ARGS|CALL_ID)\]$/i;
/** Where a model says nothing else. */
const TOP_P = 0.95;

interface Wish {
  readonly prompt: readonly number[];
  readonly maxTokens: number;
  readonly temperature: number;
  readonly reply: ReplyForm;
  /** Tokens that are no text of this reply. */
  readonly hidden: ReadonlySet<number>;
}

const chatForm = ({ template }: ModelFolder, { controls, names }: Tokenizer): ChatForm => ({
  ...(template !== undefined && { template }),
  controls: controls.map(({ text }) => text),
  names,
});

function endByName({ names, tokenOf }: Tokenizer): number[] {
  const token = names['eos_token'] === undefined ? undefined : tokenOf(names['eos_token']);
  return token === undefined ? [] : [token];
}

/** Tokens that are left for the reply. */
function roomFor({ prompt }: Wish, { name, facts: { contextTokens = Infinity } }: ModelFolder): number {
  if (prompt.length === 0) throw new ModelFailure('failed', 'There is nothing to go on from: the prompt is empty.');
  if (prompt.length < contextTokens) return contextTokens - prompt.length;
  const sentence = `The prompt has ${prompt.length} tokens and ${name} takes ${contextTokens}, the reply included.`;
  throw new ModelFailure('too-long', `${sentence} Ask with less, or choose a model that takes more.`);
}

interface Parts {
  readonly tokenizer: Tokenizer;
  readonly decoder: Decoder;
  readonly ends: ReadonlySet<number>;
  readonly seed: number;
  readonly topP: number;
}

async function generate(
  { tokenizer, decoder, ends, seed, topP }: Parts,
  { prompt, maxTokens, temperature, reply, hidden }: Wish,
  take: TakePiece,
  signal: CancelSignal,
): Promise<ModelReply> {
  const rng = createRng(seed);
  const reader = createReplyReader(reply, take);
  const text = createTokenText((tokens) => tokenizer.decode(tokens, hidden));
  const tokens = [...prompt];
  let isOver = false;
  while (!isOver && tokens.length - prompt.length < maxTokens) {
    const token = chooseToken(await decoder.next(tokens, signal), { temperature, topP }, rng);
    if (token === undefined) throw new ModelFailure('failed', NO_NUMBERS);
    if (ends.has(token)) return finish('done');
    tokens.push(token);
    isOver = reader.push(text.push(token));
  }
  return finish('cut');

  function finish(how: 'done' | 'cut'): ModelReply {
    if (!isOver) reader.push(text.end());
    return reader.end(how);
  }
}

const NO_NUMBERS = 'The model gave scores that are no numbers. Choose another of its .onnx files.';
