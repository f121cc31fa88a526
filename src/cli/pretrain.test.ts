import { linkSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readWordsFile } from '#node/training/wordsFile.ts';
import { runInMemory, type CliRun } from '../../test/fakes/cliEnvironment.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-pretrain-cli-')));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const WORDS = ['upload', 'retry', 'queue', 'cache', 'parse', 'token', 'socket', 'frame'];
const lines = WORDS.flatMap((word, i) => {
  const next = WORDS[(i + 1) % WORDS.length]!;
  const code = `function ${word}Later(${next}) {\n  return send(${next}, later);\n}`;
  return [{ repo: 'own/name', source: 'commit', text: `Let ${word} wait for ${next}`, code, path: `${word}.ts` }];
});
const write = (name: string, rows: readonly object[]) =>
  writeFileSync(join(base, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
write('pairs.jsonl', lines);

const pretrain = (...argv: readonly string[]): Promise<CliRun> => runInMemory(['pretrain', ...argv], { cwd: base });

describe('spoor pretrain', () => {
  it('writes learned words and says where they are', async () => {
    const run = await pretrain('--pairs', 'pairs.jsonl', '--out', 'out/words.bin', '--steps', '3');
    expect(run).toMatchObject({ code: 0, stdout: 'The words are learned: out/words.bin.\n' });
    expect(run.stderr).toMatch(/^8 pairs of 1 repository, \d+ words\.\n3 of 3 · loss \d\.\d{3} · \d+ ms a step\n$/);
    expect(readWordsFile(join(base, 'out/words.bin')).words).toContain('upload');
  });

  it('goes on with what was stopped', async () => {
    const stop = AbortSignal.abort();
    const argv = ['pretrain', '--pairs', 'pairs.jsonl', '--out', 'two.bin', '--steps', '2'];
    const stopped = await runInMemory(argv, { cwd: base, signal: stop });
    expect(stopped).toMatchObject({ code: 130, stdout: '' });
    expect(stopped.stderr).toContain('Kept after step 0 of 2. The same command goes on.\n');
    expect((await runInMemory(argv, { cwd: base })).code).toBe(0);
  });

  it('refuses pairs of repositories that results are measured on', async () => {
    write('barred.jsonl', [...lines, { ...lines[0], repo: 'redis/redis' }]);
    const run = await pretrain('--pairs', 'barred.jsonl', '--out', 'three.bin', '--steps', '1');
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/^spoor: Line 9 of .*barred\.jsonl is of redis\/redis, one of the repositories/);
  });

  it.each([
    [
      'pairs.jsonl',
      /^spoor: .*pairs\.jsonl holds the pairs, and would be written over\. Name another file by --out\.\n$/,
    ],
    ['linked.bin', /linked\.bin\.metrics\.jsonl holds the pairs/],
    ['folder', /folder is no file\. Name another one by --out\.\n$/],
    ['pairs.jsonl/words.bin', /words\.bin cannot be written: .* Name another file by --out\.\n$/],
  ])('looks at --out %s before it learns', async (out, sentence) => {
    const before = readFileSync(join(base, 'pairs.jsonl'), 'utf8');
    mkdirSync(join(base, 'folder'), { recursive: true });
    rmSync(join(base, 'linked.bin.metrics.jsonl'), { force: true });
    linkSync(join(base, 'pairs.jsonl'), join(base, 'linked.bin.metrics.jsonl'));
    const run = await pretrain('--pairs', 'pairs.jsonl', '--out', out, '--steps', '1');
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(sentence);
    expect(run.stderr).not.toContain('words.\n');
    expect(readFileSync(join(base, 'pairs.jsonl'), 'utf8')).toBe(before);
  });

  it.each([
    [['--out', 'x'], 'needs --pairs FILE'],
    [['--pairs', 'pairs.jsonl', '--out', 'x'], 'needs --minutes N or --steps N'],
    [['--pairs', 'pairs.jsonl', '--out', 'x', '--steps', '1', '--minutes', '1'], 'and not both'],
    [['--pairs', 'pairs.jsonl', '--out', 'x', '--steps', '1', '--without', 'name'], 'owner/name, not "name"'],
    [['pairs.jsonl'], 'takes options only'],
  ])('explains %j', async (argv, sentence) => {
    const run = await pretrain(...argv);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(sentence);
  });

  it('learns the same from the same seed', async () => {
    const files = ['a.bin', 'b.bin', 'c.bin'];
    for (const [i, file] of files.entries())
      await pretrain('--pairs', 'pairs.jsonl', '--out', file, '--steps', '4', '--seed', i < 2 ? '1' : '2');
    const [a, b, c] = files.map((file) => readFileSync(join(base, file)));
    expect(a!.equals(b!)).toBe(true);
    expect(a!.equals(c!)).toBe(false);
  });
});
