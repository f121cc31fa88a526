import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { PathText } from './pathText.tsx';
import { text } from './texts.ts';

export const PATH_LIST = 'paths';
export const pathOption = (index: number): string => `path-${index}`;

interface Props {
  readonly paths: readonly string[];
  readonly active: number;
  readonly pick: (path: string) => void;
}

/** The list that belongs to the ask box; the focus stays there. */
export function PathList({ paths, active, pick }: Props): JSX.Element {
  const list = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => list.current?.children[active]?.scrollIntoView({ block: 'nearest' }), [active, paths]);
  if (paths.length === 0)
    return (
      <p class="paths none" role="status">
        {text('noPaths')}
      </p>
    );
  return (
    <ul class="paths" id={PATH_LIST} role="listbox" aria-label={text('paths')} ref={list}>
      {paths.map((path, i) => (
        <li
          key={path}
          id={pathOption(i)}
          role="option"
          aria-selected={i === active}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => pick(path)}
        >
          <PathText path={path} />
        </li>
      ))}
    </ul>
  );
}
