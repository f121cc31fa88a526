/** How the first place hangs together with the others, as far as their own lines show it. */
import { isHandled, isTellingName, usesOf, type Mention, type Uses } from '#core/answer/mentions.ts';
import { isDefinedIn, isMinor, type Place } from '#core/answer/place.ts';
import type { Definition } from '#core/agent/tools.ts';
import { rangeContains } from '#core/search/span.ts';
import { identifiersIn } from '#core/search/words.ts';

export interface Relation {
  /**
   * `used-by`: the place uses what the first place defines; `tests` and `documents`: it is a test, or docs, that name
   * it; `uses`: the first place uses what this one defines; `sets`: it gives values to names that the first place uses.
   */
  readonly kind: 'used-by' | 'tests' | 'documents' | 'uses' | 'sets';
  /** Index of the other place. */
  readonly place: number;
  /** The definition in the other place that uses, or is used; undefined on the top level of the file. */
  readonly definition: Definition | undefined;
  /** For `sets`, the names. */
  readonly names: readonly string[];
}

/** Relations to the first place, in the order of the places. */
export function relate(places: readonly Place[]): Relation[] {
  const [first, ...others] = places;
  const { definition } = first ?? {};
  if (!first || !definition || !isDefinedIn(definition, first)) return [];
  const uses = places.map(usesOf);
  const common = commonNames(places, uses);
  return others.flatMap((other, i) => {
    const at = i + 1;
    const back = isProven(definition, other, uses[at]!, common) ? backward(definition, other, at, uses) : [];
    return back.length ? back : forward(definition, first, other, at, uses, common);
  });
}

/** Names that prove nothing here: more than half of several places have them, or files of several places define them. */
function commonNames(places: readonly Place[], uses: readonly Uses[]): ReadonlySet<string> {
  const having = countEach(uses.map(({ byName }) => byName.keys()));
  const files = new Map(places.map(({ file }) => [file.path, file]));
  const defined = [...files.values()].map(({ outline }) => (outline ?? []).filter((one) => !isMinor(one)));
  const defining = countEach(defined.map((outline) => outline.map(({ name }) => name)));
  return new Set([
    ...[...having].filter(([, count]) => places.length > 3 && count > places.length / 2).map(([name]) => name),
    ...[...defining].filter(([, count]) => count > 1).map(([name]) => name),
  ]);
}

function countEach(lists: readonly Iterable<string>[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const list of lists) for (const name of new Set(list)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Whether a mention in the other place can only mean this definition: by a telling name, an import, or the same file. */
function isProven(
  { name, span, inside }: Definition,
  other: Place,
  { imported }: Uses,
  common: ReadonlySet<string>,
): boolean {
  if (name.length < 4 || common.has(name)) return false;
  return isTellingName(name) || other.span.path === span.path || (imported.has(name) && inside.length === 0);
}

/** The other place uses, tests or documents what the first one defines. */
function backward(definition: Definition, other: Place, place: number, uses: readonly Uses[]): Relation[] {
  const { kind } = other.file;
  if (kind === 'docs') {
    const isNamed = other.lines.some((line) => identifiersIn(line).includes(definition.name));
    return isNamed && isTellingName(definition.name)
      ? [{ kind: 'documents', place, definition: undefined, names: [] }]
      : [];
  }
  const mentions = mentionsOf(definition.name, uses[place]!).filter((one) => isOutside(one, definition, other));
  const [mention] = mentions;
  if (!mention || kind === 'config' || kind === 'data') return [];
  if (kind === 'test') return [{ kind: 'tests', place, definition: undefined, names: [] }];
  const users = [...new Set(mentions.map(({ around }) => around))].filter((one) => one?.name !== definition.name);
  const outer = users.filter(
    (one) => !one || !users.some((by) => by && by !== one && rangeContains(by.span, one.span)),
  );
  return outer.map((user) => ({ kind: 'used-by', place, definition: user, names: [] }));
}

/** A plain word counts where something is done with it; a type's name counts as it stands. */
const mentionsOf = (name: string, { byName }: Uses): Mention[] =>
  (byName.get(name) ?? []).filter((one) => isTellingName(name) || /^\p{Lu}/u.test(name) || isHandled(one, name));

/** In the definition's own file, only what stands outside of it and inside of something else uses it. */
const isOutside = ({ line, around }: Mention, { span }: Definition, other: Place): boolean =>
  other.span.path !== span.path || (around !== undefined && (line < span.start || line > span.end));

/** The first place uses what the other one defines, or names that it sets. */
function forward(
  definition: Definition,
  first: Place,
  other: Place,
  place: number,
  uses: readonly Uses[],
  common: ReadonlySet<string>,
): Relation[] {
  const isInFirst = ({ line }: Mention): boolean => rangeContains(definition.span, { start: line, end: line });
  const used = (name: string): boolean => mentionsOf(name, uses[0]!).some(isInFirst);
  if (other.file.kind === 'config') {
    const names = keysOf(other).filter((name) => isTellingName(name) && used(name));
    return names.length ? [{ kind: 'sets', place, definition: undefined, names }] : [];
  }
  if (other.file.kind === 'test' || other.file.kind === 'docs') return [];
  return (other.file.outline ?? [])
    .filter((one) => !isMinor(one) && isDefinedIn(one, other) && one.name !== definition.name && used(one.name))
    .filter((one) => isProven(one, first, uses[0]!, common) && !isAround(one, definition))
    .map((one) => ({ kind: 'uses', place, definition: one, names: [] }));
}

const isAround = (outer: Definition, inner: Definition): boolean =>
  outer.span.path === inner.span.path &&
  (rangeContains(outer.span, inner.span) || rangeContains(inner.span, outer.span));

/** Names that stand before a value: `"maxTries": 5`, `max_tries = 5`. */
const keysOf = ({ lines }: Place): string[] => [
  ...new Set(lines.flatMap((line) => /^\s*(?:- )?["']?([\p{L}\p{N}_$]+)["']?\s*[:=]/u.exec(line)?.[1] ?? [])),
];
