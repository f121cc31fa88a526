import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { OpenedModel } from '#node/llm/openChatModel.ts';
import { keptModels } from '#node/llm/keptModels.ts';
import { writeTinyModel } from '../../../test/fakes/tinyLanguageModel.ts';

const folder = mkdtempSync(join(tmpdir(), 'spoor-kept-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const say = async ({ model }: OpenedModel): Promise<string> => {
  const request = { messages: [{ role: 'user', text: 'its colour' }], maxTokens: 9, temperature: 0 } as const;
  return (await model.chat(request, () => undefined, new AbortController().signal)).text;
};

test('a model stays open until all are closed; one that cannot be opened is tried again', async () => {
  const kept = keptModels();
  await expect(kept.open(folder)).rejects.toMatchObject({ kind: 'no-model' });
  await writeTinyModel(folder, { replies: { ' colour<|assistant|>': 'It is blue.' } });
  const [first, second] = await Promise.all([kept.open(folder), kept.open(folder)]);
  expect(second.model).toBe(first.model);
  await first.close();
  expect(await say(second)).toBe('It is blue.');
  await kept.close();
  await expect(say(second)).rejects.toThrow('This model was closed.');
});
