import { useLayoutEffect } from 'preact/hooks';
import { PATH_LIST, pathOption } from './pathList.tsx';

/**
 * Joins the ask box to its open list for screen readers. It is a combobox only for that time: before and after it is a
 * plain text box of several lines, which a combobox cannot be.
 */
export function useCombobox(
  box: { readonly current: HTMLTextAreaElement | null },
  options: number,
  active: number,
): void {
  useLayoutEffect(() => {
    const attributes = {
      role: 'combobox',
      'aria-expanded': 'true',
      'aria-haspopup': 'listbox',
      'aria-controls': PATH_LIST,
    };
    if (options === 0) return;
    for (const [name, value] of Object.entries(attributes)) box.current!.setAttribute(name, value);
    return () => {
      for (const name of [...Object.keys(attributes), 'aria-activedescendant']) box.current?.removeAttribute(name);
    };
  }, [options > 0]);
  useLayoutEffect(() => {
    if (options > 0) box.current!.setAttribute('aria-activedescendant', pathOption(active));
  }, [options > 0, active]);
}
