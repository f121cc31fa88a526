/**
 * What is searched for when a question follows earlier ones, or is about code that the user has selected.
 *
 * A follow-up ("and where is it tested?") leaves its topic unsaid. It is searched for together with the questions that
 * say it, which stand on further lines: `parseQuestion` weighs the first line more, so what is asked now leads. A
 * question that stands on its own is left alone: words of an old topic would only mislead. Told by English words; in
 * other languages a question is taken as it is.
 */
import { definedName } from '#core/search/definitionLine.ts';
import { parseQuestion, type QueryTerm } from '#core/search/question.ts';
import { identifiersIn, partsOf } from '#core/search/words.ts';

export interface Asked {
  readonly question: string;
  /** Earlier questions of the conversation, the latest last. */
  readonly earlier?: readonly string[];
  /** Code that the question is about. */
  readonly selection?: { readonly path: string; readonly text: string };
}

/** The text to search for; its first line is the question. */
export function searchText({ question, earlier = [], selection }: Asked): string {
  const text = question.trim();
  const names = selection ? namesOf(selection.text, selection.path) : [];
  // What is selected says what "it" is, unless the question begins as the continuation of another.
  const topic = !names.length || CONTINUES.test(text) ? topicOf(text, earlier) : [];
  return [text, ...(names.length ? [names.join(' ')] : []), ...topic].join('\n');
}

/** Earlier questions that a follow-up is taken to be about. */
const MAX_TOPIC = 3;
/** UTF-16 units of each of them. */
const MAX_TOPIC_LENGTH = 500;
/** Names of the selected code that are searched for: more would outweigh the question. */
const MAX_NAMES = 12;
const MAX_SELECTION = 4_000;

const CONTINUES = /^(?:and|but|also|so|then|or|what about|how about)\b/i;
const ASKS_FOR_MORE =
  /^(?:what about|how about|and|but|or)\s+(?!(?:where|how|what|which|who|whose|when|why|is|are|do|does|can|if)\b)/i;
/** Words that point back. `that` and `there` only where they stand for something: not "the file that reads it", not "is there a …". */
const POINTS_BACK =
  /\b(?:it|its|itself|this|they|them|their|these|those|ones?|the same|the latter|the former)\b|\b(?:that|there)\s*(?:[?!.,]|$)|\b(?:does|do|is|was|did|after|before|for|of|with|to|calls?|uses?) that\b/i;
/** `it` that stands for nothing, and `this` that stands for the workspace. */
const POINTS_NOWHERE =
  /\b(?:is it|it is|it's|it) (?:(?:im)?possible|decided|determined|ensured|guaranteed|made sure|checked that|known|necessary|safe|allowed|take|matters?)\b|\b(?:makes?|make sure) it\b|\bthis (?:repo|repository|code ?base|code|project|workspace|package|library|extension|app|application|program|tool|module|service|framework)\b|\b(?:one|ones) of\b|\bat (?:once|one time)\b|\bno one\b/gi;

function topicOf(question: string, earlier: readonly string[]): string[] {
  const topic: string[] = [];
  let latest = question;
  for (const before of earlier.toReversed()) {
    if (topic.length >= MAX_TOPIC || !isFollowUp(latest)) break;
    const line = plainTopic(before);
    if (line) topic.push(line);
    latest = before;
  }
  return topic;
}

/** Whether a question leaves unsaid what it is about. */
export function isFollowUp(question: string): boolean {
  const text = question.trim();
  const { terms, names, paths } = parseQuestion(text);
  const own = terms.filter(saysTopic).length;
  if (names.length || paths.length) return own <= 2 && CONTINUES.test(text) && pointsBack(text);
  if (own === 0) return true;
  if (pointsBack(text)) return own <= 3;
  return ASKS_FOR_MORE.test(text) ? own <= 2 : CONTINUES.test(text) && own <= 1;
}

const pointsBack = (text: string): boolean => POINTS_BACK.test(text.replace(POINTS_NOWHERE, ' '));

/** Stems of words that ask for a side of a topic and are none themselves. */
const ASPECTS = new Set(
  (
    'test spec document doc readm defin declar call caller use usag user read written set configur config default ' +
    'creat made start stop begin end run handl fail error throw chang modifi updat ad remov introduc histori commit ' +
    'exampl detail file folder line function method class place code part work mean reason limit cover set valu ' +
    'get go come look see list give name type return'
  ).split(' '),
);

const saysTopic = ({ term, isName }: QueryTerm): boolean => isName || !ASPECTS.has(term.key);

/** Words by which an earlier question asked for tests or docs; the one that follows it asks for something else. */
const OLD_ASPECT =
  /\b(?:(?:is|are|was|were)\s+)?(?:tested|documented)\b|\b(?:unit )?tests? (?:for|of)\b|\bdocs (?:for|of|on)\b/gi;

/** An earlier question as a line that says its topic; empty if it says none. */
function plainTopic(question: string): string {
  const line = question.slice(0, MAX_TOPIC_LENGTH).replace(OLD_ASPECT, ' ').replace(/\s+/g, ' ').trim();
  return parseQuestion(line).terms.length ? line : '';
}

/**
 * The names that selected code is about: what it defines first, then identifiers of several parts, then the rest, each
 * once.
 */
function namesOf(code: string, path: string): string[] {
  const text = code.slice(0, MAX_SELECTION);
  const defined = text.split('\n').flatMap((line) => definedName(line, path) ?? []);
  const others = identifiersIn(text).filter((name) => name.length > 2 && !/^\p{N}/u.test(name));
  const [phrases, words] = [others.filter(isPhrase), others.filter((name) => !isPhrase(name))];
  // A part of a line is read whole: it is a name, or a few of them.
  const rest = !text.includes('\n') || (!defined.length && !phrases.length) ? words : [];
  return [...new Set([...defined.slice(0, 3), ...phrases, ...rest])].slice(0, MAX_NAMES);
}

const isPhrase = (name: string): boolean => partsOf(name).length > 1;
