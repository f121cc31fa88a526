/** Lines of code as tokens: what a grammar says to them, with the theme's colours. */
import type { IGrammar, ITokenizeLineResult2, StateStack } from 'vscode-textmate';
import type { Token } from '#node/service/searchService.ts';

export interface TokenizeOptions {
  /** Lines before the first, so that what begins there (a comment, a string) is known. */
  readonly before: readonly string[];
  readonly colorOf: (id: number) => string | undefined;
  /** When to stop, by `performance.now()`; lines after it are plain. */
  readonly deadlineMs: number;
}

/** Tokens for each line; joined, they give the line. Lines beyond the limits are one plain token. */
export function tokenLines(grammar: IGrammar, lines: readonly string[], options: TokenizeOptions): Token[][] {
  let state = stateAfter(grammar, options);
  return lines.map((line) => {
    if (isTooLong(line) || performance.now() > options.deadlineMs) return plain(line);
    const found = tokenize(grammar, line, state, options.deadlineMs);
    if (found.stoppedEarly) return plain(line);
    state = found.ruleStack;
    return styled(line, found.tokens, options.colorOf);
  });
}

/** Milliseconds for one try of a line. */
const LINE_MS = 250;
/** UTF-16 units; longer lines are data. */
const MAX_LINE = 1_000;
/** Share of the time that is left which the lines before may take. */
const SHARE_BEFORE = 0.5;

const isTooLong = (line: string): boolean => line.length > MAX_LINE;

/** No state, which is a file's beginning, when there is not enough time to find out. */
function stateAfter(grammar: IGrammar, { before, deadlineMs }: TokenizeOptions): StateStack | null {
  const beganMs = performance.now();
  const endMs = beganMs + (deadlineMs - beganMs) * SHARE_BEFORE;
  let state: StateStack | null = null;
  for (const line of before) {
    if (performance.now() > endMs) return null;
    if (!isTooLong(line)) state = tokenize(grammar, line, state, endMs).ruleStack;
  }
  return state;
}

/** Tried again while there is time: a grammar's first lines also pay for its regular expressions, which are kept. */
function tokenize(grammar: IGrammar, line: string, state: StateStack | null, endMs: number): ITokenizeLineResult2 {
  for (;;) {
    const found = grammar.tokenizeLine2(line, state, LINE_MS);
    if (!found.stoppedEarly || performance.now() > endMs) return found;
  }
}

const plain = (line: string): Token[] => (line ? [{ text: line }] : []);

/** Pairs of a start and a style; neighbours that look alike are joined. */
function styled(line: string, tokens: Uint32Array, colorOf: (id: number) => string | undefined): Token[] {
  const found: Token[] = [];
  for (let i = 0; i < tokens.length; i += 2) {
    const text = line.slice(tokens[i], tokens[i + 2] ?? line.length);
    if (!text) continue;
    const style = styleOf(tokens[i + 1]!, colorOf);
    const last = found.at(-1);
    if (last && looksLike(last, style)) found[found.length - 1] = { ...style, text: last.text + text };
    else found.push({ ...style, text });
  }
  return found;
}

/** How vscode-textmate packs a style: bits 11 to 14 are the font's, 15 to 23 the colour's number. */
const FONT_AT = 11;
const ITALIC = 1;
const BOLD = 2;
const COLOR_AT = 15;
const COLOR_MASK = 0x1ff;

function styleOf(packed: number, colorOf: (id: number) => string | undefined): Omit<Token, 'text'> {
  const font = packed >>> FONT_AT;
  const color = colorOf((packed >>> COLOR_AT) & COLOR_MASK);
  return {
    ...(color !== undefined && { color }),
    ...((font & ITALIC) !== 0 && { italic: true }),
    ...((font & BOLD) !== 0 && { bold: true }),
  };
}

const looksLike = (a: Omit<Token, 'text'>, b: Omit<Token, 'text'>): boolean =>
  a.color === b.color && a.italic === b.italic && a.bold === b.bold;
