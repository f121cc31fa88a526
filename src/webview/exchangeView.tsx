import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Exchange, PlaceState } from '#vscode/messages.ts';
import { AnswerView } from './answerView.tsx';
import { focusAskBox } from './focus.ts';
import { CardList, type Goal } from './cardList.tsx';
import { send } from './host.ts';
import { settledTrail, type LiveTurn } from './liveTrail.ts';
import { Notice, NoticeFrame } from './notice.tsx';
import type { Tokens } from './panelModel.ts';
import { ProseView } from './proseView.tsx';
import { RightPlace } from './rightPlace.tsx';
import { Shown } from './shown.tsx';
import { linesOf, text } from './texts.ts';
import { TrailView } from './trailView.tsx';
import { useFold } from './useFold.ts';
import { VerdictBar } from './verdictBar.tsx';

interface Props {
  readonly exchange: Exchange;
  readonly live: readonly LiveTurn[] | undefined;
  readonly places: readonly PlaceState[] | undefined;
  readonly colors: readonly (Tokens | undefined)[] | undefined;
  readonly last: boolean;
  readonly recent: boolean;
  /** What stands in the way of every question, as the panel says it. */
  readonly trouble: string | undefined;
  /** The language model that is chosen; empty when none is. */
  readonly model: string;
}

/** One question and what became of it; drawn again only when something of it has changed. */
export function ExchangeView(props: Props): JSX.Element {
  const { exchange, live, places, colors, last, recent, trouble, model } = props;
  return useMemo(() => <ExchangeArticle {...props} />, [exchange, live, places, colors, last, recent, trouble, model]);
}

function ExchangeArticle({ exchange, live, places, colors, last, recent, trouble, model }: Props): JSX.Element {
  const { id, question, state, answer } = exchange;
  const running = state === 'running';
  const heading = `question-${id}`;
  const [open, setOpen] = useFold(`places ${id}`, recent);
  const [goal, setGoal] = useState<Goal>();
  const goTo = (number: number): void => {
    setOpen(true);
    setGoal({ number });
  };
  return (
    <article class={last ? 'exchange last' : 'exchange'} aria-labelledby={heading} aria-busy={running}>
      <h2 id={heading} dir="auto">
        {question}
      </h2>
      <Narrowed exchange={exchange} />
      <TrailView
        id={id}
        turns={running ? (live ?? []) : settledTrail(answer?.trail ?? exchange.trail)}
        running={running}
        totalMs={answer?.timings.total}
        usuallyOpen={running || answer?.found === false}
      />
      {answer && <ProseView exchange={exchange} answer={answer} offered={last ? model : ''} goTo={goTo} />}
      {answer && <AnswerView answer={answer} told={trouble} goTo={goTo} />}
      {answer && answer.citations.length > 0 && (
        <CardList exchange={exchange} citations={answer.citations} {...{ places, colors, open, setOpen, goal }} />
      )}
      <Ending exchange={exchange} />
      {answer && <VerdictBar exchange={exchange} last={last} />}
      {answer && <RightPlace exchange={exchange} last={last} />}
    </article>
  );
}

/** What the search was narrowed to, and the code that the question is about. */
function Narrowed({ exchange: { scope, selection } }: { readonly exchange: Exchange }): JSX.Element | null {
  const parts = [...scope, ...(selection ? [text('selected', selection.path, linesOf(selection))] : [])];
  if (parts.length === 0) return null;
  return (
    <ul class="narrowed" aria-label={text('narrowedTo')}>
      {parts.map((part) => (
        <li key={part} dir="ltr">
          <Shown>{part}</Shown>
        </li>
      ))}
    </ul>
  );
}

function Ending({ exchange: { id, state, failure } }: { readonly exchange: Exchange }): JSX.Element | null {
  if (state === 'failed' && failure) return <Notice failure={failure} exchange={id} />;
  if (state !== 'cancelled' && state !== 'interrupted') return null;
  const again = (): void => {
    send({ type: 'retry', id });
    focusAskBox();
  };
  return (
    <NoticeFrame quiet action={<button onClick={again}>{text('askAgain')}</button>}>
      {text(state)}
    </NoticeFrame>
  );
}
