import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Exchange, ExchangeProse } from '#vscode/messages.ts';
import { sureness } from './answerView.tsx';
import { exchangesOf, type PanelModel } from './panelModel.ts';
import { Shown } from './shown.tsx';
import { counted, text } from './texts.ts';

const KEPT = 4;

/** Tells a screen reader in one sentence what has become of a question. The trail's lines would be too much. */
export function Announcer({ model }: { readonly model: PanelModel }): JSX.Element {
  const [said, say] = useState<readonly { readonly key: number; readonly words: string }[]>([]);
  const before = useRef<ReadonlyMap<string, Exchange> | undefined>(undefined);
  const exchanges = exchangesOf(model);
  useEffect(() => {
    const known = before.current;
    before.current = new Map(exchanges.map((exchange) => [exchange.id, exchange]));
    const changed = known && exchanges.findLast((exchange) => news(exchange, known.get(exchange.id)).length > 0);
    if (!changed || (!known.has(changed.id) && changed.state !== 'running')) return;
    const words = news(changed, known.get(changed.id)).join(' ');
    say((earlier) => [...earlier, { key: (earlier.at(-1)?.key ?? 0) + 1, words }].slice(-KEPT));
  }, [exchanges]);
  return (
    <div class="for-screen-readers" role="log" aria-live="polite" aria-label={text('announcements')}>
      {said.map(({ key, words }) => (
        <p key={key}>
          <Shown>{words}</Shown>
        </p>
      ))}
    </div>
  );
}

/** What is to be told of an exchange; prose when it is at its end, not while it is written. */
function news(now: Exchange, before: Exchange | undefined): string[] {
  const answer = now.state === before?.state ? '' : wordsOf(now);
  const { prose } = now;
  const isWritten = prose && prose.state !== 'running' && prose.state !== before?.prose?.state;
  return [answer, isWritten ? proseWords(prose) : ''].filter(Boolean);
}

function wordsOf({ state, answer, failure }: Exchange): string {
  if (state === 'running') return text('searching');
  if (state === 'failed') return failure?.message ?? '';
  if (state === 'cancelled' || state === 'interrupted') return text(state);
  if (!answer) return '';
  const places = counted(answer.citations.length, 'onePlace', 'manyPlaces');
  if (!answer.found) return text('answerNotFound', places);
  const sentences = answer.sentences.map((sentence) => sentence.text.replaceAll('`', '')).join(' ');
  return `${text('answerReady', places, sureness(answer))} ${sentences}`;
}

function proseWords({ model, sentences, state, notes, failure }: ExchangeProse): string {
  if (sentences.length === 0) return failure?.message ?? notes.join(' ');
  const said = sentences.map((sentence) => sentence.text.replaceAll('`', '')).join(' ');
  const ending = state === 'cancelled' ? text('writingStopped') : (failure?.message ?? '');
  return `${text('proseReady', model, said)} ${ending}`.trimEnd();
}
