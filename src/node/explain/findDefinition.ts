/** The definition of a name: the one that the editor knows, else the one that the tools find. */
import type { CallContext, Definition, Tools } from '#core/agent/tools.ts';
import { chooseDefinition, distance, speakTogether, type NamePlace } from '#core/answer/explainDefinition.ts';
import { useKind, type NameLine } from '#core/answer/explainUses.ts';
import { innermostAround } from '#core/answer/place.ts';
import { rangeContains, type Span } from '#core/search/span.ts';
import type { ExplainRequest } from '#node/service/searchService.ts';

export interface FoundDefinition {
  readonly definition: Definition | undefined;
  /** Others of the name in files that could mean them. */
  readonly others: readonly Definition[];
}

/** Files of the name that are outlined, the nearest first. */
const MAX_FILES = 8;

/** `local`: it lives inside of one function, and nobody outside of it can use it. */
export async function findDefinition(
  place: NamePlace,
  { definitions, references }: ExplainRequest,
  lines: readonly NameLine[],
  tools: Pick<Tools, 'symbols' | 'read'>,
  context: CallContext,
): Promise<FoundDefinition | 'local'> {
  if (definitions) return known(place.name, definitions, references, lines, tools, context);
  const candidates = await candidatesFor(place, lines, tools, context);
  const definition = chooseDefinition(candidates, place);
  const others = candidates.filter((one) => one.name === place.name && !isSamePlace(one, definition));
  return { definition, others: others.filter(({ span }) => speakTogether(span.path, place.path)) };
}

const isSamePlace = (one: Definition, other: Definition | undefined): boolean =>
  one.span.path === other?.span.path && one.inside.join('\0') === other.inside.join('\0');

/** What defines the name in its own file, and in the nearest ones with a line that looks like it. */
async function candidatesFor(
  place: NamePlace,
  lines: readonly NameLine[],
  { symbols }: Pick<Tools, 'symbols'>,
  context: CallContext,
): Promise<readonly Definition[]> {
  const { name, path, outline } = place;
  const usable = lines.filter((one) => one.path !== path && speakTogether(one.path, path));
  const defining = usable.filter((one) => useKind(one.text, name, one.path) === 'definition');
  const files = new Set((defining.length > 0 ? defining : usable).map((one) => one.path));
  const within = [...files]
    .sort((a, b) => distance(a, path) - distance(b, path) || (a < b ? -1 : 1))
    .slice(0, MAX_FILES);
  const own = outline.filter((one) => one.name === name);
  if (within.length === 0) return own;
  const found = await symbols.definitions({ names: [name], within }, context);
  return found.ok ? [...own, ...found.value] : own;
}

/** The first place that the editor named, as the tools see it. */
async function known(
  name: string,
  definitions: readonly Span[],
  references: readonly Span[] | undefined,
  lines: readonly NameLine[],
  { symbols, read }: Pick<Tools, 'symbols' | 'read'>,
  context: CallContext,
): Promise<FoundDefinition | 'local'> {
  const [span] = definitions;
  if (!span) return { definition: undefined, others: [] };
  const listed = await symbols.outline(span.path, context);
  const outline = listed.ok ? listed.value : [];
  const named = outline.filter(
    (one) => one.name === name && rangeContains(one.span, { start: span.start, end: span.start }),
  );
  const definition = named.find(({ line }) => line === span.start) ?? named.at(-1);
  if (definition) return { definition, others: [] };
  const around = innermostAround({ start: span.start, end: span.start }, outline);
  if (around && !leaves(around, references)) return 'local';
  const text = lines.find((one) => one.path === span.path && one.line === span.start)?.text;
  const line = text ?? (await lineAt(span, read, context));
  if (line === undefined) return { definition: undefined, others: [] };
  const inside = around ? [...around.inside, around.name] : [];
  const here = { path: span.path, start: span.start, end: span.start };
  return {
    definition: { name, kind: 'other', span: here, line: span.start, signature: line.trim(), inside },
    others: [],
  };
}

const leaves = ({ span }: Definition, references: readonly Span[] | undefined): boolean =>
  (references ?? []).some((one) => one.path !== span.path || !rangeContains(span, one));

async function lineAt({ path, start }: Span, read: Tools['read'], context: CallContext): Promise<string | undefined> {
  const result = await read.read({ path, range: { start, end: start } }, context);
  return result.ok && result.value.start === start ? result.value.lines[0] : undefined;
}
