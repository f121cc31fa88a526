import type { JSX } from 'preact';
import type { Exchange } from '#vscode/messages.ts';
import { focusAskBox } from './focus.ts';
import { send } from './host.ts';
import { Icon } from './icon.tsx';
import { PathText } from './pathText.tsx';
import { linesOf, text } from './texts.ts';

/** Asks for the right place after an answer that is not right or not sure, and lists what was pointed out. */
export function RightPlace({
  exchange,
  last,
}: {
  readonly exchange: Exchange;
  readonly last: boolean;
}): JSX.Element | null {
  const { id, answer, feedback } = exchange;
  const rejected = feedback.verdict === 'rejected';
  const unsure = last && feedback.verdict === undefined && (answer?.found === false || answer?.sure === 'low');
  if (!rejected && !unsure && feedback.places.length === 0) return null;
  return (
    <div class="right-place">
      <p>{text(rejected && answer?.citations.length ? 'askWrongPlaces' : 'askRightPlace')}</p>
      <button onClick={() => send({ type: 'place', id })}>{text('useSelection')}</button>
      {feedback.places.length > 0 && <Places exchange={exchange} />}
    </div>
  );
}

function Places({ exchange: { id, feedback } }: { readonly exchange: Exchange }): JSX.Element {
  const remove = (index: number): void => {
    send({ type: 'place', id, remove: index });
    focusAskBox();
  };
  return (
    <ul class="chips" aria-label={text('rightPlaces')}>
      {feedback.places.map((place, i) => {
        const name = text('removePlace', `${place.path} ${linesOf(place)}`);
        return (
          <li key={`${place.path} ${linesOf(place)}`} class="chip">
            <Icon name="check" />
            <PathText path={place.path} />
            <span class="lines">{linesOf(place)}</span>
            <button class="tool" title={name} aria-label={name} onClick={() => remove(i)}>
              <Icon name="cross" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
