/**
 * A language model in a folder on disk, in a process of its own: running it blocks a thread, takes the memory that its
 * weights need, and may fail in native code. The process is ended when nobody has asked for a while and started anew by
 * the next call, also after it died.
 */
import { join } from 'node:path';
import type { CancelSignal } from '#core/agent/tools.ts';
import type { ChatModel, ModelReply, TakePiece } from '#core/llm/chatModel.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { LEFT_WAITING, startModel, type Answer, type CallMessage, type ModelHolder } from './startModel.ts';
import type { OnnxModelOptions } from './onnxModel.ts';

export interface FolderModelOptions extends OnnxModelOptions {
  /** Full path of `modelProcess.ts` or its bundle; by default the one that is beside this program. */
  readonly modulePath?: string;
  /** Time without a call after which the process is ended, in milliseconds; five minutes by default. */
  readonly idleMs?: number;
  /** Time for a cancelled call to stop before the process is ended, in milliseconds; ten seconds by default. */
  readonly cancelMs?: number;
  /** Gets what the process prints, and when it starts and ends; nothing does by default. */
  readonly log?: (text: string) => void;
}

export interface FolderModel {
  readonly model: ChatModel & Required<Pick<ChatModel, 'continue' | 'countTokens'>>;
  /** Ends the process, by force if need be; resolves when it is gone. Calls that wait are rejected. */
  close(): Promise<void>;
}

const IDLE_MS = 5 * 60_000;
/** A piece of a prompt takes seconds. */
const CANCEL_MS = 10_000;

/** Rejects with a `ModelFailure` when the folder lacks something. The weights are loaded by the first call. */
export async function folderModel(options: FolderModelOptions): Promise<FolderModel> {
  const { modulePath = ownModule(), idleMs = IDLE_MS, cancelMs = CANCEL_MS, log = () => undefined, ...open } = options;
  let running: ModelHolder | undefined;
  let closing: Promise<void> | undefined;
  const started = (): ModelHolder => {
    if (closing) throw new ModelFailure('failed', 'This model was closed. Choose it again.');
    if (running && !running.isGone) return running;
    try {
      return (running = startModel({ modulePath, idleMs, cancelMs, log, open }));
    } catch (error) {
      throw new ModelFailure('failed', `The model's process could not be started: ${String(error)}.`, { cause: error });
    }
  };
  const call = async (message: CallMessage, take: TakePiece, signal?: CancelSignal): Promise<Answer> => {
    const holder = started();
    try {
      return await holder.call(message, take, signal);
    } catch (error) {
      if (error !== LEFT_WAITING) throw error;
      // Two processes at a time would take the memory of two.
      await holder.end();
      return call(message, take, signal);
    }
  };
  const generate = async (message: CallMessage, take: TakePiece, signal: CancelSignal): Promise<ModelReply> => {
    const said = await call(message, take, signal);
    if (said.kind === 'reply') return said.reply;
    throw new ModelFailure('malformed', NOT_UNDERSTOOD);
  };
  const { needs: _, ...facts } = await started().opened;
  return {
    model: {
      ...facts,
      chat: (request, take, signal) => generate({ kind: 'chat', request }, take, signal),
      continue: (request, take, signal) => generate({ kind: 'continue', request }, take, signal),
      async countTokens(text) {
        const said = await call({ kind: 'count', text }, () => undefined);
        if (said.kind === 'counted') return said.tokens;
        throw new ModelFailure('malformed', NOT_UNDERSTOOD);
      },
    },
    close: () => (closing ??= running?.end() ?? Promise.resolve()),
  };
}

const NOT_UNDERSTOOD = "The model's process gave an answer that is not understood. Install Spoor anew.";

/** A bundle in CommonJS has no `import.meta.filename`. */
const ownModule = (): string =>
  import.meta.filename?.endsWith('.ts')
    ? join(import.meta.dirname, 'modelProcess.ts')
    : join(import.meta.dirname ?? __dirname, 'modelProcess.mjs');
