import type { JSX } from 'preact';
import { focusAskBox } from './focus.ts';
import type { Draft } from './host.ts';
import { Icon } from './icon.tsx';
import type { PanelAct } from './panelModel.ts';
import { text } from './texts.ts';

interface Props {
  readonly waiting: readonly Draft[];
  readonly act: (act: PanelAct) => void;
}

/** Questions that are asked when the one that runs has its answer. */
export function WaitingList({ waiting, act }: Props): JSX.Element | null {
  if (waiting.length === 0) return null;
  const drop = (index: number): void => {
    act({ type: 'drop-waiting', index });
    focusAskBox();
  };
  return (
    <ul class="waiting" aria-label={text('waits')}>
      {waiting.map((draft, i) => (
        <li key={i} title={text('waits')}>
          <span dir="auto">{draft.text}</span>
          <button class="tool" title={text('dropWaiting')} aria-label={text('dropWaiting')} onClick={() => drop(i)}>
            <Icon name="cross" />
          </button>
        </li>
      ))}
    </ul>
  );
}
