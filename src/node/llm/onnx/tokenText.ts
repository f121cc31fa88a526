/**
 * Text of tokens that come one by one. A token may hold a part of a character, so what would end in the middle of one is
 * held back. Tokens are read together with those before them, because some tokenizers drop the space of a first token.
 */

export interface TokenText {
  /** What is certain now, perhaps nothing. */
  push(token: number): string;
  /** What was held back. */
  end(): string;
}

/** No character has so many tokens: these are bytes that make none. */
const MOST_HELD = 12;

/** @param decode gives U+FFFD for a character that is cut off. */
export function createTokenText(decode: (tokens: readonly number[]) => string): TokenText {
  let before: readonly number[] = [];
  let held: number[] = [];
  const take = (isCertain: (text: string) => boolean): string => {
    const text = decode([...before, ...held]).slice(decode(before).length);
    if (!isCertain(text)) return '';
    [before, held] = [held, []];
    return text;
  };
  return {
    push(token) {
      held.push(token);
      return take((text) => (text !== '' && !text.endsWith('\ufffd')) || held.length >= MOST_HELD);
    },
    end: () => (held.length > 0 ? take(() => true) : ''),
  };
}
