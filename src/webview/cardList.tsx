import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Citation, Exchange, PlaceState } from '#vscode/messages.ts';
import { Card } from './card.tsx';
import { Icon } from './icon.tsx';
import type { Tokens } from './panelModel.ts';
import { counted } from './texts.ts';

/** A place to go to; a new object each time. */
export interface Goal {
  readonly number: number;
}

interface Props {
  readonly exchange: Exchange;
  readonly citations: readonly Citation[];
  readonly places: readonly PlaceState[] | undefined;
  readonly colors: readonly (Tokens | undefined)[] | undefined;
  readonly open: boolean;
  readonly setOpen: (open: boolean) => void;
  readonly goal: Goal | undefined;
}

/** The cited places, best first. One of them takes part in the order of Tab; arrows, j and k go to the others. */
export function CardList({ exchange, citations, places, colors, open, setOpen, goal }: Props): JSX.Element {
  const [current, setCurrent] = useState(0);
  const list = useRef<HTMLOListElement>(null);
  const focus = (index: number): void => focusCard(list.current, index);
  useLayoutEffect(() => {
    if (goal) focus(citations.findIndex(({ number }) => number === goal.number));
  }, [goal]);
  const move = (event: KeyboardEvent): void => {
    const to = target(event, current, citations.length);
    if (to === undefined) return;
    event.preventDefault();
    focus(to);
  };
  const count = counted(citations.length, 'onePlace', 'manyPlaces');
  if (!open)
    return (
      <button class="fold" aria-expanded={false} onClick={() => setOpen(true)}>
        <Icon name="chevron" />
        <span>{count}</span>
      </button>
    );
  return (
    <ol class="cards" ref={list} aria-label={count} onKeyDown={move}>
      {citations.map((citation, i) => (
        <Card
          key={citation.number}
          exchange={exchange}
          citation={citation}
          place={places?.[i]}
          tokens={colors?.[i]}
          current={i === Math.min(current, citations.length - 1)}
          onFocus={() => setCurrent(i)}
        />
      ))}
    </ol>
  );
}

const focusCard = (list: HTMLElement | null, index: number): void =>
  (list?.children[index]?.querySelector('button') as HTMLElement | null | undefined)?.focus();

function target(
  { key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent,
  at: number,
  count: number,
): number | undefined {
  if (ctrlKey || metaKey || altKey || shiftKey) return undefined;
  if (key === 'ArrowDown' || key === 'j') return Math.min(at + 1, count - 1);
  if (key === 'ArrowUp' || key === 'k') return Math.max(at - 1, 0);
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : undefined;
}
