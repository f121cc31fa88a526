/** The sentences of the code as they are, with their places filled in. */
import type { Language } from '#vscode/language.ts';

export const english: Language = {
  tag: 'en',
  t: (sentence, ...values) =>
    sentence.replaceAll(/\{(\d+)\}/g, (place, index) => String(values[Number(index)] ?? place)),
};
