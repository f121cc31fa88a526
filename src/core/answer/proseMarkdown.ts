/** Prose as Markdown, with links to the cited places; sentences that rest on none of them carry `[?]`. */
import type { Citation } from '#core/answer/answer.ts';
import type { ExchangeProse } from '#core/answer/conversation.ts';
import { blockMarkdown, inlineMarkdown, numberMarkdown } from '#core/answer/markdownText.ts';
import type { ProseSentence, ProseState } from '#core/answer/prose.ts';

/** Blocks of Markdown, to be set apart by empty lines. Empty if nothing was written and nothing is to be said. */
export function proseMarkdown(prose: ExchangeProse, citations: readonly Citation[]): string[] {
  const { model, sentences, state, notes, failure } = prose;
  const places = new Map(citations.map((citation) => [citation.number, citation]));
  const ending = failure ? failure.message : ENDINGS[state];
  const said = [...new Set([...notes, ending].filter(Boolean))].map((note) => `Note: ${inlineMarkdown(note)}`);
  if (sentences.length === 0) return said;
  const isBare = sentences.some(({ citations: numbers }) => numbers.length === 0);
  return [
    `**${inlineMarkdown(model)} wrote:**`,
    ...blocksOf(sentences, places),
    ...(isBare ? [`${UNCITED}: rests on no cited place.`] : []),
    ...said,
  ];
}

const UNCITED = String.raw`\[?\]`;

const ENDINGS: Readonly<Record<ProseState, string>> = {
  running: 'It is still being written.',
  done: '',
  cut: '',
  failed: '',
  cancelled: 'The writing was stopped.',
  interrupted: 'The writing was interrupted when the editor was closed.',
};

function blocksOf(sentences: readonly ProseSentence[], places: Places): string[] {
  const blocks: string[] = [];
  let open = false;
  for (const sentence of sentences) {
    const isCode = sentence.begins === 'code';
    const text = isCode ? codeMarkdown(sentence, places) : sentenceMarkdown(sentence, places);
    if (!open || sentence.begins) blocks.push(sentence.begins === 'item' ? `- ${text}` : text);
    else blocks.push(`${blocks.pop()!} ${text}`);
    open = !isCode;
  }
  return blocks;
}

type Places = ReadonlyMap<number, Citation>;

const codeMarkdown = (sentence: ProseSentence, places: Places): string =>
  `${blockMarkdown(sentence.text.split('\n'), '').trimEnd()}\n\n${marksOf(sentence, places)}`;

function sentenceMarkdown(sentence: ProseSentence, places: Places): string {
  const { text } = sentence;
  const stop = /[.!?]$/.exec(text)?.[0] ?? '';
  return `${inlineMarkdown(text.slice(0, text.length - stop.length))} ${marksOf(sentence, places)}${stop}`;
}

const marksOf = ({ citations }: ProseSentence, places: Places): string =>
  citations.map((number) => numberMarkdown(number, places.get(number))).join('') || UNCITED;
