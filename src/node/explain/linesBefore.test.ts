import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesBefore } from '#node/explain/linesBefore.ts';

/** The lines between the brackets now, and what stands for them in the text before. */
function check(now: string, before: string): string | undefined {
  const lines = now.split(' ');
  const [start, end] = [lines.findIndex((line) => line.startsWith('<')), lines.findIndex((line) => line.endsWith('>'))];
  const range = linesBefore(
    { start: start + 1, end: end + 1 },
    lines.map((line) => line.replace(/[<>]/g, '')),
    before.split(' '),
  );
  return (
    range &&
    before
      .split(' ')
      .slice(range.start - 1, range.end)
      .join(' ')
  );
}

test.each([
  ['a <b c> d', 'a b c d', 'b c'],
  ['new a <b c> d', 'a b c d', 'b c'],
  ['a <b c> d new', 'a b c d', 'b c'],
  ['new a <b c> d new', 'a b c d', 'b c'],
  ['new a <b } c }> d } new', 'a b } c } d }', 'b } c }'],
  ['a <b x c> d', 'a b c d', 'b c'],
  ['a <b x> d', 'a b c d', 'b'],
  ['a <b> c d', 'a x b c d', 'b'],
  ['<a b>', 'a b', 'a b'],
])('%s was in %s: %s', (now, before, expected) => expect(check(now, before)).toBe(expected));

test('what is new was nowhere', () => {
  expect(check('a <x> b', 'a b')).toBeUndefined();
  expect(check('new a b c d <h>', 'a b c d')).toBeUndefined();
  expect(check('a <x y> d', 'a b c d')).toBeUndefined();
});

test('what is found is the same lines, or begins and ends with some of them', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd', '}', ''), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(text, text, fc.nat(), fc.nat(), (now, before, from, length) => {
      const start = (from % now.length) + 1;
      const end = Math.min(now.length, start + (length % 5));
      const range = linesBefore({ start, end }, now, before);
      if (!range) return;
      const own = now.slice(start - 1, end);
      expect(own).toContain(before[range.start - 1]);
      expect(own).toContain(before[range.end - 1]);
      expect(range.start).toBeLessThanOrEqual(range.end);
    }),
  );
});
