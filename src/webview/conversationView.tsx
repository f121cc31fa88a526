import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { ExchangeView } from './exchangeView.tsx';
import { recall, remember } from './host.ts';
import { exchangesOf, type PanelModel } from './panelModel.ts';
import { Shown } from './shown.tsx';
import { text } from './texts.ts';
import { usePlaceKept } from './usePlaceKept.ts';

/** Of so many exchanges the places are shown; those before show theirs when asked to. */
const RECENT = 4;

/** The exchanges in their order. A new question stands at the top, so that its answer is read from its beginning. */
export function ConversationView({ model }: { readonly model: PanelModel }): JSX.Element {
  const exchanges = exchangesOf(model);
  const { id, title } = model.state!.conversation;
  const log = useRef<HTMLElement>(null);
  useScroll(log, id, exchanges.at(-1)?.id);
  usePlaceKept(log);
  return (
    <main
      class="log"
      aria-label={text('conversation')}
      ref={log}
      onScrollEnd={() => remember({ scroll: log.current?.scrollTop })}
    >
      <h1 class="for-screen-readers">
        <Shown>{title}</Shown>
      </h1>
      {exchanges.map((exchange, i) => (
        <ExchangeView
          key={exchange.id}
          exchange={exchange}
          live={model.live[exchange.id]}
          places={model.places[exchange.id]}
          colors={model.colors[exchange.id]}
          last={i === exchanges.length - 1}
          recent={i >= exchanges.length - RECENT}
          trouble={model.state!.trouble?.message}
          model={model.state!.status.model}
        />
      ))}
    </main>
  );
}

/** Goes to where the user was in this conversation, else to its last question; later to each new question. */
function useScroll(
  log: { readonly current: HTMLElement | null },
  conversation: string,
  last: string | undefined,
): void {
  useLayoutEffect(() => {
    const was = recall();
    if (was.conversation === conversation && was.scroll !== undefined) log.current?.scrollTo(0, was.scroll);
    else toLast(log.current);
  }, [conversation]);
  const known = useRef(last);
  useLayoutEffect(() => {
    if (known.current !== last) toLast(log.current);
    known.current = last;
  }, [last]);
}

const toLast = (log: HTMLElement | null): void => log?.lastElementChild?.scrollIntoView({ block: 'start' });
