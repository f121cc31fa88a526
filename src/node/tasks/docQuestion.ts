/** The first sentence of a doc comment as a question. */
import { identifiersIn } from '#core/search/words.ts';
import { cutText, plainText, withoutNumbers } from './messageQuestion.ts';

/**
 * Without marks of the doc tools and without the name that the comment is about; undefined when it says nothing that
 * could be asked: a licence, a note to the authors, code that is switched off, or a text that names the definition.
 */
export function docQuestion(doc: string, name: string): string | undefined {
  const first = firstSentence(doc);
  if (/[;{}]\s*$/.test(first)) return undefined;
  const sentence = cutText(plainDoc(first), MAX_QUESTION);
  const bare = withoutName(sentence, name);
  if (bare.length < MIN_LENGTH || !/\s\S+\s/.test(bare) || NO_QUESTION.test(bare)) return undefined;
  return name.length > 3 && identifiersIn(bare).includes(name) ? undefined : bare;
}

const MAX_QUESTION = 300;
const MIN_LENGTH = 20;
const NO_QUESTION =
  /\b(?:copyright|licen[cs]e[ds]?|todo|fixme|xxx|hack|deprecated|see above|eslint|noqa|inheritdoc)\b|^(?:@|note\b|we know\b)|^(?:type|returns?|param|args|arguments|note|example|usage)s?:?$|^[-=*#~]{3,}/i;

function firstSentence(doc: string): string {
  const paragraph = plainText(doc)
    .trim()
    .split(/\n\s*\n/, 1)[0]!;
  const lines = paragraph.split('\n').map((line) => line.trim());
  const tags = lines.findIndex((line, i) => i > 0 && /^(?:@\w|:\w+[^:]*:|[-*+•] |\\\w|```|>>>|\.\. )/.test(line));
  const text = lines
    .slice(0, tags < 0 ? undefined : tags)
    .join(' ')
    .replace(/\s+/g, ' ');
  return /^[^]{20,}?[.!?](?=\s+[\p{Lu}`'"(]|\s*$)/u.exec(text)?.[0] ?? text;
}

const plainDoc = (text: string): string =>
  withoutNumbers(
    text
      .replace(/\{@\w+\s+([^}|]{1,200})(?:\|[^}]{0,200})?\}/g, '$1')
      .replace(/<\/?\w[^<>]{0,200}>/g, '')
      .replace(/:[a-zA-Z:+-]{1,30}:`~?\.?([^`<]{1,200}?)(?:\s*<[^`>]{0,200}>)?`/g, '`$1`')
      .replace(/!?\[([^[\]]{1,200})\](?:\([^()]{0,300}\)|\[[^[\]]{0,100}\])/g, '$1')
      .replace(/\[(`[^`\]]{1,200}`)\]/g, '$1')
      .replace(/``/g, '`')
      .replace(/^@(?:brief|description|desc|summary)\s+/i, '')
      .replace(/^[\w$]+\(\)?\s*[:-]+\s+/, ''),
  );

/** "Flush writes what is left" is about `Flush`: the question is "writes what is left". */
function withoutName(sentence: string, name: string): string {
  const word = sentence.split(/\s/, 1)[0]!;
  const isName = word.replace(/^[`'"*]+|\(.*$|[`'",:*]+$/g, '').toLowerCase() === name.toLowerCase();
  return isName ? sentence.slice(word.length).replace(/^[\s:,-]+/, '') : sentence;
}
