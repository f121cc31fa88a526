import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { MAX_SIGNATURE_UNITS } from './signature.ts';
import { MAX_DOC_UNITS } from './docComment.ts';
import { createSymbolsTool } from './symbolsTool.ts';
import { Workspace } from '#node/workspace.ts';
import { linesOf } from '#node/textDecoding.ts';

const FIXTURES = join(import.meta.dirname, '../../../test/fixtures/symbols');
const sources = readdirSync(FIXTURES).map((name) => ({
  file: name.replace(/\.txt$/, ''),
  text: readFileSync(join(FIXTURES, name), 'utf8'),
}));
const folder = mkdtempSync(join(tmpdir(), 'spoor-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tool = createSymbolsTool({ workspace: Workspace.open([folder]) });
const context = { signal: new AbortController().signal, timeoutMs: 20_000 };

/** Outlines the bytes as this file, and checks all that must hold for every outline. */
async function check(file: string, bytes: Buffer | string): Promise<string | undefined> {
  writeFileSync(join(folder, file), bytes);
  const result = await tool.outline(file, context);
  if (!result.ok) throw new Error(`${file}: ${result.message}`);
  const total = linesOf(readFileSync(join(folder, file), 'utf8')).length;
  let last = 0;
  for (const { name, span, line, signature, doc } of result.value) {
    expect(name).not.toBe('');
    expect(span.start).toBeGreaterThanOrEqual(Math.max(last, 1));
    expect(span.end).toBeLessThanOrEqual(total);
    expect(line).toBeGreaterThanOrEqual(span.start);
    expect(line).toBeLessThanOrEqual(span.end);
    expect(signature.length).toBeLessThanOrEqual(MAX_SIGNATURE_UNITS);
    expect(signature).not.toContain('\n');
    expect((doc ?? '').length).toBeLessThanOrEqual(MAX_DOC_UNITS);
    last = span.start;
  }
  return result.partial;
}

test.each(sources)('$file: cut off, garbled and random', async ({ file, text }) => {
  const place = fc.nat(text.length);
  await fc.assert(
    fc.asyncProperty(place, place, fc.uint8Array({ maxLength: 60 }), async (from, to, noise) => {
      await check(file, text.slice(0, from));
      await check(file, text.slice(from));
      await check(file, text.slice(0, Math.min(from, to)) + text.slice(Math.max(from, to)));
      await check(file, Buffer.concat([Buffer.from(text.slice(0, from)), noise, Buffer.from(text.slice(from))]));
      await check(file, Buffer.from(noise));
    }),
    { seed: 42, numRuns: 12 },
  );
});

test('long lines and deep texts take no long time', async () => {
  const hostile = [
    'a '.repeat(500_000),
    '('.repeat(1_000_000),
    ' '.repeat(1_000_000),
    '@a('.repeat(300_000),
    '<'.repeat(400_000),
  ];
  const start = performance.now();
  for (const { file } of sources) for (const text of hostile) await check(file, `${text}\nx\n`);
  for (const { file } of sources) await check(file, '// x\n'.repeat(400) + 'class A {\n'.repeat(900));
  expect((performance.now() - start) / sources.length).toBeLessThan(1_000);
});

test('memory stays flat over 200 outlines', async () => {
  const source = sources.find(({ file }) => file === 'typed.ts')!.text;
  const rounds = async (from: number): Promise<number> => {
    for (let round = from; round < from + 100; round++)
      expect(await check('typed.ts', `${source.repeat(8)}\n// ${round}\n`)).toBeUndefined();
    return process.memoryUsage.rss();
  };
  const before = await rounds(0);
  const after = await rounds(100);
  expect(after - before).toBeLessThan(60_000_000);
});
