import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { modelNameFault, openChatModel } from '#node/llm/openChatModel.ts';

const base = mkdtempSync(join(tmpdir(), 'spoor-model-name-'));
beforeAll(() => {
  mkdirSync(join(base, 'shut/model'), { recursive: true });
  writeFileSync(join(base, 'notes.txt'), 'no model');
  writeFileSync(join(base, 'model.onnx'), '');
});
afterAll(() => {
  chmodSync(join(base, 'shut'), 0o700);
  rmSync(base, { recursive: true });
});

const ADVICE =
  'Name the folder of an ONNX language model, or a server and its model: http://localhost:11434/v1#qwen2.5-coder:7b';

describe('the name of a model', () => {
  test.each(['shut', 'model.onnx', 'http://localhost:11434/v1#tiny'])('may lead to one: %s', (name) => {
    expect(modelNameFault(name, base)).toBeUndefined();
  });

  test.each([
    ['nowhere', 'There is no folder "nowhere".'],
    ['notes.txt', '"notes.txt" is a file, not the folder of a model.'],
    ['notes.txt/model', 'There is no folder "notes.txt/model".'],
    ['a\0b', String.raw`"a\u0000b" cannot be opened (ERR_INVALID_ARG_VALUE).`],
  ])('leads to none, which is a sentence: %j', async (name, sentence) => {
    expect(modelNameFault(name, base)).toBe(`${sentence} ${ADVICE}`);
    await expect(openChatModel(name, { cwd: base })).rejects.toMatchObject({ name: 'ModelFailure', kind: 'no-model' });
  });

  test.skipIf(process.platform === 'win32')('may be longer than the system takes', () => {
    const name = 'x'.repeat(300);
    expect(modelNameFault(name, base)).toBe(`"${'x'.repeat(200)}" cannot be opened (ENAMETOOLONG). ${ADVICE}`);
  });

  test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('may be behind a shut door', () => {
    chmodSync(join(base, 'shut'), 0);
    expect(modelNameFault('shut/model', base)).toBe(`"shut/model" cannot be opened (EACCES). ${ADVICE}`);
  });
});
