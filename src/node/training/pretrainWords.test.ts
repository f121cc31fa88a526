/** Learning words by the real ONNX Runtime, from real files. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { partsOf } from '#core/search/words.ts';
import { createWordReader, WORD_FEATURES } from '#core/policy/words/readWords.ts';
import { createRng } from '#core/rl/rng.ts';
import { pretrainWords, type PretrainOptions, type WordMetrics } from '#node/training/pretrainWords.ts';
import { readWordsFile } from '#node/training/wordsFile.ts';

const folder = mkdtempSync(join(tmpdir(), 'spoor-words-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What is called one thing in texts and another in code. */
const MEANINGS = [
  ['login', 'auth'],
  ['delete', 'unlink'],
  ['folder', 'directory'],
  ['retry', 'backoff'],
  ['picture', 'image'],
  ['speed', 'latency'],
  ['colour', 'rgb'],
  ['wrong', 'invalid'],
] as const;

const pairs = join(folder, 'pairs.jsonl');
beforeAll(() => {
  const rng = createRng(3);
  const some = <V>(values: readonly V[]): V => values[Math.floor(rng.next() * values.length)]!;
  const noise = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta'];
  const lines = Array.from({ length: 600 }, (_, i) => {
    const [[word, name], [other, second]] = [some(MEANINGS), some(MEANINGS)];
    const code = `function ${name}${some(noise)}() {\n  ${some(noise)}(${second}, ${some(noise)}, value);\n}`;
    return { repo: `own/${i % 2}`, source: 'commit', text: `${some(noise)} ${word} ${other}`, code, path: 'src/a.ts' };
  });
  writeFileSync(pairs, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
});

const small = { pairs, seed: 5, vocabulary: 64, width: 16, batch: 24, barred: [], without: [], learningRate: 0.02 };

async function pretrain(name: string, options: Partial<PretrainOptions>, stopAt?: number) {
  const out = join(folder, name);
  const stop = new AbortController();
  const [said, metrics]: [string[], WordMetrics[]] = [[], []];
  const end = await pretrainWords(
    { ...small, out, ...options },
    {
      nowMs: () => performance.now(),
      signal: stop.signal,
      onStop: () => undefined,
      note: (sentence) => said.push(sentence),
      step(values) {
        metrics.push(values);
        if (values.step === stopAt) stop.abort();
      },
    },
  );
  return { out, end, said, metrics };
}

describe('pretrainWords', () => {
  test('learns which words mean the same, and the file that it leaves reads them', async () => {
    const { out, end, metrics } = await pretrain('learned.words', { steps: 300 });
    expect(end).toEqual({ step: 300, steps: 300 });
    expect(metrics.at(-1)!.loss).toBeLessThan(metrics[0]!.loss - 0.5);
    expect(metrics.at(-1)!.heldOut!.right).toBeGreaterThan(0.3);
    const readerOf = createWordReader(readWordsFile(out), partsOf);
    for (const [word, name] of MEANINGS) {
      const reader = readerOf(word);
      const found = MEANINGS.map(
        ([, text]) =>
          reader.features({ path: '', enclosing: [], definitions: [], text })[WORD_FEATURES.indexOf('beyond')]!,
      );
      expect(MEANINGS[found.indexOf(Math.max(...found))]![1], word).toBe(name);
    }
    expect(existsSync(`${out}.checkpoint`)).toBe(false);
    const lines = readFileSync(`${out}.metrics.jsonl`, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).step)).toEqual([50, 100, 150, 200, 250, 300]);
  });

  test('goes on after a stop to the same bytes, and says when something else was changed', async () => {
    const whole = await pretrain('whole.words', { steps: 120, hide: 0.5, drop: 0.3 });
    const part = await pretrain('part.words', { steps: 120, hide: 0.5, drop: 0.3 }, 50);
    expect(part.end).toEqual({ step: 50, steps: 120 });
    await expect(pretrain('part.words', { steps: 120, hide: 0.5, drop: 0.2 })).rejects.toThrow(
      /other pairs or settings/,
    );
    const rest = await pretrain('part.words', { steps: 120, hide: 0.5, drop: 0.3 });
    expect(rest.said).toContain('Goes on after step 50.');
    expect(readFileSync(rest.out).equals(readFileSync(whole.out))).toBe(true);
    const [a, b] = [whole, rest].map(({ out }) => readFileSync(`${out}.metrics.jsonl`, 'utf8'));
    expect(b).toBe(a);
  });

  test('refuses repositories that results are measured on, and can leave others out', async () => {
    await expect(pretrain('a.words', { steps: 1, barred: ['OWN/1'] })).rejects.toThrow(
      /^Line 2 of .* is of own\/1, one of/,
    );
    const { said } = await pretrain('b.words', { steps: 1, without: ['own/1'] });
    expect(said[0]).toMatch(/^\d+ pairs of 1 repository, /);
    await expect(pretrain('c.words', { steps: 1, without: ['own/0', 'own/1'] })).rejects.toThrow(
      /no pair to learn from/,
    );
  });

  test('says what is wrong with its files', async () => {
    await expect(pretrain('d.words', { steps: 1, pairs: join(folder, 'none') })).rejects.toThrow(/cannot be read/);
    const bad = join(folder, 'bad.jsonl');
    writeFileSync(bad, `${readFileSync(pairs, 'utf8').split('\n')[0]}\n{"repo": 1}\n`);
    await expect(pretrain('e.words', { steps: 1, pairs: bad })).rejects.toThrow(/^Line 2 of .* is no pair/);
    const { out } = await pretrain('f.words', { steps: 2 });
    const bytes = readFileSync(out);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(out, bytes);
    expect(() => readWordsFile(out)).toThrow(/is damaged/);
    expect(() => readWordsFile(join(folder, 'none'))).toThrow(/cannot be read/);
  });
});
