import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutToWidth, padToWidth, textWidth, wrapToWidth } from '#cli/textWidth.ts';

const anyText = fc.string({ unit: 'grapheme', maxLength: 40 });

describe('the width of text', () => {
  it.each([
    ['abc', 3],
    ['größe', 5],
    ['e\u0301', 1],
    ['東京', 4],
    ['한글', 4],
    ['👩‍💻!', 3],
    ['', 0],
  ])('%s takes %d columns', (text, width) => expect(textWidth(text)).toBe(width));

  it('is never more than asked for after a cut, and the text is its beginning', () => {
    const holds = (text: string, width: number): void => {
      const cut = cutToWidth(text, width);
      expect(textWidth(cut)).toBeLessThanOrEqual(width);
      expect(text.startsWith(cut.replace(/…$/, ''))).toBe(true);
    };
    fc.assert(fc.property(anyText, fc.nat(40), holds), { seed: 42, numRuns: 1_000 });
  });

  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['東京都', 5, '東京…'],
    ['東京都', 4, '東…'],
  ])('cuts %s to %d columns', (text, width, cut) => expect(cutToWidth(text, width)).toBe(cut));

  it('is filled up with spaces', () => expect(padToWidth('東', 4)).toBe('東  '));

  it('wraps at spaces and loses no word', () => {
    expect(wrapToWidth('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrapToWidth('averylongword is', 5)).toEqual(['averylongword', 'is']);
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/));
    const same = (list: string[], width: number) => wrapToWidth(list.join(' '), width).join(' ') === list.join(' ');
    fc.assert(fc.property(words, fc.nat(30), same), { seed: 42, numRuns: 500 });
  });
});
