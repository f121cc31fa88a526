/** First values of parameters. A matrix is [in, out]; a table of embeddings has as many inputs as rows. */
import type { Initialiser, Random } from '#core/nn/graph.ts';
import { elementCount } from '#core/nn/graph.ts';

/** Even over ±sqrt(6 / (in + out)): keeps the variance both ways (Glorot and Bengio 2010, equation 16). */
export const xavierUniform: Initialiser = (rng, shape) => {
  const [fanIn, fanOut] = fans(shape);
  const bound = Math.sqrt(6 / (fanIn + fanOut));
  return filled(shape, () => (2 * rng.next() - 1) * bound);
};

/** Normal with variance 2 / in: keeps the variance through rectifiers (He et al., arXiv 1502.01852). */
export const heNormal: Initialiser = (rng, shape) => normal(rng, shape, Math.sqrt(2 / fans(shape)[0]));

/** Normal with a deviation of 0.01: for a last layer whose outputs are to begin nearly equal. */
export const smallNormal: Initialiser = (rng, shape) => normal(rng, shape, 0.01);

/** Normal with variance 1 / width of a row: for tables of embeddings, whose rows then have a length of about 1. */
export const embeddingNormal: Initialiser = (rng, shape) => normal(rng, shape, 1 / Math.sqrt(shape.at(-1) ?? 1));

export const zeros: Initialiser = (_, shape) => filled(shape, () => 0);

export const ones: Initialiser = (_, shape) => filled(shape, () => 1);

/** Box and Muller (1958); 1 - next() is never 0. */
function normal(rng: Random, shape: readonly number[], deviation: number): Float32Array {
  return filled(shape, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - rng.next()));
    return radius * Math.cos(2 * Math.PI * rng.next()) * deviation;
  });
}

function filled(shape: readonly number[], next: () => number): Float32Array {
  return Float32Array.from({ length: elementCount(shape) }, next);
}

function fans(shape: readonly number[]): [number, number] {
  return [shape.at(-2) ?? shape.at(-1) ?? 1, shape.at(-1) ?? 1];
}
