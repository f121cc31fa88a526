/** The definitions in a syntax tree: what the query's matches say, put together by name, with docs and nesting. */
import type { Node, QueryMatch } from 'web-tree-sitter';
import type { SymbolKind } from '#core/search/symbolKind.ts';
import { splitName, ownerNames } from './names.ts';

/** A definition before its doc, signature and place among others are known. Indices are UTF-16 units of the text. */
export interface RawDefinition {
  readonly name: string;
  /** `scope` is no definition, but names what is inside of it; `entry` is a method if it begins its line. */
  readonly kind: SymbolKind | 'scope' | 'entry';
  readonly start: number;
  readonly end: number;
  /** 0-based. */
  readonly nameRow: number;
  readonly startRow: number;
  readonly endRow: number;
  /** Names that belong around it although they do not stand around it: `Foo::` of `Foo::bar`, a receiver. */
  readonly owners: readonly string[];
  readonly body: number | undefined;
  /** Beginning of a variable's text; empty for other kinds. */
  readonly head: string;
}

const MAX_HEAD_UNITS = 200;

interface Candidate {
  readonly pattern: number;
  readonly kind: RawDefinition['kind'];
  readonly node: Node;
  readonly name: Node;
  readonly owner: Node | undefined;
  readonly value: Node | undefined;
}

const AUXILIARY = new Set(['name', 'owner', 'value', 'wrap', 'target', 'qualifier', 'modifier', 'modifiers', 'call']);

/** One raw definition for each name node that the query found, unsorted. */
export function rawDefinitions(matches: readonly QueryMatch[]): RawDefinition[] {
  const candidates = new Map<number, Candidate>();
  const wraps = new Map<number, Node>();
  for (const match of matches) {
    const part = (label: string): Node | undefined => match.captures.find((capture) => capture.name === label)?.node;
    const name = part('name');
    if (!name) continue;
    const wrap = part('wrap');
    if (wrap) wraps.set(name.startIndex, wider(wrap, wraps.get(name.startIndex)));
    const defined = match.captures.find((capture) => !AUXILIARY.has(capture.name));
    const known = candidates.get(name.startIndex);
    if (!defined || (known && known.pattern <= match.patternIndex)) continue;
    const kind = defined.name as Candidate['kind'];
    const candidate = {
      pattern: match.patternIndex,
      kind,
      node: defined.node,
      name,
      owner: part('owner'),
      value: part('value'),
    };
    candidates.set(name.startIndex, candidate);
  }
  return [...candidates].map(([key, candidate]) => rawDefinition(candidate, wraps.get(key)));
}

const wider = (a: Node, b: Node | undefined): Node =>
  b && b.endIndex - b.startIndex > a.endIndex - a.startIndex ? b : a;

function rawDefinition({ kind, node, name, owner, value }: Candidate, wrap: Node | undefined): RawDefinition {
  const whole = wrap ? wider(wrap, node) : node;
  const end = whole.endPosition;
  const startRow = whole.startPosition.row;
  const names = kind === 'scope' ? ownerNames(name.text) : splitName(name.text);
  return {
    name: names.at(-1) ?? '',
    kind,
    start: whole.startIndex,
    end: whole.endIndex,
    nameRow: name.endPosition.row,
    startRow,
    endRow: end.column === 0 && end.row > startRow ? end.row - 1 : end.row,
    owners: [...(owner ? ownerNames(owner.text) : []), ...names.slice(0, -1)],
    head: kind === 'variable' ? node.text.slice(0, MAX_HEAD_UNITS) : '',
    body: (node.childForFieldName('body') ?? value?.childForFieldName('body'))?.startIndex,
  };
}
