/** A line for the texts that the code bases of R1-Searcher and Search-R1 train with, which find their parts by tags. */
import { inertLine } from '#core/llm/prompt.ts';

/** As `inertLine`, without the tags that Search-R1 has for queries and documents: in a text they would end it. */
export const passageLine = (text: string, most: number): string =>
  inertLine(text, most).replace(/<(?=\/?(?:search|information)>)/gi, '‹');
