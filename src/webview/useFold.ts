import { useState } from 'preact/hooks';
import { recall, remember } from './host.ts';

/** Whether something is open, and a way to change it. What the user has changed is found again after hiding. */
export function useFold(name: string, usually: boolean): readonly [open: boolean, set: (open: boolean) => void] {
  const [chosen, choose] = useState(() => recall().folds?.[name]);
  const set = (open: boolean): void => {
    remember({ folds: { ...recall().folds, [name]: open } });
    choose(open);
  };
  return [chosen ?? usually, set];
}
