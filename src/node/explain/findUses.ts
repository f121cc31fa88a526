/** Where a name is used, as far as that is sure, and the uses that tell most. */
import type { CallContext, Definition, Tools } from '#core/agent/tools.ts';
import { distance, needsOwner, qualifierAt, type NamePlace } from '#core/answer/explainDefinition.ts';
import { importedNames, leadsTo } from '#core/answer/explainImports.ts';
import {
  indexOfName,
  mostTelling,
  rankUses,
  usesAmong,
  type NameLine,
  type PlacedUse,
} from '#core/answer/explainUses.ts';
import type { Explanation, Use } from '#core/answer/explanation.ts';
import { isTellingName } from '#core/answer/mentions.ts';
import { innermostAround } from '#core/answer/place.ts';
import { codeFamilyOf, type CodeFamily } from '#core/search/codeFamily.ts';
import { fileKind } from '#core/search/fileKind.ts';
import { termOf } from '#core/search/words.ts';
import type { FoundDefinition } from '#node/explain/findDefinition.ts';
import type { ExplainRequest } from '#node/service/searchService.ts';

interface Asked {
  readonly place: NamePlace;
  readonly request: ExplainRequest;
  /** All lines that have the name. */
  readonly lines: readonly NameLine[];
  readonly found: FoundDefinition;
}

type UseTools = Pick<Tools, 'grep' | 'read' | 'symbols'>;

const MAX_TOLD = 3;
/** Files that are outlined for the names around their uses. */
const MAX_OUTLINED = 6;
/** Files whose imports are read, the nearest first. */
const MAX_IMPORTERS = 40;
const HEAD = { start: 1, end: 400 };

export async function findUses(asked: Asked, tools: UseTools, context: CallContext): Promise<Explanation['uses']> {
  const { place, found } = asked;
  if (!found.definition && !comesFromOutside(place)) return undefined;
  const all = asked.request.references ? referencesOf(asked) : await likelyUses(asked, tools, context);
  const { definition } = found;
  const outside = all.filter(({ path, line }) => !isIn(definition, path, line));
  if (outside.length === 0) return undefined;
  const ranked = rankUses(
    outside.filter(({ path, line }) => path !== place.path || line !== place.line),
    place.name,
    definition?.span,
  );
  const placed = await placeUses(ranked, tools, context);
  return {
    places: outside.length,
    files: new Set(outside.map(({ path }) => path)).size,
    most: mostTelling(placed, MAX_TOLD).map(useOf),
  };
}

const isIn = (definition: Definition | undefined, path: string, line: number): boolean =>
  definition?.span.path === path && definition.span.start <= line && line <= definition.span.end;

const useOf = ({ use, inside }: PlacedUse): Use => ({
  span: { path: use.path, start: use.line, end: use.line },
  ...(inside !== undefined && { inside }),
});

/** The editor's references without imports; a line that the search did not see is believed. */
function referencesOf({ place, request, lines }: Asked): NameLine[] {
  const texts = new Map(lines.map((one) => [`${one.path}\0${one.line}`, one]));
  const references = new Map(
    request.references!.map(({ path, start }) => [`${path}\0${start}`, { path, line: start }]),
  );
  const seen = [...references].flatMap(([key]) => texts.get(key) ?? []);
  const unseen = [...references].flatMap(([key, one]) => (texts.has(key) ? [] : { ...one, text: '' }));
  return [...usesAmong(seen, place.name, place.path), ...unseen];
}

/** Uses by name: in all files where the name can mean one thing only, else in those that name where it comes from. */
async function likelyUses(asked: Asked, tools: UseTools, context: CallContext): Promise<NameLine[]> {
  const { place, lines, found } = asked;
  const { definition, others } = found;
  const uses = usesAmong(lines, place.name, definition?.span.path ?? place.path);
  const isSure = isTellingName(place.name) && others.length === 0;
  if (isSure) return uses;
  if (!definition) return [];
  const qualifiers = await qualifiersByFile(definition, uses, tools, context);
  return uses.filter((use) => qualifiers.get(use.path)?.(qualifierOf(use, place.name)) ?? false);
}

