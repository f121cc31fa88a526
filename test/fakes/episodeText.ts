/** An episode as readable text, for the files of test/golden/episodes. */
import type { TrailTurn } from '#core/agent/event.ts';
import type { Answer, Citation } from '#core/answer/answer.ts';

/** All of an answer but its times and scores. */
export function episodeText(answer: Answer): string {
  const { question, sentences, citations, files, found, sure, stopReason, notes, trail } = answer;
  return [
    question,
    '',
    ...sentences.map(({ text, citations: numbers }) => `  ${text}${numbers.map((n) => ` [${n}]`).join('')}`),
    '',
    `found ${found}, sure ${sure}, ${stopReason}`,
    ...notes.map((note) => `note: ${note}`),
    '',
    ...citations.map(citationText),
    '',
    'files',
    ...files.map((file) => `  ${file}`),
    '',
    ...trail.flatMap(turnText),
    '',
  ].join('\n');
}

function citationText({ number, path, start, end, symbol, why }: Citation): string {
  const name = symbol ? ` ${[...symbol.inside, symbol.name].join('.')} (${symbol.kind})` : '';
  return `[${number}] ${path}:${start}-${end}${name} | ${why.join(' | ')}`;
}

const turnText = ({ turn, calls }: TrailTurn): string[] => [
  `turn ${turn}`,
  ...calls.map(({ tool, what, said }) => `  ${tool} ${what.join(', ')}: ${said}`),
];
