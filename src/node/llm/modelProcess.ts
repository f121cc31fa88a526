/**
 * The entry of the process that runs a language model of a folder, forked by `folderModel.ts`. It ends when its channel
 * closes, whatever became of the other side.
 */
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { lowerPriority } from '#node/learning/lowPriority.ts';
import { parseToModel, type FailureText, type FromModel, type ToModel } from './modelWire.ts';
import { needs } from './onnx/openDecoder.ts';
import { openOnnxModel, type OnnxModel } from './onnxModel.ts';

serve();

function serve(): void {
  if (!process.send) throw new Error('The process of a language model can only be started by Spoor.');
  lowerPriority();
  let model: Promise<OnnxModel> | undefined;
  const running = new Map<number, AbortController>();
  const take = (said: ToModel): void => {
    if (said.kind === 'cancel') running.get(said.id)?.abort();
    else if (said.kind !== 'open') void answer(model, said, running);
    else if (!model) {
      model = openOnnxModel(said.options);
      model.then(tellOpened, (error: unknown) => send({ kind: 'failure', failure: failureOf(error) }));
    }
  };
  process.on('message', (message: unknown) => {
    const said = parseToModel(message);
    if (said) take(said);
    else process.stderr.write("The model's process was told something that it does not know.\n");
  });
  process.on('disconnect', () => process.exit());
  // Ctrl-C reaches every process of a terminal; when to stop is the other side's decision.
  process.on('SIGINT', () => undefined);
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
}

function tellOpened({ name, contextTokens, promptTokens, isBase, sizeBytes }: OnnxModel): void {
  const known = { ...(contextTokens !== undefined && { contextTokens }), ...(isBase && { isBase }) };
  const facts = { name, promptTokens, ...known, needs: needs(sizeBytes) };
  send({ kind: 'opened', facts });
}

async function answer(
  opening: Promise<OnnxModel> | undefined,
  said: Exclude<ToModel, { readonly kind: 'open' | 'cancel' }>,
  running: Map<number, AbortController>,
): Promise<void> {
  const { id } = said;
  const stopping = new AbortController();
  running.set(id, stopping);
  const tell = (text: string): void => send({ kind: 'piece', id, text });
  const begin = (): void => send({ kind: 'begun', id });
  try {
    const model = await opening;
    if (!model) throw new ModelFailure('failed', 'The model was asked before it was opened.');
    if (said.kind === 'count') send({ kind: 'counted', id, tokens: model.countTokens(said.text) });
    else if (said.kind === 'chat')
      send({ kind: 'reply', id, reply: await model.chat(said.request, tell, stopping.signal, begin) });
    else send({ kind: 'reply', id, reply: await model.continue(said.request, tell, stopping.signal, begin) });
  } catch (error) {
    send({ kind: 'failure', id, failure: failureOf(error) });
  } finally {
    running.delete(id);
  }
}

function failureOf(error: unknown): FailureText {
  if (error instanceof ModelFailure) return { kind: error.kind, message: error.message };
  process.stderr.write(`${stackOf(error)}\n`);
  return { kind: 'failed', message: `The model could not be run: ${String(error)}` };
}

/** Fails only when the other side is gone; then this process ends anyway. */
function send(message: FromModel): void {
  process.send?.(message, () => undefined);
}

function fail(error: unknown): void {
  process.stderr.write(`The model's process stops because of a fault: ${stackOf(error)}\n`, () => process.exit(1));
}

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
