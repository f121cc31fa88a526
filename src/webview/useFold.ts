import { useState } from 'preact/hooks';
import { recall, remember } from './host.ts';

/** Whether something is open, and a way to change it. What the user has changed is found again after hiding. */
export function useFold(name: string, usually: boolean): readonly [open: boolean, set: (open: boolean) => void] {
  const [, drawAnew] = useState({});
  const set = (open: boolean): void => {
    remember({ folds: { ...recall().folds, [name]: open } });
    drawAnew({});
  };
  return [recall().folds?.[name] ?? usually, set];
}
