/** What a language model wrote, as plain text. What is shown of sentences that have ended is the beginning of the whole. */
import type { Prose, ProseSentence } from '#core/answer/prose.ts';
import { printable } from '#core/answer/plainText.ts';
import { wrapToWidth } from '#cli/textWidth.ts';
import type { TextSink } from '#cli/environment.ts';

const MARGIN = '    ';
const MAX_WIDTH = 100;
const UNCITED = '[?]';

/** The whole prose with its notes, ending with a line end; empty if there is neither. `width` in columns, undefined: paragraphs are not wrapped. */
export function proseText(prose: Prose, width: number | undefined): string {
  const isMarked = prose.sentences.some(isUncited);
  const notes = [
    ...(isMarked ? [`${UNCITED} rests on no cited place.`] : []),
    ...[...new Set(prose.notes)].map((note) => `Note: ${printable(note)}`),
  ].flatMap((note) => wrapped(note, width));
  const text = writtenText(prose, width);
  const blocks = [text, notes.join('\n')].filter(Boolean);
  return blocks.length ? `${blocks.join('\n\n')}\n` : '';
}

/**
 * Shows prose while it is written, sentence by sentence. The function that it returns takes what is there so far; when the
 * prose has ended, it takes the whole and writes the rest.
 */
export function liveProse(sink: TextSink, width: number): (prose: Prose) => void {
  let shown = '';
  return (prose) => {
    const isRunning = prose.state === 'running';
    // The last sentence may still change.
    const settled = { ...prose, sentences: prose.sentences.slice(0, -1) };
    const text = isRunning ? writtenText(settled, width) : proseText(prose, width);
    // What was taken for the answer turns out to have been the model's thinking.
    if (!text.startsWith(shown)) {
      sink.write(`\n\n${THOUGHT}\n\n`);
      shown = '';
    }
    sink.write(text.slice(shown.length));
    shown = text;
  };
}

const THOUGHT = 'The model had only thought so far. It writes:';

/** Empty as long as there is no sentence. */
function writtenText({ model, sentences }: Prose, width: number | undefined): string {
  if (sentences.length === 0) return '';
  return sentences.reduce(
    (text, sentence, i) => text + block(sentence, sentences, i, width),
    `${printable(model)} wrote:`,
  );
}

/** The blocks of a prose, each with what stands before it; sentences that begin none are part of one before. */
function block(sentence: ProseSentence, all: readonly ProseSentence[], at: number, width: number | undefined): string {
  if (sentence.begins === 'code') return `\n\n${codeLines(sentence).join('\n')}`;
  if (at > 0 && !sentence.begins && all[at - 1]!.begins !== 'code') return '';
  const isItem = sentence.begins === 'item';
  let text = marked(sentence);
  for (let i = at + 1; i < all.length && !all[i]!.begins; i++) text += ` ${marked(all[i]!)}`;
  const lines = wrapped(text, width === undefined || !isItem ? width : width - 2);
  const gap = isItem && all[at - 1]?.begins === 'item' ? '\n' : '\n\n';
  return isItem ? `${gap}- ${lines.join('\n  ')}` : `${gap}${lines.join('\n')}`;
}

const codeLines = ({ text, citations }: ProseSentence): string[] => [
  ...text.split('\n').map((line) => `${MARGIN}${printable(line)}`),
  `${MARGIN}${numbers(citations) || UNCITED}`,
];

const isUncited = ({ citations }: ProseSentence): boolean => citations.length === 0;

/** The numbers stand before a final stop. */
function marked({ text, citations }: ProseSentence): string {
  const safe = printable(text);
  const mark = numbers(citations) || UNCITED;
  const stop = /[.!?]$/.exec(safe)?.[0] ?? '';
  return `${safe.slice(0, safe.length - stop.length)} ${mark}${stop}`;
}

const numbers = (citations: readonly number[]): string => citations.map((number) => `[${number}]`).join('');

const wrapped = (text: string, width: number | undefined): string[] =>
  width === undefined ? [text] : wrapToWidth(text, Math.min(width, MAX_WIDTH));
