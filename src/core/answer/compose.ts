/** From an episode's evidence to sentences. Every sentence says only what a cited place, or a commit, shows. */
import type { AskedKind } from '#core/search/askedKind.ts';
import type { CitedSymbol, Sentence, Sureness } from '#core/answer/answer.ts';
import { isDefinedIn, type Place } from '#core/answer/place.ts';
import { relate, type Relation } from '#core/answer/relate.ts';
import { sectionSays } from '#core/answer/sectionText.ts';
import {
  code,
  cut,
  firstSentence,
  linesText,
  listed,
  namesByFile,
  placeText,
  type Named,
} from '#core/answer/wording.ts';
import type { EvidencePool } from '#core/agent/pool.ts';
import type { StopReason } from '#core/agent/event.ts';
import type { Definition, ToolName } from '#core/agent/tools.ts';
import type { SymbolKind } from '#core/search/symbolKind.ts';
import type { Question } from '#core/search/question.ts';
import { stemsIn } from '#core/search/words.ts';

const MAX_QUOTED = 220;
const MAX_SUBJECT = 90;
/** Places that one sentence names. */
const MAX_LISTED = 4;
const MAX_OTHERS = 3;
const ASKS_SETTINGS = /\b(config\w*|settings?|set|options?|defaults?|values?|limits?|environment)\b/i;
const ASKS_HISTORY = /\b(why|when|who|since|commits?|changed?|added|introduced|removed|fixed)\b/i;

export const surenessOf = (confidence: number): Sureness =>
  confidence >= 0.75 ? 'high' : confidence >= 0.45 ? 'medium' : 'low';

/**
 * Sentences for places that answer, best first. `places[i]` is citation number i + 1.
 * @param isNamed the first place is one that the question names: about that there is no doubt.
 */
export function composeSentences(
  places: readonly Place[],
  pool: EvidencePool,
  sure: Sureness,
  isNamed = false,
): Sentence[] {
  const first = places[0];
  if (!first) return [];
  const commit = commitSentence(first);
  const asksHistory = ASKS_HISTORY.test(pool.question.text);
  const related = relationSentences(relate(places), places, pool);
  const told = new Set([1, ...related.flatMap(({ citations }) => citations)]);
  return [
    sure === 'low' && !isNamed ? { text: 'I am not sure. These are the nearest places.', citations: [] } : undefined,
    { text: whereItIs(first), citations: [1] },
    whatItSays(first),
    asksHistory ? commit : undefined,
    ...related,
    otherPlaces(places, told),
    asksHistory ? undefined : commit,
  ].filter((sentence) => sentence !== undefined);
}

/** How a search without an answer went. */
export interface Search {
  readonly filesSearched: number;
  readonly stopReason: StopReason;
  readonly failed: readonly ToolName[];
  /** Set where tests or documents alone were asked for, and so searched. */
  readonly kind?: AskedKind | undefined;
}

/** Sentences when nothing fits; the places are the nearest ones, if there are any. */
export function composeNotFound(places: readonly Place[], search: Search): Sentence[] {
  const sentences: Sentence[] = [{ text: whyNothing(search), citations: [] }];
  if (places.length)
    sentences.push({
      text: `The nearest ${places.length === 1 ? 'place is' : 'places are'} ${namesByFile(places.map(nameOf))}.`,
      citations: places.map((_, i) => i + 1),
    });
  return sentences;
}

/** That nothing is there may be said only after a search that came to its end. */
function whyNothing({ filesSearched, stopReason, failed, kind }: Search): string {
  if (stopReason === 'cancelled') return 'The search was stopped before it came to an answer.';
  if (failed.includes('grep') && filesSearched === 0) return 'The files of this workspace could not be searched.';
  if (stopReason === 'out-of-time') return 'The time allowed ran out before an answer was found.';
  if (stopReason === 'out-of-turns')
    return 'All turns went into searching, and nothing was read that could be cited. Allow one turn more.';
  if (kind) return `No ${kind === 'test' ? 'test' : 'document'} answers that.`;
  const searched = filesSearched === 1 ? '1 file was' : `${filesSearched || 'no'} files were`;
  return `Nothing in this workspace answers that: ${searched} searched.`;
}

/** "`send` is a method of `Queue` in src/net/queue.ts, lines 12–40." The lines are those of the whole definition. */
function whereItIs({ span, definition, section, file }: Place): string {
  if (section) return `${file.kind === 'docs' ? 'It is documented in' : 'The best place is'} ${sectionName(section)}.`;
  const lines = linesText(span);
  if (!definition) return `The best place is ${span.path}, ${lines}.`;
  if (!isDefinedIn(definition, { span }))
    return `The best place is ${span.path}, ${lines}, inside of ${code(fullName(definition))}.`;
  const within = definition.inside.length ? ` of ${code(definition.inside.join('.'))}` : '';
  const what = `${article(definition.kind)}${within}`;
  return `${code(definition.name)} is ${what} in ${span.path}, ${linesText(definition.span)}.`;
}

function whatItSays(place: Place): Sentence | undefined {
  const { definition, section } = place;
  const said = section ? sectionSays(place, section) : firstSentence(definition?.doc ?? '');
  if (said) return { text: `${section ? 'It says' : 'Its comment says'}: “${cut(said, MAX_QUOTED)}”`, citations: [1] };
  if (!definition || !isDefinedIn(definition, place) || isBareHead(definition)) return undefined;
  return { text: `It begins ${code(cut(definition.signature, MAX_QUOTED))}.`, citations: [1] };
}

