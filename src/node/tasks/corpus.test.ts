import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readCorpus, shippedCorpus, type Corpus } from './corpus.ts';

const base = mkdtempSync(join(tmpdir(), 'spoor-corpus-'));
const file = join(base, 'corpus.json');
afterAll(() => rmSync(base, { recursive: true }));

it('is shipped, each repository once, and never one that results are measured on', () => {
  const { repositories, neverTrainOn } = readCorpus(shippedCorpus()!) as Corpus;
  const names = repositories.map(({ repo }) => repo.toLowerCase());
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => neverTrainOn.includes(name))).toEqual([]);
  expect(neverTrainOn).toHaveLength(8);
  expect(repositories.every(({ commit }) => /^[0-9a-f]{40}$/.test(commit!))).toBe(true);
  expect(repositories.filter(({ leaveNewestDays }) => leaveNewestDays === 365)).toHaveLength(13);
});

it('is not found where there is none', () => expect(shippedCorpus(base)).toBeUndefined());

it.each<[unknown, RegExp]>([
  ['{', /is not JSON/i],
  [null, /no "repositories"/],
  [{ repositories: [{ repo: 'a/b' }, { repo: '../b' }] }, /entry 2/],
  [{ repositories: [{ repo: 'a/b', commit: '--all' }] }, /entry 1/],
  [{ repositories: [{ repo: 'a/b', leaveNewestDays: -1 }] }, /entry 1/],
  [{ repositories: [], neverTrainOn: 'a/b' }, /"neverTrainOn"/],
])('is refused with a sentence: %j', (value, message) => {
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  expect(readCorpus(file)).toMatch(message);
});

it('says that there is no file', () => expect(readCorpus(join(base, 'none.json'))).toMatch(/There is no such file\.$/));
