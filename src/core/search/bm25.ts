/** Okapi BM25 (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework", eq. 3.15), in its parts. */

export const K1 = 1.2;
export const B = 0.6;

/** How telling a term is that `df` of `n` documents hold; always above 0. */
export const idf = (n: number, df: number): number => Math.log(1 + (Math.max(n, df) - df + 0.5) / (df + 0.5));

/** Term frequency, saturated; `relativeLength` is the document's length over the mean length. */
export const saturate = (tf: number, relativeLength: number, k1 = K1, b = B): number =>
  (tf * (k1 + 1)) / (tf + k1 * (1 - b + b * relativeLength));