/** `export class Queue {` says nothing that was not said. */
const isBareHead = ({ signature, name }: Definition): boolean =>
  signature === '' || signature.replace(/[\s:{(=]+$/, '').endsWith(name);

/** One sentence for each kind of relation, so that no name is said twice; first what the question asks for. */
function relationSentences(
  relations: readonly Relation[],
  places: readonly Place[],
  { question }: EvidencePool,
): Sentence[] {
  const name = code(places[0]?.definition?.name ?? '');
  const tell = (kind: Relation['kind'], words: (names: string) => string, citesFirst = false): Sentence[] => {
    const some = relations.filter((one) => one.kind === kind).slice(0, MAX_LISTED);
    if (!some.length) return [];
    const named = some.map(({ place, definition }) => nameIn(places[place]!, definition));
    return [{ text: words(namesByFile(named)), citations: numbersOf(some, citesFirst) }];
  };
  const tests = tell('tests', (names) => `${name} is tested in ${names}.`);
  const docs = tell('documents', (names) => `${name} is described in ${names}.`);
  return [
    ...(question.asksTests ? tests : []),
    ...(question.asksDocs ? docs : []),
    ...tell('used-by', (names) => `${name} is used by ${names}.`),
    ...tell('uses', (names) => `${name} uses ${names}.`, true),
    ...relations.flatMap((one) => setsSentence(one, places, question)),
    ...(question.asksDocs ? [] : docs),
    ...(question.asksTests ? [] : tests),
  ];
}

const numbersOf = (relations: readonly Relation[], citesFirst: boolean): number[] => [
  ...new Set([...(citesFirst ? [1] : []), ...relations.map(({ place }) => place + 1)]),
];

/** Settings are worth a sentence where the question is about them, or about their names. */
function setsSentence({ kind, place, names }: Relation, places: readonly Place[], question: Question): Sentence[] {
  const asked = new Set(question.terms.flatMap(({ term }) => term.key.split(' ')));
  const told = ASKS_SETTINGS.test(question.text)
    ? names
    : names.filter((name) => stemsIn(name).some((s) => asked.has(s)));
  if (kind !== 'sets' || !told.length) return [];
  const shown = told.slice(0, MAX_LISTED).map(code);
  const text = `${listed(shown)} ${shown.length === 1 ? 'is' : 'are'} set in ${places[place]!.span.path}.`;
  return [{ text, citations: [place + 1] }];
}

/** The best places that no sentence has named; `told` are numbers of citations. */
function otherPlaces(places: readonly Place[], told: ReadonlySet<number>): Sentence | undefined {
  const seen = new Set([...told].map((number) => nameKey(nameOf(places[number - 1]!))));
  const rest: number[] = [];
  for (const [i, place] of places.entries()) {
    const key = nameKey(nameOf(place));
    if (told.has(i + 1) || rest.length >= MAX_OTHERS || seen.has(key)) continue;
    seen.add(key);
    rest.push(i);
  }
  if (!rest.length) return undefined;
  return { text: `Related: ${namesByFile(rest.map((i) => nameOf(places[i]!)))}.`, citations: rest.map((i) => i + 1) };
}

function commitSentence({ file, span }: Place): Sentence | undefined {
  const commit = file.commits[0]?.commit;
  if (!commit) return undefined;
  const text = `Commit ${commit.id.slice(0, 8)}, “${cut(commit.subject, MAX_SUBJECT)}”, changed ${span.path}.`;
  return { text, citations: [1] };
}

/** A place by its definition or section, else by its lines. */
function nameOf({ span, definition, section }: Place): Named {
  if (section) return { path: span.path, name: undefined, whole: sectionName(section) };
  return definition
    ? { path: span.path, name: shortName(definition) }
    : { path: span.path, name: undefined, whole: placeText(span) };
}

const nameKey = ({ path, name, whole }: Named): string => whole ?? `${path} ${name ?? ''}`;

function nameIn({ span, file, section }: Place, definition: Definition | undefined): Named {
  if (section && file.kind === 'docs') return { path: span.path, name: undefined, whole: sectionName(section) };
  return { path: span.path, name: definition && shortName(definition) };
}

const sectionName = ({ headings, span }: NonNullable<Place['section']>): string =>
  `the section “${cut(headings.at(-1)!, MAX_SUBJECT)}” of ${span.path}, ${linesText(span)}`;

const shortName = ({ inside, name }: Definition): string => [...inside.slice(-1), name].join('.');
const fullName = ({ inside, name }: Definition): string => [...inside, name].join('.');

const article = (kind: SymbolKind): string =>
  kind === 'other' ? 'defined' : /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;

/** The sentences as one text, each with the numbers of its citations: `It uses \`x\` [2][1].` */
export const textOf = (sentences: readonly Sentence[]): string => sentences.map(numbered).join(' ');

/** The numbers stand before a final stop; after a quotation, which keeps its own. */
function numbered({ text, citations }: Sentence): string {
  if (citations.length === 0) return text;
  const numbers = citations.map((n) => `[${n}]`).join('');
  return text.endsWith('.') ? `${text.slice(0, -1)} ${numbers}.` : `${text} ${numbers}`;
}

export const symbolOf = ({ name, kind, inside, line }: Definition): CitedSymbol => ({ name, kind, inside, line });
