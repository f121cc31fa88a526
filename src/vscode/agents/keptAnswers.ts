/** The latest answers of the chat, for what can be done with them as long as the window lives. */
import type { OtherAnswer } from '#vscode/chat/otherAnswers.ts';

export interface KeptAnswers {
  add(answer: OtherAnswer): void;
  get(id: string): OtherAnswer | undefined;
  clear(): void;
}

/** More than anyone scrolls back to. */
const MAX_KEPT = 50;

export function keptAnswers(): KeptAnswers {
  const kept = new Map<string, OtherAnswer>();
  return {
    add(answer) {
      kept.delete(answer.id);
      kept.set(answer.id, answer);
      if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value!);
    },
    get: (id) => kept.get(id),
    clear: () => kept.clear(),
  };
}
