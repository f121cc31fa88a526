import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { relocate } from '#core/answer/relocate.ts';

const FILE = ['import x', '', 'function a() {', '  return 1;', '}', '', 'function b() {', '  return 2;', '}'];

describe('cited lines', () => {
  const cited = FILE.slice(2, 5);

  test('stay where they are', () => {
    expect(relocate(cited, 3, FILE)).toEqual({ start: 3, end: 5 });
  });

  test('move with what is put above them', () => {
    expect(relocate(cited, 3, ['// new', '// new', ...FILE])).toEqual({ start: 5, end: 7 });
  });

  test('may change in white space at line ends', () => {
    const now = FILE.map((line) => `${line} \t`);
    expect(relocate(cited, 3, now)).toEqual({ start: 3, end: 5 });
    expect(relocate(cited, 3, ['', ...now])).toEqual({ start: 4, end: 6 });
  });

  test('are gone when they are indented anew', () => {
    const now = FILE.map((line) => ` ${line}`);
    expect(relocate(cited, 3, now)).toBeUndefined();
  });

  test('are gone when the file ends in the middle of them', () => {
    expect(relocate(cited, 3, FILE.slice(0, 4))).toBeUndefined();
    expect(relocate(cited, 3, [])).toBeUndefined();
  });

  test('of several the nearest is taken, and none of two that are equally near', () => {
    const now = ['x', 'call()', '', '', '', 'call()', 'y'];
    expect(relocate(['call()'], 3, now)).toEqual({ start: 2, end: 2 });
    expect(relocate(['call()'], 5, now)).toEqual({ start: 6, end: 6 });
    expect(relocate(['call()'], 4, now)).toBeUndefined();
  });

  test('without a word in them do not move', () => {
    expect(relocate(['}'], 5, FILE)).toEqual({ start: 5, end: 5 });
    expect(relocate(['}'], 4, FILE)).toBeUndefined();
    expect(relocate(['', '}'], 4, FILE)).toBeUndefined();
  });

  test('are found in a part of a file by the lines of the whole', () => {
    expect(relocate(cited, 103, FILE, 101)).toEqual({ start: 103, end: 105 });
    expect(relocate(cited, 90, FILE, 101)).toEqual({ start: 103, end: 105 });
  });

  test('nothing is nowhere', () => {
    expect(relocate([], 1, FILE)).toBeUndefined();
  });
});

const line = fc.oneof(fc.constantFrom('', '}', '  return x;', 'a', 'b'), fc.string({ maxLength: 12 }));
const lines = (minLength: number) => fc.array(line, { minLength, maxLength: 30 });
/** No two alike, each with a word. */
const distinct = fc
  .uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 20 })
  .map((texts) => texts.map((text, i) => `${i} ${text}`));

describe('for any file', () => {
  test('what is put in or taken out above moves a place by as many lines', () => {
    fc.assert(
      fc.property(distinct, lines(0), lines(0), lines(0), (cited, above, added, below) => {
        const marked = (texts: readonly string[]) => texts.map((text) => `~${text}`);
        const start = above.length + 1;
        const grown = relocate(cited, start, [...marked(added), ...marked(above), ...cited, ...below]);
        expect(grown?.start).toBe(start + added.length);
        const shrunk = relocate(cited, start, [...marked(above.slice(added.length)), ...cited, ...below]);
        expect(shrunk?.start).toBe(above.slice(added.length).length + 1);
      }),
    );
  });

  test('an edit inside makes a place stale', () => {
    fc.assert(
      fc.property(distinct, lines(0), lines(0), fc.nat(), (cited, above, below, at) => {
        const edited = cited.with(at % cited.length, `edited ${cited[at % cited.length]}`);
        const plain = (texts: readonly string[]) => texts.map((text) => `~${text}`);
        expect(relocate(cited, above.length + 1, [...plain(above), ...edited, ...plain(below)])).toBeUndefined();
      }),
    );
  });

  test('the lines at a found place are the cited ones, and none nearer are', () => {
    fc.assert(
      fc.property(lines(1), fc.integer({ min: 1, max: 40 }), lines(0), (cited, start, now) => {
        const places = now.flatMap((_, at) =>
          cited.every((text, i) => now[at + i]?.trimEnd() === text.trimEnd()) ? [at + 1] : [],
        );
        const found = relocate(cited, start, now);
        if (!found) return;
        expect(found.end - found.start + 1).toBe(cited.length);
        expect(places).toContain(found.start);
        const nearest = Math.min(...places.map((place) => Math.abs(place - start)));
        expect(Math.abs(found.start - start)).toBe(nearest);
      }),
    );
  });
});
