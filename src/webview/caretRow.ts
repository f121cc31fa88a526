/** Whether the cursor is in the first and in the last row of the text as it is wrapped. False while text is selected. */
export function caretRow(box: HTMLTextAreaElement): { readonly first: boolean; readonly last: boolean } {
  if (box.selectionStart !== box.selectionEnd) return { first: false, last: false };
  const { mirror, caret, end } = mirrorOf(box);
  box.parentElement!.append(mirror);
  const row = { first: caret.offsetTop < caret.offsetHeight, last: caret.offsetTop === end.offsetTop };
  mirror.remove();
  return row;
}

const COPIED = ['font', 'letterSpacing', 'lineHeight', 'tabSize', 'direction', 'wordBreak', 'overflowWrap'] as const;

/** The text as the box wraps it, with marks at the cursor and at the end: a text box does not tell its rows. */
function mirrorOf(box: HTMLTextAreaElement): { mirror: HTMLElement; caret: HTMLElement; end: HTMLElement } {
  const look = getComputedStyle(box);
  const mirror = document.createElement('div');
  for (const property of COPIED) mirror.style[property] = look[property];
  mirror.style.position = 'absolute';
  mirror.style.visibility = 'hidden';
  mirror.style.whiteSpace = 'pre-wrap';
  mirror.style.width = `${box.clientWidth - parseFloat(look.paddingLeft) - parseFloat(look.paddingRight)}px`;
  const caret = document.createElement('span');
  const end = document.createElement('span');
  caret.textContent = end.textContent = '\u200b';
  mirror.append(box.value.slice(0, box.selectionStart), caret, box.value.slice(box.selectionStart), end);
  return { mirror, caret, end };
}
