/** Text in a page: never markup, never longer than there is room for. */
import { printable } from '#core/answer/plainText.ts';

/** Safe between tags and in attributes in double quotes; characters that steer or hide text are shown as escapes. */
export const escaped = (text: string): string =>
  printable(text).replace(/[&<>"'`]/g, (letter) => `&#${letter.charCodeAt(0)};`);

/** The same of at most `most` characters, with an ellipsis where some are left out. */
export function excerpt(text: string, most: number): string {
  const letters = [...text.slice(0, 2 * most + 2)];
  return escaped(letters.length > most ? `${letters.slice(0, most).join('')}…` : text);
}

/** `{0}`, `{1}` … of a template in their order. Both are text. */
export const filled = (template: string, ...values: readonly (string | number)[]): string =>
  template.replace(/\{(\d)\}/g, (hole, index: string) => String(values[Number(index)] ?? hole));
