/** A cited answer as one Markdown text without links: for chats that show what a model says. */
import type { Answer, Citation } from '#core/answer/answer.ts';
import { chatBlock, chatCode, chatText } from './chatText.ts';

export function answerText({ sentences, citations, found, sure, notes }: Answer): string {
  const said = sentences.map(({ text, citations: numbers }) =>
    `${chatText(text)} ${numbers.map(mark).join('')}`.trim(),
  );
  const standIn = found ? 'These places fit the question.' : 'Nothing in this workspace answers that.';
  return [
    said.join(' ') || standIn,
    found ? `Sure: ${sure}` : '',
    ...[...new Set(notes)].map((note) => `Note: ${chatText(note)}`),
    ...citations.slice(0, MAX_PLACES).map(placeMarkdown),
  ]
    .filter(Boolean)
    .join('\n\n');
}

const MAX_PLACES = 5;
const MAX_LINES = 20;

const mark = (number: number): string => `\\[${number}\\]`;

function placeMarkdown({ number, path, start, end, why, lines }: Citation): string {
  const head = [`**${number}** ${chatCode(`${path}:${start}-${end}`)}`, ...why.map(chatText)].join(' · ');
  return `${head}\n\n${chatBlock(lines.slice(0, MAX_LINES), path).trimEnd()}`;
}
