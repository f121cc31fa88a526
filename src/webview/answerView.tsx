import { Fragment, type ComponentChildren, type JSX } from 'preact';
import type { Answer, Sentence } from '#vscode/messages.ts';
import { Shown } from './shown.tsx';
import { text } from './texts.ts';

const SURE = { high: 'sureHigh', medium: 'sureMedium', low: 'sureLow' } as const;

export const sureness = ({ sure }: Answer): string => text('sure', text(SURE[sure]));

interface Props {
  readonly answer: Answer;
  /** What the panel says below already. */
  readonly told: string | undefined;
  /** Shows the place of that number. */
  readonly goTo: (number: number) => void;
}

/** Sentences with the numbers of their places, how sure they are, and what else there is to know. */
export const AnswerView = ({ answer, told, goTo }: Props): JSX.Element => (
  <div class="answer">
    <p>
      {answer.sentences.map((sentence, i) => (
        <Fragment key={i}>
          {i > 0 && ' '}
          <SentenceText sentence={sentence} goTo={goTo} />
        </Fragment>
      ))}
      {answer.sentences.length === 0 && !answer.found && text('notFound')}
    </p>
    {answer.found && <p class="sure">{sureness(answer)}</p>}
    {notesBeside(answer, told).map((note) => (
      <p class="note" key={note}>
        {text('note')}: <Shown>{note}</Shown>
      </p>
    ))}
  </div>
);

const notesBeside = ({ notes }: Answer, told: string | undefined): readonly string[] =>
  [...new Set(notes)].filter((note) => !told || !note.includes(told));

interface SentenceProps {
  readonly sentence: Sentence;
  readonly goTo: Props['goTo'];
}

/** Numbers stand before the full stop, and after a quotation, which has its own. */
export function SentenceText({ sentence, goTo }: SentenceProps): JSX.Element {
  const stop = sentence.text.endsWith('.') && sentence.citations.length > 0;
  return (
    <>
      {withCode(stop ? sentence.text.slice(0, -1) : sentence.text)}
      <References numbers={sentence.citations} goTo={goTo} />
      {stop && '.'}
    </>
  );
}

interface ReferencesProps extends Pick<Props, 'goTo'> {
  readonly numbers: readonly number[];
}

/** Numbers of places, each leading to its place; they stay together. */
export function References({ numbers, goTo }: ReferencesProps): JSX.Element | null {
  if (numbers.length === 0) return null;
  const buttons = numbers.map((number) => (
    <button key={number} class="reference" aria-label={text('goToPlace', number)} onClick={() => goTo(number)}>
      [{number}]
    </button>
  ));
  return <span class="references"> {buttons}</span>;
}

/** What stands between backticks is code; a backtick without another is one. */
function withCode(sentence: string): ComponentChildren {
  return sentence.split(/(`[^`]+`)/).map((part, i) =>
    i % 2 ? (
      <code key={i} dir="ltr">
        <Shown>{part.slice(1, -1)}</Shown>
      </code>
    ) : (
      <Fragment key={i}>{part.split(/(\d+–\d+)/).map(proseOrLines)}</Fragment>
    ),
  );
}

/** The numbers of lines stay together. */
const proseOrLines = (part: string, i: number): ComponentChildren =>
  i % 2 ? (
    <span key={i} class="range">
      {part}
    </span>
  ) : (
    <Shown key={i}>{part}</Shown>
  );
