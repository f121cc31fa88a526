/**
 * The strings of a JSON text with their paths and lines, in one pass. `JSON.parse` forgets where a value stood.
 *
 * Text that is not JSON gives the strings up to the first fault; nothing is thrown, and what is nested more deeply than
 * `MAX_OPEN` is such a fault.
 */

export type JsonPath = readonly (string | number)[];

type Frame = { readonly isArray: boolean; key: string | number };

/** Calls `visit` for each string value; `line` is 1-based. The path is valid during the call only. */
export function jsonStrings(text: string, visit: (path: JsonPath, value: string, line: number) => void): void {
  const frames: Frame[] = [];
  let line = 1;
  let isKey = false;
  for (let i = 0; i < text.length;) {
    const character = text[i]!;
    const frame = frames.at(-1);
    if (character === '"') {
      const end = stringEnd(text, i);
      const value = end === undefined ? undefined : decoded(text.slice(i, end));
      if (end === undefined || value === undefined) return;
      if (frame && isKey) frame.key = value;
      else if (frames.length <= MAX_DEPTH)
        visit(
          frames.map((at) => at.key),
          value,
          line,
        );
      i = end;
      continue;
    }
    if (frames.length > MAX_OPEN) return;
    if (character === '\n') line++;
    else if (character === '{' || character === '[') frames.push(frameOf(character));
    else if (character === '}' || character === ']') frames.pop();
    else if (character === ',' && frame?.isArray) frame.key = Number(frame.key) + 1;
    if (character === '{' || character === ',') isKey = frames.at(-1)?.isArray === false;
    else if (character === ':' || character === '[') isKey = false;
    i++;
  }
}

const frameOf = (bracket: string): Frame => (bracket === '[' ? { isArray: true, key: 0 } : { isArray: false, key: '' });

/** Strings below this depth are passed over: paths are copied at each, which must not cost depth times strings. */
const MAX_DEPTH = 16;
const MAX_OPEN = 10_000;

/** The place after the closing quote; undefined when there is none before the end of the line. */
function stringEnd(text: string, start: number): number | undefined {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 92) i++;
    else if (code === 34) return i + 1;
    else if (code === 10) return undefined;
  }
  return undefined;
}

function decoded(literal: string): string | undefined {
  try {
    return String(JSON.parse(literal));
  } catch {
    return undefined;
  }
}
