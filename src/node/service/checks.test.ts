import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { runChecks, type CheckedSettings } from '#node/service/checks.ts';
import type { Check, DocsStatus } from '#node/service/searchService.ts';
import { makeTree, removeTrees } from '../../../test/fakes/workspaceTree.ts';

const DOCS: DocsStatus = {
  filesIndexed: 3,
  sectionsIndexed: 1_200,
  complete: true,
  made: true,
  leftOut: [],
  paused: false,
};
const SETTINGS: CheckedSettings = {
  storage: '',
  docs: true,
  history: true,
  policy: 'learned',
  runtime: 'auto',
};

let storage: string;
beforeAll(() => void (storage = makeTree({})));
afterEach(() => vi.unstubAllEnvs());
afterAll(removeTrees);

async function check(
  name: Check['name'],
  settings: Partial<CheckedSettings> = {},
  docs: DocsStatus | undefined = DOCS,
) {
  const checks = await runChecks({ ...SETTINGS, storage, ...settings }, docs);
  return checks.find((one) => one.name === name)!;
}

describe('the doctor', () => {
  test('finds all well where it is, and leaves nothing behind', async () => {
    const checks = await runChecks({ ...SETTINGS, storage }, DOCS);
    expect(checks.map(({ name, ok }) => [name, ok])).toEqual([
      ['ripgrep', true],
      ['git', true],
      ['runtime', true],
      ['docs', true],
      ['policy', true],
      ['storage', true],
    ]);
    const found = checks.map((one) => one.found);
    expect(found[0]).toMatch(/^ripgrep \d+\.\d+\.\d+ comes with Spoor: .*rg(\.exe)?$/);
    expect(found[1]).toMatch(/^git version \d/);
    expect(found[2]).toBe(`ONNX Runtime runs the model, built for ${process.platform}-${process.arch}.`);
    expect(found[3]).toBe('1,200 sections of 3 documents indexed.');
    expect(found[4]).toMatch(/^The policy in use is "shipped 2" \([0-9a-f]{16}\)\.$/);
    expect(found[5]).toMatch(/ can be written to and has [\d,]+ MB free\.$/);
    expect(readdirSync(storage)).toEqual([]);
  });
});

describe('ripgrep', () => {
  test('that is set to nothing', async () => {
    expect(await check('ripgrep', { rg: '/nowhere/rg' })).toEqual({
      name: 'ripgrep',
      ok: false,
      found: 'The path set for ripgrep, /nowhere/rg, is not the full path of a program that may be run.',
      remedy: 'Correct it or take the setting away.',
    });
  });

  test.skipIf(process.platform === 'win32')('that is another program', async () => {
    const rg = join(makeTree({}), 'rg');
    writeFileSync(rg, '#!/bin/sh\necho "not ripgrep 1.2.3"\n');
    chmodSync(rg, 0o755);
    expect(await check('ripgrep', { rg })).toMatchObject({
      ok: false,
      found: `${rg} is not ripgrep, or cannot be started.`,
      remedy: 'Correct the path that is set, or take the setting away.',
    });
  });
});

describe('git', () => {
  test('that is not there', async () => {
    vi.stubEnv('PATH', makeTree({}));
    expect(await check('git')).toMatchObject({ ok: false, remedy: expect.stringMatching(/^Install git/) });
  });

  test('that is not used is not run', async () => {
    vi.stubEnv('PATH', makeTree({}));
    expect(await check('git', { history: false })).toMatchObject({
      ok: true,
      found: expect.stringMatching(/^The history is/),
    });
  });
});

test('the runtime may be WebAssembly', async () => {
  expect(await check('runtime', { runtime: 'wasm' })).toEqual({
    name: 'runtime',
    ok: true,
    found: 'ONNX Runtime runs the model in WebAssembly, as it is set.',
  });
});

describe('docs', () => {
  const CASES: [name: string, docs: DocsStatus | undefined, expected: Partial<Check>][] = [
    ['without a folder', undefined, { ok: true, found: 'No folder is open, so there are no docs to search.' }],
    [
      'that are being indexed',
      { ...DOCS, complete: false, sectionsIndexed: 1, filesIndexed: 1 },
      { ok: true, found: '1 section of 1 document indexed so far.' },
    ],
    [
      'that are paused half-way',
      { ...DOCS, complete: false, paused: true },
      { ok: false, remedy: 'Resume the indexing.' },
    ],
    [
      'of which some are left out',
      { ...DOCS, leftOut: ['2 documents are too large.'] },
      { ok: true, found: '1,200 sections of 3 documents indexed. 2 documents are too large.' },
    ],
    [
      'that could not be indexed',
      { ...DOCS, leftOut: ['The docs index is not complete because indexing failed (no luck).'] },
      { ok: false, remedy: 'Rebuild the docs index.' },
    ],
  ];
  for (const [name, docs, expected] of CASES)
    test(name, async () => {
      const checks = await runChecks({ ...SETTINGS, storage }, docs);
      expect(checks.find((one) => one.name === 'docs')).toMatchObject(expected);
    });

  test('that are switched off', async () => {
    expect(await check('docs', { docs: false })).toMatchObject({
      ok: true,
      found: expect.stringMatching(/switched off/),
    });
  });
});

describe('the policy', () => {
  test('may be written by hand', async () => {
    expect(await check('policy', { policy: 'hand' })).toMatchObject({
      ok: true,
      found: 'The policy in use is "by hand".',
    });
  });

  test('may not fit', async () => {
    const file = join(makeTree({ 'mine.onnx': 'no model' }), 'mine.onnx');
    const { ok, found, remedy } = await check('policy', { policy: file });
    expect(ok).toBe(false);
    expect(found.replace(file, 'FILE')).toMatch(/^FILE cannot be used\. This is no model, or a damaged one: .*\.$/);
    expect(remedy).toBe('Take the file anew, or leave the choice of the policy to Spoor.');
  });
});

describe('storage', () => {
  test('that is not there is made', async () => {
    const folder = join(makeTree({}), 'deep/er');
    expect(await check('storage', { storage: folder })).toMatchObject({ ok: true });
    expect(existsSync(folder)).toBe(true);
  });

  test('that is no folder', async () => {
    const file = join(makeTree({ file: '' }), 'file');
    expect(await check('storage', { storage: file })).toMatchObject({
      ok: false,
      found: expect.stringMatching(/^Nothing can be kept in /),
      remedy: 'Allow writing there, and free space.',
    });
  });
});
