/** How the cited places hang together, as far as their own lines show it. */
import type { Place } from '#core/answer/place.ts';
import { identifiersIn } from '#core/search/words.ts';

export type Relation =
  /** `from` mentions what `to` defines. */
  | { readonly kind: 'uses'; readonly from: number; readonly to: number; readonly name: string }
  /** `from` is docs that mention what `to` defines. */
  | { readonly kind: 'documents'; readonly from: number; readonly to: number; readonly name: string }
  /** `from` is configuration that mentions what `to` defines. */
  | { readonly kind: 'configures'; readonly from: number; readonly to: number; readonly name: string }
  /** `from` is a test that mentions what `to` defines. */
  | { readonly kind: 'tests'; readonly from: number; readonly to: number; readonly name: string };

/** Names too short or too common to prove anything. */
const SHORTEST_NAME = 4;

/** Relations between places, by index; the places that come first are looked at first. */
export function relate(places: readonly Place[]): Relation[] {
  const words = places.map(({ lines }) => new Set(lines.flatMap(identifiersIn)));
  const relations: Relation[] = [];
  places.forEach((target, to) => {
    const name = target.definition?.name;
    if (!name || name.length < SHORTEST_NAME) return;
    places.forEach((source, from) => {
      if (from === to || !words[from]!.has(name) || source.definition?.name === name || definesItToo(source, name))
        return;
      relations.push({ kind: kindOf(source), from, to, name });
    });
  });
  return relations;
}

const definesItToo = (place: Place, name: string): boolean =>
  (place.file.outline ?? []).some(
    (one) => one.name === name && one.line >= place.span.start && one.line <= place.span.end,
  );

function kindOf(source: Place): Relation['kind'] {
  if (source.file.kind === 'docs') return 'documents';
  if (source.file.kind === 'config') return 'configures';
  return source.file.kind === 'test' ? 'tests' : 'uses';
}
