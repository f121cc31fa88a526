/** A cited answer for another agent: as text to read, and narrowed to the places that it asked for. */
import type { Answer, Citation, Sentence } from '#core/answer/answer.ts';
import { textOf } from '#core/answer/compose.ts';
import { codeMarkdown } from '#core/answer/markdownText.ts';
import { listed } from '#core/answer/wording.ts';
import type { AgentReply } from './agentTools.ts';
import { lineText, placeName, QUOTED_NOTE, quotedText, type QuotedPlace } from './quotedText.ts';

/** The answer with its first `places` citations, and sentences that rest on no other. */
export function answerReply(whole: Answer, places: number): AgentReply<Answer> {
  const data = narrowed(whole, places);
  const cited = new Set(data.citations.map(({ path }) => path));
  const others = data.files.filter((path) => !cited.has(path)).slice(0, MAX_OTHERS);
  const text = quotedText(
    [
      `Found: ${data.found ? 'yes' : 'no'}. Sure: ${data.sure}.`,
      ...data.notes.map((note) => `Note: ${lineText(note)}`),
      ...(data.citations.length ? [QUOTED_NOTE] : []),
      `Answer: ${lineText(textOf(data.sentences) || standIn(data), MAX_ANSWER_UNITS)}`,
    ],
    data.citations.map(quotedCitation),
    others.length ? [`Files that may matter too: ${listed(others.map(codeMarkdown))}.`] : [],
  );
  return { text, data, notes: data.notes };
}

const MAX_OTHERS = 10;
const MAX_ANSWER_UNITS = 2_000;

const standIn = ({ found }: Answer): string =>
  found ? 'These places fit the question.' : 'Nothing in this workspace answers that.';

function narrowed(answer: Answer, places: number): Answer {
  const citations = answer.citations.slice(0, places);
  const sentences = answer.sentences.flatMap((sentence) => sentenceWith(sentence, citations.length));
  return { ...answer, citations, sentences, notes: [...new Set(answer.notes)] };
}

/** Citations are numbered from 1 in their order. */
function sentenceWith({ text, citations }: Sentence, most: number): Sentence[] {
  const kept = citations.filter((number) => number <= most);
  return citations.length && !kept.length ? [] : [{ text, citations: kept }];
}

function quotedCitation(citation: Citation): QuotedPlace {
  const { number, symbol, why, path, start, lines } = citation;
  const name = symbol && `${symbol.kind} ${codeMarkdown([...symbol.inside, symbol.name].join('.'))}`;
  const facts = [...(name ? [name] : []), ...why].map((fact) => lineText(fact, 200));
  return { head: [`[${number}] ${placeName(citation)}`, ...facts].join(' · '), path, start, lines };
}
