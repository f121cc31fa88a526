/** Has a language model write over the evidence of an answer. The cited answer stands whatever comes of it. */
import type { CancelSignal } from '#core/agent/tools.ts';
import type { Answer } from '#core/answer/answer.ts';
import { printable } from '#core/answer/plainText.ts';
import { cut } from '#core/answer/wording.ts';
import type { ChatModel, ModelReply } from '#core/llm/chatModel.ts';
import { linkedCancel } from '#core/llm/linkedCancel.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import type { Prose } from '#core/answer/prose.ts';
import { estimateTokens } from '#core/llm/prompt.ts';
import { prosePrompt, tokenRoom, type ProsePrompt, type ProseQuestion, type TokenRoom } from '#core/llm/prosePrompt.ts';
import { createProseReader, type ProseReader } from '#core/llm/proseStream.ts';

export interface ProseRequest extends ProseQuestion {
  readonly model: ChatModel;
  readonly answer: Answer;
  /** Called with each piece that comes, and at the end; how often that is shown is the caller's. */
  readonly emit?: (prose: Prose) => void;
}

/**
 * Never rejects: what goes wrong is in the prose's state and notes. Nothing is sent for an answer that found nothing,
 * because prose would rest on nothing; the prose is empty then, with a note that says so.
 */
export async function writeProse(request: ProseRequest, signal: CancelSignal): Promise<Prose> {
  const { model, answer, emit } = request;
  if (!answer.found || answer.citations.length === 0) return ended(model, NOTHING);
  const room = tokenRoom(model);
  let written = await attempt(request, room, signal);
  // Nobody knows how long the context of some servers is before they refuse.
  if (written.isTooLong) written = await attempt(request, halved(room), signal);
  emit?.(written.prose);
  return written.prose;
}

const NOTHING: Pick<Prose, 'state' | 'notes'> = {
  state: 'done',
  notes: ['The model was not asked: no places were found that it could write about.'],
};

const ended = (model: ChatModel, end: Pick<Prose, 'state' | 'notes'>): Prose => ({
  model: printable(model.name),
  sentences: [],
  ...end,
});

const halved = ({ prompt, reply }: TokenRoom): TokenRoom => ({
  prompt: Math.max(1, Math.floor(prompt / 2)),
  reply: Math.max(1, Math.floor(reply / 2)),
});

interface Written {
  readonly prose: Prose;
  /** Nothing was written because the prompt did not fit. */
  readonly isTooLong: boolean;
}

async function attempt(request: ProseRequest, room: TokenRoom, signal: CancelSignal): Promise<Written> {
  const { model } = request;
  let reader = createProseReader(new Map());
  try {
    const prompt = await fittingPrompt(request, room.prompt);
    reader = createProseReader(linesOf(request.answer, prompt));
    return { prose: await stream(request, prompt, room, reader, signal), isTooLong: false };
  } catch (error) {
    reader.end();
    const prose = failed(model, reader, error);
    const isTooLong = error instanceof ModelFailure && error.kind === 'too-long' && prose.sentences.length === 0;
    return { prose, isTooLong };
  }
}

const linesOf = ({ citations }: Answer, { numbers }: ProsePrompt): ReadonlyMap<number, readonly string[]> =>
  new Map(citations.filter(({ number }) => numbers.includes(number)).map(({ number, lines }) => [number, lines]));

/** The estimate leaves room free; where lines were left out for it, the model's own tokenizer says how much. */
async function fittingPrompt(request: ProseRequest, most: number): Promise<ProsePrompt> {
  const { model } = request;
  const estimated = prosePrompt(request, most);
  if (!estimated.isShortened || !model.countTokens) return estimated;
  const counted = await countPrompt(model, estimated);
  const ratio = counted / Math.max(1, estimated.tokens);
  const fitted = prosePrompt(request, Math.floor((most * MARGIN) / Math.max(0.1, ratio)));
  return (await countPrompt(model, fitted)) <= most ? fitted : estimated;
}

const MARGIN = 0.97;

async function countPrompt(model: ChatModel, { messages }: ProsePrompt): Promise<number> {
  const text = messages.map((message) => message.text).join('\n');
  const counted = await model.countTokens!(text);
  return Number.isFinite(counted) && counted > 0 ? counted : estimateTokens(text);
}

async function stream(
  { model, emit }: ProseRequest,
  { messages }: ProsePrompt,
  room: TokenRoom,
  reader: ProseReader,
  signal: CancelSignal,
): Promise<Prose> {
  const stop = linkedCancel(signal);
  let isOver = false;
  const take = (piece: string): void => {
    if (isOver) return;
    reader.push(piece);
    emit?.({ model: printable(model.name), ...reader.prose(), state: 'running' });
    if (reader.isFull()) stop.cancel();
  };
  try {
    const asked = model.chat({ messages, maxTokens: room.reply, temperature: 0 }, take, stop.signal);
    const reply = await asked.catch((error: unknown) => {
      if (reader.isFull() && !signal.aborted) return undefined;
      throw error;
    });
    const isThinking = reader.isThinking();
    reader.end();
    return finished(model, reader, { end: 'cut', isThinking, ...reply });
  } finally {
    isOver = true;
    stop.release();
  }
}

function finished(
  model: ChatModel,
  reader: ProseReader,
  { end, isThinking, hasThought }: Pick<ModelReply, 'end' | 'hasThought'> & { readonly isThinking: boolean },
): Prose {
  const { sentences, notes } = reader.prose();
  const prose = { model: printable(model.name), sentences };
  const isCut = end === 'cut' || isThinking;
  if (sentences.length === 0)
    return { ...prose, state: 'failed', notes: [...notes, nothingWritten(isCut, isThinking || (hasThought ?? false))] };
  if (!isCut) return { ...prose, state: reader.isFull() ? 'cut' : 'done', notes };
  return { ...prose, state: 'cut', notes: reader.isFull() ? notes : [...notes, NOT_WHOLE] };
}

const NOT_WHOLE = 'The model came to the limit of its reply, so its text is not whole.';

function nothingWritten(isCut: boolean, hasThought: boolean): string {
  if (hasThought)
    return 'The model only thought and wrote no answer. Choose one that thinks less, or turn its thinking off.';
  if (isCut) return 'The model came to its limit before it wrote anything that can be shown. Choose another model.';
  return 'The model wrote nothing that can be shown. Its context may be too small: give it more, or choose another model.';
}

/** What came before a failure is kept. */
function failed(model: ChatModel, reader: ProseReader, error: unknown): Prose {
  const { sentences, notes } = reader.prose();
  const prose = { model: printable(model.name), sentences };
  const kind = error instanceof ModelFailure ? error.kind : 'failed';
  // Who stopped it knows why.
  if (kind === 'cancelled') return { ...prose, state: 'cancelled', notes };
  return { ...prose, state: sentences.length ? 'cut' : 'failed', notes: [...notes, failureText(error)] };
}

const MAX_FAILURE = 400;

/** Others than a `ModelFailure` are a fault of an adapter, and say so. */
function failureText(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return cut(printable(error instanceof ModelFailure ? message : `The model failed: ${message}`), MAX_FAILURE);
}
