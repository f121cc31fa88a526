import { describe, expect, test } from 'vitest';
import { partsOf } from '#core/search/words.ts';
import { createWordReader, WORD_FEATURES, type LearnedWords, type ReadText } from '#core/policy/words/readWords.ts';

/** Login and auth are near each other, upload is far from both. */
const learned: LearnedWords = {
  words: ['login', 'auth', 'upload', 'the'],
  width: 2,
  table: Float32Array.of(1, 0, 0.8, 0.6, 0, 1, 0.7, 0.7),
  askedWeights: Float32Array.of(2, 2, 2, -20),
  readWeights: Float32Array.of(2, 2, 2, -20),
  sections: [0, 0, 0],
  mix: [1, 1],
};
const empty: ReadText = { path: '', enclosing: [], definitions: [], text: '' };

function featuresOf(question: string, read: Partial<ReadText>): Record<string, number> {
  const values = createWordReader(learned, partsOf)(question).features({ ...empty, ...read });
  return Object.fromEntries(WORD_FEATURES.map((name, i) => [name, Number(values[i]!.toFixed(4))]));
}

describe('the features of a text', () => {
  test('say what a word of the question finds, by letters and by meaning', () => {
    expect(featuresOf('the login', { text: 'logIn()\nlogin()' })).toMatchObject({ body: 1, all: 1, beyond: 0, bag: 1 });
    expect(featuresOf('login', { text: 'auth = 1' })).toMatchObject({ body: 0.8, all: 0.8, beyond: 0.8, bag: 0.8 });
    expect(featuresOf('login', { text: 'upload()' })).toMatchObject({ body: 0, bag: 0 });
  });

  test('say where', () => {
    expect(featuresOf('login', { path: 'src/auth.ts' })).toMatchObject({ path: 0.8, body: 0, names: 0, enclosing: 0 });
    expect(featuresOf('login', { definitions: ['doAuth'] })).toMatchObject({ names: 0.8, path: 0, enclosing: 0 });
    expect(featuresOf('login', { enclosing: ['Auth'] })).toMatchObject({ enclosing: 0.8, names: 0, path: 0 });
  });

  test('weigh the words of the question', () => {
    expect(featuresOf('login upload', { text: 'upload' })['all']).toBe(0.5);
    expect(featuresOf('the upload', { text: 'upload' })['all']).toBe(1);
  });

  test('are zeros where nothing can be read', () => {
    for (const read of [{}, { text: '¿? ∆ \ud800' }])
      expect(Object.values(featuresOf('login', read))).toEqual(Array(7).fill(0));
    expect(Object.values(featuresOf('', { text: 'login' }))).toEqual(Array(7).fill(0));
  });

  test('are the same when lines were read before', () => {
    const reader = createWordReader(learned, partsOf)('login upload');
    const [a, b] = [
      { ...empty, text: 'auth\nupload' },
      { ...empty, text: 'upload\nauth' },
    ];
    const first = reader.features(a);
    reader.features(b);
    expect(reader.features(a)).toEqual(first);
  });
});
