/**
 * Text of a workspace made safe to show in one line: whatever could steer a terminal, hide text or reorder it is
 * shown as an escape instead of being sent. File names, code and commit messages are hostile input.
 */

/**
 * Everything but ordinary visible text: C0 and C1 controls, DEL, soft hyphens, zero-width and bidirectional marks,
 * line and paragraph separators, fillers that look like nothing, annotation marks, tag characters, lone surrogates.
 * The joiners U+200C and U+200D stay: Persian words and emoji are made with them.
 */
const UNSAFE =
  // oxlint-disable-next-line no-misleading-character-class -- the combining characters are listed one by one on purpose
  /[\0-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}\p{Cs}]/gu;

/** One line of text that is safe to print: tabs become two spaces, line ends one, other unsafe characters `\x1b`, `\u202e`. */
export function printable(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(UNSAFE, shown);
}

/** `value` as JSON whose text is safe to print too. It parses back to the same value. */
export function printableJson(value: unknown, indent = 0): string {
  const text = JSON.stringify(value, undefined, indent);
  return text.replace(UNSAFE, (character) => (character === '\n' ? character : jsonEscape(character)));
}

function shown(character: string): string {
  if (character === '\t') return '  ';
  if (character === '\n') return ' ';
  const code = character.codePointAt(0)!;
  if (code < 0x100) return `\\x${hex(code, 2)}`;
  return code > 0xffff ? `\\u{${hex(code, 5)}}` : `\\u${hex(code, 4)}`;
}

const jsonEscape = (character: string): string =>
  Array.from({ length: character.length }, (_, i) => `\\u${hex(character.charCodeAt(i), 4)}`).join('');

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');
