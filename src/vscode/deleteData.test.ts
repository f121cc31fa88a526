import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { deleteData } from './deleteData.ts';
import { storagePaths } from './storagePaths.ts';

const base = mkdtempSync(join(tmpdir(), 'spoor-delete-'));
afterAll(() => rmSync(base, { recursive: true }));

test('everything goes, nothing beside it does, and it is counted', async () => {
  const storage = storagePaths(base);
  const files = {
    [join(storage.conversations, 'a.jsonl')]: '12345',
    [join(storage.conversations, 'b.jsonl')]: '12345',
    [join(storage.conversations, 'folders', 'k', 'a')]: '',
    [join(storage.feedback, 'k.jsonl')]: '123',
    [join(storage.sites, 'docs.example-1', 'page.md')]: '1234567',
    [join(storage.caches, 'docs.sqlite')]: '1',
    [join(storage.policies, 'user', 'versions', '0001', 'policy.onnx')]: '12',
    [join(storage.runs, 'a', 'plan.json')]: '12',
    [join(base, 'other', 'kept.txt')]: 'kept',
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(await deleteData(storage)).toEqual({ conversations: 2, sites: 1, bytes: 25, kept: [] });
  expect(Object.keys(files).filter((file) => existsSync(file))).toEqual([join(base, 'other', 'kept.txt')]);
});

test('there may be nothing', async () => {
  expect(await deleteData(storagePaths(join(base, 'none')))).toEqual({
    conversations: 0,
    sites: 0,
    bytes: 0,
    kept: [],
  });
});
