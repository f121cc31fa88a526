import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { gate } from '#core/learning/gate.ts';
import { frozenResults } from '#core/learning/frozenSet.ts';
import { utility } from '#core/learning/heldResult.ts';
import { parametersOfFile, untrainedParameters } from '#core/policy/policyModel.ts';
import { packFrozenSet, readFrozenSet } from '#node/learning/frozenFile.ts';
import { openPlayingNetwork } from '#node/policy/scorers.ts';

const folder = mkdtempSync(join(tmpdir(), 'spoor-frozen-'));
afterAll(() => rmSync(folder, { recursive: true }));

const questions = readFrozenSet();
const { neverTrainOn, repositories } = JSON.parse(readFileSync('models/corpus.json', 'utf8')) as {
  readonly neverTrainOn: readonly string[];
  readonly repositories: readonly { readonly repo: string }[];
};

test('the set that Spoor comes with has questions of many repositories, and none of those that results are measured on', () => {
  const repos = new Set(questions.map(({ id }) => id.split(':')[0]!));
  expect(questions.length).toBeGreaterThanOrEqual(150);
  expect(repos.size).toBeGreaterThanOrEqual(50);
  for (const repo of repos) {
    expect(neverTrainOn).not.toContain(repo);
    expect(repositories.map(({ repo: name }) => name)).toContain(repo);
  }
  expect(statSync('models/frozen.bin').size).toBeLessThan(2 << 20);
});

test('the set that Spoor comes with tells the shipped policy from one that knows nothing', async () => {
  const network = await openPlayingNetwork();
  const shipped = await frozenResults(questions, network(parametersOfFile(readFileSync('models/searcher.onnx'))));
  const untrained = await frozenResults(questions, network(untrainedParameters(1)));
  const mean = shipped.reduce((sum, result) => sum + utility(result), 0) / shipped.length;
  expect(mean).toBeCloseTo(0.6256, 3);
  const { reasons } = gate(shipped, untrained, 1);
  expect(reasons.join(' ')).toMatch(/that come with Spoor it is worse than before by 2\d\.\d points of 100/);
});

test('a file is read as it was packed; one that is missing or damaged is refused with a sentence', () => {
  const file = join(folder, 'some.bin');
  writeFileSync(file, packFrozenSet(questions.slice(0, 2)));
  expect(readFrozenSet(file)).toEqual(questions.slice(0, 2));
  writeFileSync(file, readFileSync(file).subarray(0, 1000));
  expect(() => readFrozenSet(file)).toThrow(/some\.bin is damaged\. Install Spoor anew/);
  writeFileSync(file, '');
  expect(() => readFrozenSet(file)).toThrow(/is damaged/);
  expect(() => readFrozenSet(join(folder, 'none.bin'))).toThrow(/none\.bin .*cannot be read\. Install Spoor anew/);
});
