/** From an episode's evidence to sentences. Every sentence says only what a cited place, or a commit, shows. */
import type { Citation, Sentence, Sureness } from '#core/answer/answer.ts';
import type { Place } from '#core/answer/place.ts';
import { relate, type Relation } from '#core/answer/relate.ts';
import { cut } from '#core/answer/why.ts';
import type { EvidencePool } from '#core/agent/pool.ts';
import type { Definition, SymbolKind } from '#core/agent/tools.ts';

const MAX_DOC = 220;
const MAX_RELATIONS = 4;
const MAX_OTHERS = 3;

export const surenessOf = (confidence: number): Sureness =>
  confidence >= 0.65 ? 'high' : confidence >= 0.4 ? 'medium' : 'low';

/** Sentences for places that answer, best first. `places[i]` is citation number i + 1. */
export function composeSentences(places: readonly Place[], pool: EvidencePool, sure: Sureness): Sentence[] {
  const first = places[0];
  if (!first) return [];
  const sentences: Sentence[] = [];
  if (sure === 'low') sentences.push({ text: 'I am not sure. These are the nearest places.', citations: [] });
  sentences.push({ text: whereItIs(first), citations: [1] });
  const saying = whatItSays(first);
  if (saying) sentences.push({ text: saying, citations: [1] });
  const told = new Set([0]);
  for (const relation of relate(places).slice(0, 12)) {
    if (sentences.length >= MAX_RELATIONS + 3) break;
    const sentence = relationSentence(relation, places, told);
    if (sentence) sentences.push(sentence);
  }
  const others = otherPlaces(places, told);
  if (others) sentences.push(others);
  const commit = first.file.commits[0]?.commit;
  if (commit)
    sentences.push({
      text: `Commit ${commit.id.slice(0, 8)}, “${cut(commit.subject, 90)}”, changed ${first.span.path}.`,
      citations: [1],
    });
  return sentences;
}

/** Sentences when nothing fits; the places are the nearest ones, if there are any. */
export function composeNotFound(places: readonly Place[], searched: number): Sentence[] {
  const sentences: Sentence[] = [
    {
      text: `Nothing in this workspace answers that: ${searched === 1 ? '1 file was' : `${searched} files were`} searched.`,
      citations: [],
    },
  ];
  if (places.length)
    sentences.push({
      text: `The nearest ${places.length === 1 ? 'place is' : 'places are'} ${listed(places.map(nameOf))}.`,
      citations: places.map((_, i) => i + 1),
    });
  return sentences;
}

/** "`withBackoff` is a function in src/net/retry.ts, lines 12–40, inside of `Queue`." */
function whereItIs({ span, definition }: Place): string {
  const lines = span.start === span.end ? `line ${span.start}` : `lines ${span.start}–${span.end}`;
  if (!definition) return `The best place is ${span.path}, ${lines}.`;
  const within = definition.inside.length ? ` of \`${definition.inside.join('.')}\`` : '';
  return `\`${definition.name}\` is ${article(definition.kind)}${within} in ${span.path}, ${lines}.`;
}

function whatItSays({ definition }: Place): string | undefined {
  if (!definition) return undefined;
  const doc = firstSentence(definition.doc ?? '');
  if (doc) return `Its comment says: “${cut(doc, MAX_DOC)}”`;
  return definition.signature ? `It begins \`${cut(definition.signature.replaceAll('`', "'"), MAX_DOC)}\`.` : undefined;
}

function relationSentence(relation: Relation, places: readonly Place[], told: Set<number>): Sentence | undefined {
  const [other, known] = told.has(relation.to) ? [relation.from, relation.to] : [relation.to, relation.from];
  if (told.has(other) || !told.has(known)) return undefined;
  told.add(other);
  const numbers = [other + 1, known + 1];
  const place = places[other]!;
  if (relation.kind === 'uses' && other === relation.from)
    return { text: `\`${relation.name}\` is used by ${nameOf(place)}.`, citations: numbers };
  if (relation.kind === 'uses')
    return { text: `It uses ${nameOf(place)}${definedAs(place.definition)}.`, citations: numbers };
  const verbs = { documents: 'documented', configures: 'configured', tests: 'tested' } as const;
  return { text: `\`${relation.name}\` is ${verbs[relation.kind]} in ${place.span.path}.`, citations: numbers };
}

function otherPlaces(places: readonly Place[], told: ReadonlySet<number>): Sentence | undefined {
  const seen = new Set<string>([...told].map((i) => nameOf(places[i]!)));
  const rest: number[] = [];
  for (const [i, place] of places.entries()) {
    if (told.has(i) || rest.length >= MAX_OTHERS || seen.has(nameOf(place))) continue;
    seen.add(nameOf(place));
    rest.push(i);
  }
  if (!rest.length) return undefined;
  return { text: `Related: ${listed(rest.map((i) => nameOf(places[i]!)))}.`, citations: rest.map((i) => i + 1) };
}

/** "`UploadQueue.send` in src/net/queue.ts", or the path and lines where nothing is defined. */
function nameOf({ span, definition }: Place): string {
  if (!definition) return `${span.path}:${span.start}–${span.end}`;
  return `\`${[...definition.inside.slice(-1), definition.name].join('.')}\` in ${span.path}`;
}

const definedAs = (definition: Definition | undefined): string =>
  definition?.kind === 'constant' && definition.signature
    ? `: \`${cut(definition.signature.replaceAll('`', "'"), 80)}\``
    : '';

const article = (kind: SymbolKind): string =>
  kind === 'other' ? 'defined' : /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;

const firstSentence = (doc: string): string =>
  /^[\s\S]*?[.!?。](?=\s|$)/.exec(doc.trim())?.[0]?.replace(/\s+/g, ' ') ?? doc.trim().replace(/\s+/g, ' ');

const listed = (names: readonly string[]): string =>
  names.length <= 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** The sentences as one text, each with the numbers of its citations: `It uses \`x\` [2][1].` */
export const textOf = (sentences: readonly Sentence[]): string => sentences.map(numbered).join(' ');

/** The numbers stand before a final stop; after a quotation, which keeps its own. */
function numbered({ text, citations }: Sentence): string {
  if (citations.length === 0) return text;
  const numbers = citations.map((n) => `[${n}]`).join('');
  return text.endsWith('.') ? `${text.slice(0, -1)} ${numbers}.` : `${text} ${numbers}`;
}

export const symbolOf = (definition: Definition): NonNullable<Citation['symbol']> => ({
  name: definition.name,
  kind: definition.kind,
  inside: definition.inside,
});
