import type { ComponentChildren } from 'preact';

/**
 * What hides or reorders text: controls, format characters, line separators, fillers that look like nothing, lone
 * surrogates. Tabs, the joiners and the variation selectors stay: code, Persian words and emoji are made with them.
 */
const HIDDEN = /(?!\t|\u200c|\u200d|[\ufe00-\ufe0f])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]/u;
const EACH_HIDDEN = new RegExp(`(${HIDDEN.source})`, 'u');

/** Text of the workspace as text; a character that would steer the text around it is shown by its number instead. */
export function Shown({ children }: { readonly children: string }): ComponentChildren {
  if (!HIDDEN.test(children)) return children;
  return children
    .split(EACH_HIDDEN)
    .map((part, i) => (i % 2 ? <span class="hidden-character">{nameOf(part)}</span> : part));
}

const nameOf = (character: string): string =>
  `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
