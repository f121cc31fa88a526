/** Opens a language model by the name that the user gave it: an address of a server, or a folder on disk. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ChatModel } from '#core/llm/chatModel.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { endpointAddress } from './endpointAddress.ts';

export interface OpenedModel {
  readonly model: ChatModel;
  /** Ends what runs for the model. Call it once, when the model is not needed any more. */
  close(): Promise<void>;
}

export interface OpenModelOptions {
  /** For an endpoint that wants one. */
  readonly key?: string;
  /** What a relative folder is relative to; the current folder by default. */
  readonly cwd?: string;
}

/**
 * `http://localhost:11434/v1#qwen2.5-coder:7b`, with `?context=32768` before the `#` if need be; or the folder of an ONNX
 * model, or one of its .onnx files. Nothing is sent before the model is asked something. Rejects with a `ModelFailure` of
 * the kind `no-model` for what is neither, and with those of the folder.
 */
export async function openChatModel(name: string, options: OpenModelOptions = {}): Promise<OpenedModel> {
  const fault = modelNameFault(name, options.cwd);
  if (fault !== undefined) throw new ModelFailure('no-model', fault);
  if (!isAddress(name)) {
    const { folderModel } = await import('#node/llm/folderModel.ts');
    return folderModel({ directory: resolve(options.cwd ?? '', name) });
  }
  const { endpointModel } = await import('#node/llm/endpointModel.ts');
  const at = name.indexOf('#');
  const { key } = options;
  const model = endpointModel({ url: name.slice(0, at), name: name.slice(at + 1), ...(key && { key }) });
  return { model, close: () => Promise.resolve() };
}

/** Why a name leads to no model, as a sentence; undefined if it may lead to one. Tries no connection. */
export function modelNameFault(name: string, cwd = ''): string | undefined {
  if (isAddress(name)) return addressFault(name);
  const fault = pathFault(name, cwd);
  return fault && `${fault} Name the folder of an ONNX language model, or a server and its model: ${EXAMPLE}`;
}

function pathFault(name: string, cwd: string): string | undefined {
  try {
    const kind = statSync(resolve(cwd, name), { throwIfNoEntry: false });
    if (kind?.isDirectory() || (kind && name.endsWith('.onnx'))) return undefined;
    return kind ? `${shown(name)} is a file, not the folder of a model.` : `There is no folder ${shown(name)}.`;
  } catch (error) {
    // It may not be looked at, or no path is like that: one that is too long, one with a NUL.
    return `${shown(name)} cannot be opened (${(error as NodeJS.ErrnoException).code}).`;
  }
}

const EXAMPLE = 'http://localhost:11434/v1#qwen2.5-coder:7b';

const isAddress = (name: string): boolean => /^https?:\/\//i.test(name);

function addressFault(name: string): string | undefined {
  const at = name.indexOf('#');
  const [url, model] = at < 0 ? [name, ''] : [name.slice(0, at), name.slice(at + 1)];
  if (!URL.canParse(url)) return `That is no address of a server. Write it like ${EXAMPLE}`;
  // What stands before an @ may be a password: the address itself is not repeated.
  if (new URL(url).username || new URL(url).password)
    return 'Leave the name and the password out of the address, and give the key by SPOOR_MODEL_KEY.';
  const fault = faultOf(url);
  if (fault !== undefined) return fault;
  return model.trim() ? undefined : `Name the model behind the address, after a "#": ${EXAMPLE}`;
}

function faultOf(url: string): string | undefined {
  try {
    endpointAddress(url);
    return undefined;
  } catch (error) {
    return error instanceof ModelFailure ? error.message : String(error);
  }
}

const shown = (name: string): string => JSON.stringify(name.slice(0, 200));
