/**
 * The folder of a causal language model as Hugging Face Optimum exports it and `onnx-community` keeps it: `config.json`,
 * `tokenizer.json`, mostly `tokenizer_config.json`, `generation_config.json` and `chat_template.jinja`, and the weights
 * as .onnx, in the folder or in its folder `onnx`. Only the weights are not read here: they are large.
 */
import { open, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { isRecord } from '#node/service/shapes.ts';
import { modelFacts, type ModelFacts } from './modelFacts.ts';
import { findWeights, type Weights } from './weights.ts';

export interface ModelFolder {
  readonly name: string;
  readonly weights: Weights;
  readonly facts: ModelFacts;
  readonly tokenizer: JsonObject;
  readonly tokenizerConfig: JsonObject;
  /** Jinja that makes one text of a conversation; absent of base models. */
  readonly template?: string;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Rejects with a `ModelFailure`.
 *
 * @param path the folder, or one of its .onnx files.
 * @param named name of one of the folder's .onnx files.
 */
export async function readModelFolder(path: string, named?: string): Promise<ModelFolder> {
  const { folder, file = named } = await placeOf(resolve(path));
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw new ModelFailure('no-model', `There is no folder ${folder}. ${CHOOSE}`);
  const config = await readJson(folder, 'config.json', CONFIG_BYTES);
  if (!config) throw lacks(folder, 'config.json');
  const tokenizer = await readJson(folder, 'tokenizer.json', TOKENIZER_BYTES);
  if (!tokenizer) throw lacks(folder, 'tokenizer.json');
  const tokenizerConfig = (await readJson(folder, 'tokenizer_config.json', CONFIG_BYTES)) ?? {};
  const generation = (await readJson(folder, 'generation_config.json', CONFIG_BYTES)) ?? {};
  const template = (await readText(folder, 'chat_template.jinja', CONFIG_BYTES)) ?? templateIn(tokenizerConfig);
  const weights = await findWeights(folder, file);
  await refusePointer(weights.file);
  const facts = modelFacts(config, generation);
  return { name: basename(folder), weights, facts, tokenizer, tokenizerConfig, ...(template && { template }) };
}

/** Of a file in the folder `onnx`, what belongs to it is one up. */
async function placeOf(path: string): Promise<{ readonly folder: string; readonly file?: string }> {
  const found = path.endsWith('.onnx') ? await stat(path).catch(() => undefined) : undefined;
  if (!found?.isFile()) return { folder: path };
  const inner = dirname(path);
  const folder = basename(inner) === 'onnx' ? dirname(inner) : inner;
  return { folder, file: relative(folder, path).replaceAll('\\', '/') };
}

const CHOOSE = 'Choose the folder of a model that has config.json, tokenizer.json and an .onnx file.';
/** The largest of many languages have 35 MB. */
const TOKENIZER_BYTES = 100_000_000;
const CONFIG_BYTES = 10_000_000;

const lacks = (folder: string, name: string): ModelFailure =>
  new ModelFailure(
    'no-model',
    `The model folder ${folder} has no ${name}. Download the whole folder, or export it anew.`,
  );

async function readJson(folder: string, name: string, mostBytes: number): Promise<JsonObject | undefined> {
  const text = await readText(folder, name, mostBytes);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Told below, as what is JSON but no object.
  }
  if (isRecord(value)) return value;
  throw new ModelFailure('failed', `${join(folder, name)} is damaged: it holds no JSON object. Download it anew.`);
}

/** Undefined where there is no such file. */
async function readText(folder: string, name: string, mostBytes: number): Promise<string | undefined> {
  const path = join(folder, name);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  if (found.size > mostBytes)
    throw new ModelFailure('failed', `${path} is larger than ${mostBytes / 1e6} MB, so it is not read.`);
  await refusePointer(path);
  return readFile(path, 'utf8').catch((error: Error) => {
    throw new ModelFailure('failed', `${path} cannot be read: ${error.message}.`, { cause: error });
  });
}

const POINTER = 'version https://git-lfs';

/** What a clone holds where Git LFS was not installed. */
async function refusePointer(path: string): Promise<void> {
  const handle = await open(path).catch((error: Error) => {
    throw new ModelFailure('failed', `${path} cannot be read: ${error.message}.`, { cause: error });
  });
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(POINTER.length));
  await handle.close();
  if (buffer.toString('latin1', 0, bytesRead) !== POINTER) return;
  throw new ModelFailure('failed', `${path} only points to the real file. Run "git lfs pull" in its folder.`);
}

/** A text, or a list of named ones of which `default` is for conversations. */
function templateIn({ chat_template: template }: JsonObject): string | undefined {
  if (typeof template === 'string') return template;
  const named = Array.isArray(template) ? template.filter(isRecord) : [];
  const chosen = named.find(({ name }) => name === 'default')?.['template'];
  return typeof chosen === 'string' ? chosen : undefined;
}
