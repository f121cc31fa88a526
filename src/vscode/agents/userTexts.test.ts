import { expect, test } from 'vitest';
import { userTexts } from './userTexts.ts';

test.each([
  [['where?'], ['where?']],
  [
    ['one', ' two ', ''],
    ['one', 'two'],
  ],
  [
    ['a', 'b', 'c', 'd', 'e'],
    ['b', 'c', 'd', 'e'],
  ],
  [['<attachments>x</attachments><userRequest>\nhow?\n</userRequest>'], ['how?']],
  [['<userRequest>never ends'], ['<userRequest>never ends']],
  [[], []],
])('%j asks %j', (messages, texts) => {
  expect(userTexts(messages)).toEqual(texts);
});

test('a very long message is cut', () => {
  expect(userTexts(['x'.repeat(50_000)])[0]!.length).toBe(10_000);
});
