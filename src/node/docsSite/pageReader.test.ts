import { afterEach, expect, test } from 'vitest';
import { createPageReader, type PageReader } from './pageReader.ts';

const readers: PageReader[] = [];
afterEach(() => readers.splice(0).forEach((reader) => reader.close()));

function create(limits?: { timeMs: number; heapMb: number }): PageReader {
  const reader = createPageReader(limits);
  readers.push(reader);
  return reader;
}
const signal = new AbortController().signal;
const source = (text: string) => ({ url: 'https://docs.example.com/', type: 'html' as const, text });
const GOOD = source('<h1>Good</h1><p>Text.</p>');
const READ = { title: 'Good', markdown: '# Good\n\nText.', links: [] };

/** Every paragraph opens all elements of formatting again: a page of 300 KB has 100 million elements. */
const ENDLESS = source(
  `${Array.from({ length: 10_000 }, (_, i) => `<b id=${i}>`).join('')}${'<p>x</p>'.repeat(10_000)}`,
);

test('pages are read one after another', async () => {
  const reader = create();
  expect(await reader.read(GOOD, signal)).toEqual(READ);
  expect(await reader.read(GOOD, signal)).toEqual(READ);
});

test.each([
  ['is nested too deeply', source('<div>'.repeat(20_000))],
  ['has no end', ENDLESS],
])('a page that %s is given up, and the next one is read', async (_, page) => {
  const reader = create({ timeMs: 4_000, heapMb: 512 });
  expect(await reader.read(page, signal)).toHaveProperty('failed');
  expect(await reader.read(GOOD, signal)).toEqual(READ);
});

test('a page that takes too much memory takes its thread along, and nothing else', async () => {
  expect(await create({ timeMs: 25_000, heapMb: 8 }).read(ENDLESS, signal)).toEqual({
    failed: 'it is too complicated',
  });
});

test('a cancel ends the page that is being read', async () => {
  const control = new AbortController();
  const reader = create();
  await reader.read(GOOD, signal);
  const reading = reader.read(ENDLESS, control.signal);
  control.abort();
  await expect(reading).rejects.toThrow('aborted');
  expect(await reader.read(GOOD, signal)).toEqual(READ);
});
