import type { JSX } from 'preact';
import type { Citation, Exchange, PlaceState, Tick } from '#vscode/messages.ts';
import { CopyButton } from './copyButton.tsx';
import { send } from './host.ts';
import { Icon } from './icon.tsx';
import type { Tokens } from './panelModel.ts';
import { PathText } from './pathText.tsx';
import { Preview } from './preview.tsx';
import { Shown } from './shown.tsx';
import { linesOf, text } from './texts.ts';

interface Props {
  readonly exchange: Exchange;
  readonly citation: Citation;
  readonly place: PlaceState | undefined;
  readonly tokens: Tokens | undefined;
  /** It takes part in the order of Tab. */
  readonly current: boolean;
  readonly onFocus: () => void;
}

/** A cited place: where it is, what stands there, why it is here, and what the user says to that. */
export function Card({ exchange, citation, place, tokens, current, onFocus }: Props): JSX.Element {
  const { id, feedback } = exchange;
  const tick = feedback.ticks[citation.number];
  const open = (beside: boolean): void => send({ type: 'open', id, number: citation.number, beside });
  return (
    <li class={tick === 'wrong' ? 'card wrong' : 'card'} onFocusCapture={onFocus}>
      <CardHead citation={citation} place={place} current={current} open={open} />
      <Preview
        name={`lines ${id} ${citation.number}`}
        citation={citation}
        tokens={tokens}
        current={current}
        open={open}
      />
      <div class="card-foot">
        <p class="why">
          <Shown>{citation.why.join(' · ')}</Shown>
        </p>
        <div class="tools">
          <TickButton {...{ id, tick, current }} number={citation.number} means="right" icon="check" />
          <TickButton {...{ id, tick, current }} number={citation.number} means="wrong" icon="cross" />
          <CopyButton
            class="tool"
            name={text('copyPlace', citation.number)}
            current={current}
            copy={() => send({ type: 'copy', id, number: citation.number })}
          />
        </div>
      </div>
    </li>
  );
}

interface HeadProps {
  readonly citation: Citation;
  readonly place: PlaceState | undefined;
  readonly current: boolean;
  readonly open: (beside: boolean) => void;
}

function CardHead({ citation, place, current, open }: HeadProps): JSX.Element {
  const { number, path, symbol } = citation;
  const lines = linesOf(place?.state === 'moved' ? place.span : citation);
  const file = place?.state === 'moved' ? place.span.path : path;
  const name = symbol && [...symbol.inside.slice(-1), symbol.name].join('.');
  const mark = place && markOf(citation, place);
  const label = [text('placeLabel', number, file, lines), name, mark?.hint].filter(Boolean).join(', ');
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    open(true);
  };
  return (
    <button
      class="card-open"
      aria-label={label}
      title={`${text('placeLabel', number, file, lines)}\n${text('openHint')}`}
      tabIndex={current ? 0 : -1}
      onKeyDown={onKeyDown}
      onClick={(event) => open(event.ctrlKey || event.metaKey)}
    >
      <span class="where">
        <span class="number">{number}</span> <PathText path={file} /> <span class="lines">{lines}</span>
        {mark && (
          <span class="mark" title={mark.hint}>
            {' '}
            <Icon name="warning" />
            {mark.name}
          </span>
        )}
      </span>
      {name !== undefined && (
        <span class="symbol" dir="ltr">
          <Shown>{name}</Shown>
        </span>
      )}
    </button>
  );
}

/** That the lines are not where, or not what, they were. */
function markOf(citation: Citation, place: PlaceState): { readonly name: string; readonly hint: string } | undefined {
  if (place.state === 'same') return undefined;
  const hint = place.state === 'moved' ? text('movedHint', linesOf(citation)) : text('staleHint');
  return { name: text(place.state), hint };
}

interface TickProps {
  readonly id: string;
  readonly number: number;
  readonly tick: Tick | undefined;
  readonly means: Tick;
  readonly icon: 'check' | 'cross';
  readonly current: boolean;
}

/** Pressed again, it takes back. */
function TickButton({ id, number, tick, means, icon, current }: TickProps): JSX.Element {
  const pressed = tick === means;
  return (
    <button
      class="tool"
      title={text(means)}
      aria-label={text(means)}
      aria-pressed={pressed}
      tabIndex={current ? 0 : -1}
      onClick={() => send({ type: 'tick', id, number, tick: pressed ? 'none' : means })}
    >
      <Icon name={icon} />
    </button>
  );
}
