/** A text cut to what a model reads: at the end of a line, with its fence closed, and saying so. */

export type CountTokens = (text: string) => PromiseLike<number>;

/** The whole text where it fits. Else as many of its first lines as fit; empty where not even the sentence does. */
export async function fitTokens(text: string, budget: number, count: CountTokens): Promise<string> {
  if ((await count(text)) <= budget) return text;
  const lines = text.split('\n');
  let [fits, tooMany] = [0, lines.length];
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    if ((await count(firstLines(lines, middle))) <= budget) fits = middle;
    else tooMany = middle;
  }
  const cut = firstLines(lines, fits);
  return fits > 0 || (await count(cut)) <= budget ? cut : '';
}

const CUT = 'The rest is left out: there is no room for more. Ask for fewer results, or for a part of them.';

function firstLines(lines: readonly string[], length: number): string {
  const kept = lines.slice(0, length);
  const fence = openFence(kept);
  return [...kept, ...(fence ? [fence] : []), CUT].join('\n');
}

/** The fence that stands open behind these lines. */
function openFence(lines: readonly string[]): string | undefined {
  let open: string | undefined;
  for (const line of lines) {
    const fence = /^`{3,}/.exec(line)?.[0];
    if (open === undefined) open = fence;
    else if (fence !== undefined && fence.length >= open.length && line.trim() === fence) open = undefined;
  }
  return open;
}
