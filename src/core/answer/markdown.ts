/** Conversations and answers as Markdown, for exporting and copying: with links into the workspace, and nothing alive. */
import type { TrailCall } from '#core/agent/event.ts';
import type { Answer, Citation } from '#core/answer/answer.ts';
import type { Conversation, Exchange, ExchangeProse } from '#core/answer/conversation.ts';
import {
  blockMarkdown,
  codeMarkdown,
  inlineMarkdown,
  numberMarkdown,
  placeMarkdown,
} from '#core/answer/markdownText.ts';
import { proseMarkdown } from '#core/answer/proseMarkdown.ts';

/** All questions with their answers, what was searched, and what was said about them. */
export function conversationMarkdown({ title, exchanges }: Conversation): string {
  return blocks([`# ${inlineMarkdown(title) || 'Conversation'}`, ...exchanges.map(exchangeMarkdown)]);
}

/**
 * Sentences with the numbers of their citations, and the cited places with their lines; before them what a language
 * model wrote over them. Ends with a line end.
 */
export function answerMarkdown(answer: Answer, prose?: ExchangeProse): string {
  return blocks([
    ...(prose ? proseMarkdown(prose, answer.citations) : []),
    sentencesMarkdown(answer),
    `Sure: ${answer.sure}`,
    ...[...new Set(answer.notes)].map((note) => `Note: ${inlineMarkdown(note)}`),
    ...answer.citations.map((citation) => citationMarkdown(citation)),
  ]);
}

/** A cited place with its lines. Ends with a line end. */
export function citationMarkdown(citation: Citation): string {
  const { number, symbol, why, lines, path } = citation;
  const name = symbol && codeMarkdown([...symbol.inside, symbol.name].join('.'));
  const facts = [placeMarkdown(citation), ...(name ? [name] : []), ...why.map(inlineMarkdown)];
  return blocks([`**${number}** ${facts.join(' · ')}`, blockMarkdown(lines, path)]);
}

const blocks = (texts: readonly string[]): string => `${texts.map(withoutLineEnds).filter(Boolean).join('\n\n')}\n`;

/** An expression would try every row of line ends in the text. */
function withoutLineEnds(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\n') end--;
  return text.slice(0, end);
}

function exchangeMarkdown({ question, scope, selection, trail, answer, prose, feedback, ...rest }: Exchange): string {
  return blocks([
    `## ${inlineMarkdown(question) || 'Question'}`,
    scope.length ? `In ${scope.map(codeMarkdown).join(', ')}` : '',
    selection ? `About ${placeMarkdown(selection)}` : '',
    answer ? answerMarkdown(answer, prose) : endMarkdown(rest),
    trail
      .flatMap(({ calls }) => calls)
      .map(callMarkdown)
      .join('\n'),
    feedback.verdict ? `${feedback.verdict === 'accepted' ? 'Accepted' : 'Rejected'} by the user.` : '',
    ...feedback.places.map((place) => `A right place, by the user: ${placeMarkdown(place)}`),
  ]);
}

/** Why there is no answer. */
function endMarkdown({ state, failure }: Pick<Exchange, 'state' | 'failure'>): string {
  if (failure) return inlineMarkdown(failure.message);
  return {
    running: 'The search is still running.',
    answered: '',
    cancelled: 'The search was cancelled.',
    failed: 'The search failed.',
    interrupted: 'The search was interrupted when the editor was closed.',
  }[state];
}

function callMarkdown({ tool, what, said }: TrailCall): string {
  return `- ${inlineMarkdown(tool)} ${what.map(codeMarkdown).join(' ')}: ${inlineMarkdown(said)}`;
}

/** `Uploads are retried by `withBackoff` [\[1\]](src/retry.ts#L12-L40).` */
function sentencesMarkdown({ sentences, citations, found }: Answer): string {
  const places = new Map(citations.map((citation) => [citation.number, citation]));
  const texts = sentences.map(({ text, citations: numbers }) => {
    const marks = numbers.map((number) => numberMarkdown(number, places.get(number))).join('');
    if (!marks) return inlineMarkdown(text);
    // The numbers stand before the final stop.
    return text.endsWith('.') ? `${inlineMarkdown(text.slice(0, -1))} ${marks}.` : `${inlineMarkdown(text)} ${marks}`;
  });
  return texts.join(' ') || (found ? 'These places fit the question.' : 'Nothing in this workspace answers that.');
}
