import fc from 'fast-check';
import { expect, test } from 'vitest';
import { partsOf } from '#core/search/words.ts';
import { createReadRows } from '#core/policy/words/readRows.ts';
import { openVocabulary } from '#core/policy/words/vocabulary.ts';

const vocabulary = openVocabulary(['get', 'http', 'code', '2', 'é', 'a', 'b', '+b', 'naïve', 'x']);
const readRows = createReadRows(vocabulary, partsOf);

test('reads what splitting all of the text gives', () => {
  expect([...readRows('getHTTP_code2(x.naïve) + b')]).toEqual([0, 1, 2, 3, 9, 8, 6]);
  const unit = fc.constantFrom('a', 'b', 'A', 'get', 'Code', '2', '_', '$', ' ', '.', 'é', 'É', '\n', '´', '\ud83d');
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 30 }), (text) => {
      expect([...readRows(text)]).toEqual(partsOf(text).flatMap((part) => vocabulary.idsOf(part)));
    }),
    { seed: 4, numRuns: 500 },
  );
});
