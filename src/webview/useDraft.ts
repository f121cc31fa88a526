import { useLayoutEffect, useState } from 'preact/hooks';
import { recall, remember, type Draft } from './host.ts';
import type { Compose } from './panelModel.ts';

export const NO_DRAFT: Draft = { text: '', scope: [] };

/** Taken once, although the ask box is drawn anew after the list of conversations. */
let taken: Compose | undefined;

/** What is written in the ask box. It is kept while the panel is hidden, and takes over what the editor composes. */
export function useDraft(compose: Compose | undefined): readonly [draft: Draft, set: (draft: Draft) => void] {
  const [draft, change] = useState(() => recall().draft ?? NO_DRAFT);
  const set = (next: Draft): void => {
    remember({ draft: next });
    change(next);
  };
  useLayoutEffect(() => {
    if (!compose || compose === taken) return;
    taken = compose;
    if (!compose.ifEmpty || draft.text === '') set(composed(draft, compose));
  }, [compose]);
  return [draft, set];
}

function composed(draft: Draft, { text, selection = draft.selection, scope = [] }: Compose): Draft {
  return {
    text: text ?? draft.text,
    scope: [...new Set([...draft.scope, ...scope])],
    ...(selection && { selection }),
  };
}
