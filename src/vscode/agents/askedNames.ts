/** Names of code in what someone asks for: `/find UploadQueue.send, withBackoff` asks for two. */

/** As many as one call of the tool takes. */
const MAX_NAMES = 8;

const NAME = /^[\p{L}_$][\p{L}\p{N}_$]*(?:(?:\.|::|#|->)[\p{L}_$][\p{L}\p{N}_$]*)*(?:\(\))?$/u;
/** What no plain word has. */
const TELLING = /[\p{Ll}\p{N}]\p{Lu}|[_$\d]|\.|::|#|->|\(\)$/u;

/** Empty for words. A single word may be a name, several are only when each looks like one. */
export function askedNames(text: string): string[] {
  const words = text
    .replaceAll('`', ' ')
    .split(/[\s,;]+/)
    .filter(Boolean);
  if (words.length === 0 || words.length > MAX_NAMES || !words.every((word) => NAME.test(word))) return [];
  return words.length === 1 || words.every((word) => TELLING.test(word)) ? words : [];
}
