import type { Explanation } from '#core/answer/explanation.ts';
import { firstSentence } from '#core/answer/wording.ts';

/** Without the doc comment where another hover shows it: Markdown may have changed its signs, not its words. */
export function withoutTold(explanation: Explanation, hovers: string): Explanation {
  const { definition } = explanation;
  if (definition?.doc === undefined) return explanation;
  const words = wordsOf(firstSentence(definition.doc));
  if (!words || !wordsOf(hovers).includes(words)) return explanation;
  const { doc: _, ...rest } = definition;
  return { ...explanation, definition: rest };
}

const wordsOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
