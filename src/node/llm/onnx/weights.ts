/** Which of a folder's .onnx files is run, and what it needs. */
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ModelFailure } from '#core/llm/modelFailure.ts';

export interface Weights {
  /** Full path. */
  readonly file: string;
  /** Names of the files beside it that hold the weights which are too many for one: `model.onnx_data`. */
  readonly external: readonly string[];
  /** Of all of them, in bytes; the memory that a model needs is a little more. */
  readonly sizeBytes: number;
}

/** Names of the graph that takes and gives the cache: today's, and that of exports before 2024. */
const GRAPHS = ['model', 'decoder_model_merged'];
/** First what is small and fast on a processor; half floats last, because processors convert each of them. */
const PRECISIONS = ['q4', 'quantized', 'q8', 'int8', 'uint8', '', 'bnb4', 'fp16', 'q4f16'];
const ORDER = GRAPHS.flatMap((graph) => PRECISIONS.map((each) => `${graph}${each && `_${each}`}.onnx`));

/**
 * The file that was asked for by its name; else the first of `ORDER`, in the folder `onnx` before the folder itself;
 * else the only one that there is. Rejects with a `ModelFailure`.
 */
export async function findWeights(folder: string, asked?: string): Promise<Weights> {
  const places = [...(await filesIn(join(folder, 'onnx'))), ...(await filesIn(folder))];
  const models = places.filter((path) => path.endsWith('.onnx'));
  const file = asked === undefined ? chosen(models) : models.find((path) => endsWithName(path, asked));
  if (file === undefined) throw noWeights(folder, models, asked);
  const parts = places.filter(
    (path) => path !== file && path.startsWith(file) && /^[_.]data/.test(path.slice(file.length)),
  );
  const sizes = await Promise.all([file, ...parts].map(async (path) => (await stat(path)).size));
  return {
    file,
    external: parts.map((path) => path.slice(dirname(file).length + 1)),
    sizeBytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}

/** Full paths of the plain files, sorted; none where there is no such folder. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(folder, entry.name))
    .sort();
}

function chosen(models: readonly string[]): string | undefined {
  for (const name of ORDER) {
    const found = models.find((path) => endsWithName(path, name));
    if (found !== undefined) return found;
  }
  return models.length === 1 ? models[0] : undefined;
}

const endsWithName = (path: string, name: string): boolean => path.replaceAll('\\', '/').endsWith(`/${name}`);

function noWeights(folder: string, models: readonly string[], asked: string | undefined): ModelFailure {
  if (models.length === 0)
    return new ModelFailure(
      'no-model',
      `The model folder ${folder} has no .onnx file. Download one of its onnx files.`,
    );
  const names = models.map((path) => path.slice(folder.length + 1)).slice(0, 10);
  const what = asked === undefined ? 'none of a usual name' : `no ${asked}`;
  const sentence = `The model folder ${folder} has ${what}. Name one of its .onnx files: ${names.join(', ')}.`;
  return new ModelFailure('no-model', sentence);
}
