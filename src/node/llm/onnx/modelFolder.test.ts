import { mkdir, mkdtemp, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { modelFacts } from '#node/llm/onnx/modelFacts.ts';
import { readModelFolder } from '#node/llm/onnx/modelFolder.ts';
import { findWeights } from '#node/llm/onnx/weights.ts';
import { writeTinyModel } from '../../../../test/fakes/tinyLanguageModel.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spoor-model-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Empty files in the folder. */
async function touch(...names: readonly string[]): Promise<void> {
  await mkdir(join(folder, 'onnx'), { recursive: true });
  for (const name of names) await writeFile(join(folder, name), 'x');
}

describe('the weights', () => {
  test('are the smallest good ones for a processor, and those in the folder onnx before others', async () => {
    await touch('onnx/model.onnx', 'onnx/model_fp16.onnx', 'onnx/model_q4f16.onnx', 'model_int8.onnx');
    expect((await findWeights(folder)).file).toBe(join(folder, 'model_int8.onnx'));
    await touch('model_q4.onnx', 'onnx/model_q4.onnx', 'onnx/model_quantized.onnx');
    expect((await findWeights(folder)).file).toBe(join(folder, 'onnx', 'model_q4.onnx'));
  });

  test('are those that were asked for', async () => {
    await touch('onnx/model_q4.onnx', 'onnx/model_fp16.onnx', 'model.onnx');
    expect((await findWeights(folder, 'model_fp16.onnx')).file).toBe(join(folder, 'onnx', 'model_fp16.onnx'));
    expect((await findWeights(folder, 'onnx/model_fp16.onnx')).file).toBe(join(folder, 'onnx', 'model_fp16.onnx'));
    await expect(findWeights(folder, 'model_int8.onnx')).rejects.toThrow(
      /has no model_int8\.onnx\. Name one of its \.onnx files: onnx.model_fp16\.onnx, onnx.model_q4\.onnx, model\.onnx\.$/,
    );
  });

  test('of exports before 2024 have another name, and a single one may have any', async () => {
    await touch('decoder_model_merged_quantized.onnx', 'decoder_model.onnx');
    expect((await findWeights(folder)).file).toBe(join(folder, 'decoder_model_merged_quantized.onnx'));
    await unlink(join(folder, 'decoder_model_merged_quantized.onnx'));
    expect((await findWeights(folder)).file).toBe(join(folder, 'decoder_model.onnx'));
    await touch('second.onnx');
    await expect(findWeights(folder)).rejects.toThrow(
      /none of a usual name\. Name one of its .onnx files: decoder_model/,
    );
  });

  test('may be in several files', async () => {
    await touch('onnx/model.onnx', 'onnx/model.onnx_data', 'onnx/model.onnx_data_1', 'onnx/model_q4.onnx_data');
    const weights = await findWeights(folder);
    expect(weights).toMatchObject({ external: ['model.onnx_data', 'model.onnx_data_1'], sizeBytes: 3 });
  });

  test('lack', async () => {
    await expect(findWeights(folder)).rejects.toMatchObject({
      kind: 'no-model',
      message: expect.stringMatching(/has no \.onnx file/) as string,
    });
  });
});

describe('a folder', () => {
  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
  beforeEach(async () => {
    await writeTinyModel(folder, { replies: { a: ' b' } });
  });

  test('is read, the template from whichever place has it', async () => {
    const { name, template, facts } = await readModelFolder(folder);
    expect(folder.endsWith(name)).toBe(true);
    expect(template).toContain('<|assistant|>');
    expect(facts).toMatchObject({ contextTokens: 4096, cacheHeads: 2, headSize: 3 });
    const named = [{ name: 'rag', template: 'no' }, { name: 'default', template: 'yes' }]; // prettier-ignore
    await write('tokenizer_config.json', JSON.stringify({ chat_template: named }));
    expect((await readModelFolder(folder)).template).toBe('yes');
    await write('chat_template.jinja', 'own');
    expect((await readModelFolder(folder)).template).toBe('own');
  });

  test('may be named by one of its .onnx files', async () => {
    await write('other.onnx', 'x');
    const own = await readModelFolder(join(folder, 'onnx', 'model.onnx'));
    expect(own.weights.file).toBe(join(folder, 'onnx', 'model.onnx'));
    expect((await readModelFolder(join(folder, 'other.onnx'))).weights.file).toBe(join(folder, 'other.onnx'));
    expect(own.name).toBe(basename(folder));
  });

  test('needs neither a configuration of its tokenizer nor a template', async () => {
    await unlink(join(folder, 'tokenizer_config.json'));
    expect((await readModelFolder(folder)).template).toBeUndefined();
  });

  test.each(['config.json', 'tokenizer.json'])('lacks %s', async (name) => {
    await unlink(join(folder, name));
    await expect(readModelFolder(folder)).rejects.toMatchObject({
      kind: 'no-model',
      message: `The model folder ${folder} has no ${name}. Download the whole folder, or export it anew.`,
    });
  });

  test.each([
    ['{"model_type":', /config\.json is damaged: it holds no JSON object\. Download it anew\.$/],
    ['[]', /config\.json is damaged/],
    [`${' '.repeat(10_000_001)}`, /config\.json is larger than 10 MB/],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:0\n', /config\.json only points to .* "git lfs pull"/],
  ])('has a damaged config.json: %#', async (text, sentence) => {
    await write('config.json', text);
    await expect(readModelFolder(folder)).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(sentence) as string,
    });
  });

  test('has weights that only point to the real ones', async () => {
    await write('onnx/model.onnx', 'version https://git-lfs.github.com/spec/v1\n');
    await expect(readModelFolder(folder)).rejects.toThrow(
      /model\.onnx only points to the real file\. Run "git lfs pull"/,
    );
  });

  test('is none', async () => {
    await rename(folder, `${folder}-moved`);
    await expect(readModelFolder(folder)).rejects.toThrow(`There is no folder ${folder}. Choose the folder of a model`);
    await rename(`${folder}-moved`, folder);
  });
});

describe('what a configuration says', () => {
  test('is found under the names of the families', () => {
    const gpt2 = { n_positions: 1024, n_head: 12, n_embd: 768, vocab_size: 50257, eos_token_id: 50256 };
    expect(modelFacts(gpt2, {})).toEqual({
      contextTokens: 1024,
      vocabulary: 50257,
      cacheHeads: 12,
      headSize: 64,
      ends: [50256],
    });
    const qwen = { num_attention_heads: 14, num_key_value_heads: 2, hidden_size: 896, eos_token_id: 5 };
    expect(modelFacts(qwen, { eos_token_id: [5, 7], top_p: 0.8 })).toEqual({
      cacheHeads: 2,
      headSize: 64,
      ends: [5, 5, 7],
      topP: 0.8,
    });
    expect(modelFacts({ text_config: { head_dim: 128, max_position_embeddings: 99 } }, {})).toEqual({
      contextTokens: 99,
      headSize: 128,
      ends: [],
    });
  });

  test('is not believed where it is no number', () => {
    const wrong = { vocab_size: '7', max_position_embeddings: -1, eos_token_id: [null, 'x', 1.5] };
    expect(modelFacts(wrong, { top_p: 7 })).toEqual({ ends: [] });
  });
});
