import { describe, expect, test } from 'vitest';
import { createProseReader } from '#core/llm/proseStream.ts';
import { proseTeller } from './proseTeller.ts';

/** What a chat shows of a text that comes in pieces of so many characters. */
function shownOf(text: string, size: number): string[] {
  const shown: string[] = [];
  const tell = proseTeller({
    begin: (hadThought) => shown.push(hadThought ? 'It had only thought:' : 'It wrote:'),
    sentence: (sentence, isFirst) => shown.push(`${isFirst ? '' : ' '}${sentence.text}`),
  });
  const reader = createProseReader(new Map([[1, ['blue']]]));
  for (let at = 0; at < text.length; at += size) {
    reader.push(text.slice(at, at + size));
    tell({ model: 'm', ...reader.prose(), state: 'running' });
  }
  reader.end();
  tell({ model: 'm', ...reader.prose(), state: 'done' });
  return shown;
}

const ANSWER = 'Uploads are retried [1]. The delay doubles [1]. [a link](http://b.c) <b>and</b> [1].';
const TOLD = ['Uploads are retried.', ' The delay doubles.', ' a link and.'];

describe.each([1, 3, 7, 1_000])('prose in pieces of %i characters', (size) => {
  test('is told sentence by sentence, each once', () => {
    expect(shownOf(ANSWER, size)).toEqual(['It wrote:', ...TOLD]);
    expect(shownOf('', size)).toEqual([]);
  });

  test('is told anew behind thoughts that nothing had announced', () => {
    const shown = shownOf(`Okay, let me look. It has a loop. Hmm. Is it so? Yes.\n</think>\n\n${ANSWER}`, size);
    expect(shown.slice(-4)).toEqual([shown.length > 4 ? 'It had only thought:' : 'It wrote:', ...TOLD]);
    expect(shown.slice(0, -4)).toEqual(
      size > 100 ? [] : ['It wrote:', 'Okay, let me look.', ' It has a loop.', ' Hmm.', ' Is it so?'],
    );
  });

  test('leaves thoughts as they are where nothing is written after them', () => {
    expect(shownOf('Okay, let me look. It has a loop. </think>', size)).not.toContain('It had only thought:');
  });
});
