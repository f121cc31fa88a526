/** Which places the code that a model wrote is copied from: what it quotes can be checked, unlike what it says. */
import { inertLine } from '#core/llm/prompt.ts';

/** Numbers of the places, by each line that they have, as it is compared. */
export type LineSources = ReadonlyMap<string, readonly number[]>;

export function lineSources(places: ReadonlyMap<number, readonly string[]>): LineSources {
  const sources = new Map<string, number[]>();
  for (const [number, lines] of places)
    for (const line of new Set(lines.map(compared))) {
      const numbers = sources.get(line);
      if (numbers) numbers.push(number);
      else sources.set(line, [number]);
    }
  return sources;
}

/**
 * Numbers, ascending. One place that has all lines of the code, or several that have them between them; none if a single
 * line is of no place. Indents, empty lines and lines of signs alone (`}`, `…`) do not count.
 */
export function codeSources(code: readonly string[], sources: LineSources): readonly number[] {
  const found = code
    .map((line) => compared(line.replace(LINE_NUMBER, '')))
    .filter((line) => TELLING.test(line))
    .map((line) => sources.get(line) ?? []);
  if (found.some((numbers) => numbers.length === 0)) return [];
  const common = found[0]?.find((number) => found.every((numbers) => numbers.includes(number)));
  const numbers = common === undefined ? found.map(([first]) => first!) : [common];
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** As a prompt shows it, which may be copied with the number. */
const LINE_NUMBER = /^\s*\d+ \| ?/;
const TELLING = /[\p{L}\p{N}]/u;
/** As wide as a prompt shows a line. */
const WIDE = 300;

const compared = (line: string): string => inertLine(line, WIDE).trim().replace(/\s+/g, ' ');
