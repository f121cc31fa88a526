/** Where each named parameter lies in the one list of numbers [P] that the optimiser and checkpoints know. */
import type { Graph, Random } from '#core/nn/graph.ts';
import { elementCount } from '#core/nn/graph.ts';

export interface ParameterLayout {
  readonly entries: readonly ParameterPlace[];
  /** P, of all together. */
  readonly size: number;
}

export interface ParameterPlace {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
}

/** In the order in which the graph's parameters were made. */
export function parameterLayout(graph: Graph): ParameterLayout {
  const entries: ParameterPlace[] = [];
  let offset = 0;
  for (const { source, shape: dims } of graph.parameters) {
    if (source.kind !== 'parameter') continue;
    const shape = dims.filter((dim) => typeof dim === 'number');
    const size = elementCount(shape);
    entries.push({ name: source.name, shape, offset, size });
    offset += size;
  }
  return { entries, size: offset };
}

/** First values of all parameters [P], drawn in their order. */
export function initialParameters(graph: Graph, rng: Random): Float32Array {
  const layout = parameterLayout(graph);
  const initial = graph.parameters.flatMap(({ source }, i) =>
    source.kind === 'parameter' ? [[source.name, source.initialiser(rng, layout.entries[i]!.shape)] as const] : [],
  );
  return flatten(layout, new Map(initial));
}

/** All named values as one list [P]. Throws if one is missing or has another size. */
export function flatten(layout: ParameterLayout, named: ReadonlyMap<string, Float32Array>): Float32Array {
  const flat = new Float32Array(layout.size);
  for (const { name, offset, size } of layout.entries) {
    const values = named.get(name);
    if (values?.length !== size)
      throw new RangeError(`Parameter ${name} needs ${size} values and has ${values?.length ?? 'none'}.`);
    flat.set(values, offset);
  }
  return flat;
}

/** The values of each parameter: views into the list [P], not copies. */
export function unflatten(layout: ParameterLayout, flat: Float32Array): Map<string, Float32Array> {
  if (flat.length !== layout.size)
    throw new RangeError(`The network has ${layout.size} parameters and was given ${flat.length}.`);
  return new Map(layout.entries.map(({ name, offset, size }) => [name, flat.subarray(offset, offset + size)]));
}
