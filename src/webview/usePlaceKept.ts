import { useLayoutEffect } from 'preact/hooks';

/** What stands at the top of a scrolled list stays there when the list becomes narrower or wider. */
export function usePlaceKept(list: { readonly current: HTMLElement | null }): void {
  useLayoutEffect(() => {
    const box = list.current!;
    let width = box.clientWidth;
    let place = placeAtTop(box);
    const note = (): void => {
      // A change of width scrolls too, and is told of it before the observer is: then the place is the one before.
      if (box.clientWidth === width) place = placeAtTop(box);
    };
    const observer = new ResizeObserver(() => {
      if (box.clientWidth === width) return;
      width = box.clientWidth;
      if (place) box.scrollTop += distance(box, place.item) + place.part * place.item.offsetHeight;
    });
    box.addEventListener('scroll', note);
    observer.observe(box);
    return () => {
      box.removeEventListener('scroll', note);
      observer.disconnect();
    };
  }, []);
}

interface Place {
  readonly item: HTMLElement;
  /** Share of the item that is above the top. */
  readonly part: number;
}

function placeAtTop(box: HTMLElement): Place | undefined {
  const items = [...box.children].filter((item) => item instanceof HTMLElement);
  const item = items.findLast((one) => distance(box, one) <= 0) ?? items[0];
  return item && { item, part: -distance(box, item) / Math.max(1, item.offsetHeight) };
}

/** Pixels from the top of the box down to the item. */
const distance = (box: HTMLElement, item: HTMLElement): number =>
  item.getBoundingClientRect().top - box.getBoundingClientRect().top;
