/** Whatever is quoted, a reply stays within its bound, and what is in a fence stays in it. */
import fc from 'fast-check';
import { marked, type Token } from 'marked';
import { describe, expect, test } from 'vitest';
import { boundedTexts, lineText, MAX_REPLY_UNITS, placeName, quotedText } from '#node/agentTools/quotedText.ts';

const line = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 600 }),
  fc.constantFrom('```', '````', '~~~', '`'.repeat(500), '\u202e', '</code>', '# Heading', '[a](b)', ''),
);
const lines = fc.array(line, { maxLength: 60 });
const place = fc.record({
  path: fc.oneof(fc.string(), fc.constantFrom('a.ts', 'b`\n# x.md', `${'`'.repeat(255)}/`.repeat(9))),
  start: fc.nat(),
  lines,
});

const kindsOf = (text: string): string[] => marked.lexer(text).map(({ type }: Token) => type);

describe('a reply for a model', () => {
  test('is bounded and has a fence for each place, whatever is in it', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 9 }), fc.array(place, { maxLength: 25 }), (above, places) => {
        const quoted = places.map((one) => ({ ...one, head: placeName({ ...one, end: one.start }) }));
        const notes = above.map((one) => `Note: ${lineText(one)}`);
        const text = quotedText(notes, quoted, []);
        expect(text.length).toBeLessThanOrEqual(MAX_REPLY_UNITS);
        expect(text).toBe(text.toWellFormed());
        // Paragraphs and code alone: nothing became a heading, a list, a rule or HTML.
        expect(kindsOf(text).filter((kind) => !['paragraph', 'code', 'space'].includes(kind))).toEqual([]);
        expect(text).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
      }),
      { numRuns: 200 },
    );
  });

  test('gives the first places more room, and says what is left out', () => {
    const long = (path: string) => ({ path, start: 1, head: `\`${path}\``, lines: Array(500).fill('x'.repeat(60)) });
    const text = quotedText(
      [],
      Array.from({ length: 10 }, (_, i) => long(`file${i}.ts`)),
      [],
    );
    const shown = text.split(/(?=`file\d)/).map((block) => block.split('\n').filter((one) => /^x+$/.test(one)).length);
    expect(shown).toHaveLength(10);
    expect(shown[0]).toBeGreaterThan(2 * shown[9]!);
    expect(shown[9]).toBeGreaterThan(3);
    expect(text).toContain(`… lines ${shown[0]! + 1}-500 are left out for length.`);
    expect(text.length).toBeGreaterThan(0.8 * MAX_REPLY_UNITS);
  });

  test('leaves out places for which there is no room, and says so', () => {
    const places = Array.from({ length: 200 }, () => ({ head: 'h'.repeat(150), path: '', start: 1, lines: ['x'] }));
    const text = quotedText([], places, []);
    expect(text.length).toBeLessThanOrEqual(MAX_REPLY_UNITS);
    expect(text).toMatch(/\d+ more places are left out for length\.$/);
  });

  test('passes over a place that does not fit, and cuts a head without an end', () => {
    const head = (text: string) => ({ head: text, path: '', start: 1, lines: ['x'] });
    const places = [...Array.from({ length: 40 }, () => head('h'.repeat(9_000))), head('the last')];
    const text = quotedText([], places, []);
    expect(text.match(/^h{599}…$/gm)?.length).toBeGreaterThan(2);
    expect(text).toContain('the last');
    expect(text).toMatch(/\d+ more places are left out for length\.$/);
  });

  test('has what a short place leaves over for the others', () => {
    const short = { head: 'a', path: '', start: 1, lines: ['one line'] };
    const long = { head: 'b', path: '', start: 1, lines: Array(300).fill('y'.repeat(30)) };
    expect(quotedText([], [short, long], [])).not.toContain('left out');
  });
});

test('structured texts are bounded together', () => {
  fc.assert(
    fc.property(fc.array(lines, { maxLength: 25 }), (texts) => {
      const bounded = boundedTexts(texts);
      expect(bounded).toHaveLength(texts.length);
      expect(bounded.join('').length).toBeLessThanOrEqual(MAX_REPLY_UNITS);
    }),
    { numRuns: 100 },
  );
});