const qualifierOf = ({ text }: NameLine, name: string): string =>
  qualifierAt({ name, text, column: indexOfName(text, name) });

/** Whether a word before the dot leaves the meaning open. */
type Fits = (qualifier: string) => boolean;

/** Imported, or taken out of something imported. What the language itself brings is used everywhere. */
function comesFromOutside({ name, text, column, imports }: NamePlace): boolean {
  const origin = qualifierAt({ name, text, column }) || name;
  return imports.some((one) => one.name === origin);
}

/** Files in which the name can mean the definition, with the words that it can be taken out of there. */
async function qualifiersByFile(
  definition: Definition,
  uses: readonly NameLine[],
  tools: UseTools,
  context: CallContext,
): Promise<ReadonlyMap<string, Fits>> {
  const own = definition.span.path;
  const files = [...new Set(uses.map(({ path }) => path))]
    .filter((path) => path !== own)
    .sort((a, b) => distance(a, own) - distance(b, own) || (a < b ? -1 : 1))
    .slice(0, MAX_IMPORTERS);
  const owner = definition.inside.at(-1);
  if (owner === undefined) return new Map([[own, isPlain], ...(await importers(own, files, tools, context))]);
  const naming = await filesNaming(owner, files, tools, context);
  return new Map([own, ...naming].map((path) => [path, (qualifier) => qualifier !== '' || !needsOwner(path)]));
}

const isPlain: Fits = (qualifier) => qualifier === '' || qualifier === 'exports';

/** Who calls a method of a class mostly names the class, too. */
async function filesNaming(
  owner: string,
  files: readonly string[],
  { grep }: UseTools,
  context: CallContext,
): Promise<readonly string[]> {
  const term = termOf(owner);
  if (!term || files.length === 0) return [];
  const hits = await grep.search({ terms: [term], within: files }, context);
  if (!hits.ok) return [];
  return hits.value.terms[0]!.files.filter(({ lines }) => lines.some(({ text }) => text.includes(owner))).map(
    ({ path }) => path,
  );
}

/** Files that import the one that defines; where no import is needed, those beside it too. */
async function importers(
  own: string,
  files: readonly string[],
  { read }: UseTools,
  context: CallContext,
): Promise<readonly (readonly [path: string, fits: Fits])[]> {
  const found = await Promise.all(
    files.map(async (path) => {
      const isBeside = NEEDS_NO_IMPORT.has(codeFamilyOf(path)) && distance(path, own) === 0;
      const head = await read.read({ path, range: HEAD }, context);
      const imports = head.ok ? importedNames(head.value.lines, path) : [];
      const leading = new Set(imports.filter((one) => leadsTo(one, path, own)).map(({ name }) => name));
      const fits: Fits = (qualifier) => qualifier === '' || leading.has(qualifier);
      return isBeside || leading.size > 0 ? [[path, fits] as const] : [];
    }),
  );
  return found.flat();
}

const NEEDS_NO_IMPORT = new Set<CodeFamily | undefined>(['go', 'java', 'kotlin', 'scala', 'csharp', 'swift', 'dart']);

/** The uses with the definitions around them, as far as the first files go; what is beyond is left out. */
async function placeUses(
  ranked: readonly NameLine[],
  { symbols }: UseTools,
  context: CallContext,
): Promise<PlacedUse[]> {
  const test = ranked.find(({ path }) => fileKind(path) === 'test');
  const files = [...new Set([...(test ? [test.path] : []), ...ranked.map(({ path }) => path)])].slice(0, MAX_OUTLINED);
  const outlines = new Map(
    await Promise.all(files.map(async (path) => [path, await symbols.outline(path, context)] as const)),
  );
  return ranked.flatMap((use) => {
    const outline = outlines.get(use.path);
    if (!outline) return [];
    const around = outline.ok ? innermostAround({ start: use.line, end: use.line }, outline.value) : undefined;
    return [{ use, inside: around && [...around.inside.slice(-1), around.name].join('.') }];
  });
}
