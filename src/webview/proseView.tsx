import { Fragment, type ComponentChildren, type JSX } from 'preact';
import type { Answer, Exchange, ExchangeProse, ProseSentence } from '#vscode/messages.ts';
import { References, SentenceText } from './answerView.tsx';
import { send } from './host.ts';
import { Icon } from './icon.tsx';
import { NoticeFrame, REMEDY_NAMES } from './notice.tsx';
import { proseBlocks, type ProseBlock } from './proseBlocks.ts';
import { Shown } from './shown.tsx';
import { text } from './texts.ts';
import { useFold } from './useFold.ts';

interface Props {
  readonly exchange: Exchange;
  readonly answer: Answer;
  /** The language model that may write where nothing is written; empty if none is to be offered. */
  readonly offered: string;
  /** Shows the place of that number. */
  readonly goTo: (number: number) => void;
}

/** What a language model wrote over the answer: text and numbers of the answer's places, nothing else. */
export function ProseView({ exchange: { id, prose }, answer, offered, goTo }: Props): JSX.Element | null {
  if (prose) return <Prose id={id} prose={prose} answer={answer} goTo={goTo} />;
  if (offered === '' || !answer.found || answer.citations.length === 0) return null;
  return (
    <button class="link offer" onClick={() => send({ type: 'write', id })}>
      <Shown>{text('letWrite', offered)}</Shown>
    </button>
  );
}

interface ProseProps extends Omit<Props, 'exchange' | 'offered'> {
  readonly id: string;
  readonly prose: ExchangeProse;
}

function Prose({ id, prose, answer, goTo }: ProseProps): JSX.Element {
  const [open, setOpen] = useFold(`prose ${id}`, true);
  const running = prose.state === 'running';
  const body = `prose-${id}`;
  return (
    <section class="prose" aria-busy={running}>
      {(running || prose.sentences.length > 0) && (
        <button class="fold" aria-expanded={open} aria-controls={body} onClick={() => setOpen(!open)}>
          <Icon name="chevron" />
          <span>
            <Shown>{text(running ? 'writes' : 'wrote', prose.model)}</Shown>
          </span>
        </button>
      )}
      {running && <div class="progress" role="progressbar" aria-label={text('writing')} />}
      <div id={body} class="prose-text" hidden={!open}>
        {open && <ProseText prose={prose} answer={answer} goTo={goTo} />}
      </div>
      <ProseEnding id={id} prose={prose} />
    </section>
  );
}

function ProseText({ prose, answer, goTo }: Omit<ProseProps, 'id'>): JSX.Element {
  const known = new Set(answer.citations.map(({ number }) => number));
  const sentences: readonly ProseSentence[] = prose.sentences.map((sentence) => ({
    ...sentence,
    citations: sentence.citations.filter((number) => known.has(number)),
  }));
  // The number of a sentence comes at its end.
  const settled = prose.state === 'running' ? sentences.slice(0, -1) : sentences;
  const isBare = (sentence: ProseSentence): boolean => sentence.citations.length === 0 && settled.includes(sentence);
  const shown = (sentence: ProseSentence): JSX.Element => {
    const words = <SentenceText sentence={sentence} goTo={goTo} />;
    return isBare(sentence) ? <Uncited>{words}</Uncited> : words;
  };
  return (
    <>
      {proseBlocks(sentences).map((block, i) => (
        <Block key={i} {...{ block, shown, isBare, goTo }} />
      ))}
      {settled.some((sentence) => sentence.begins !== 'code' && isBare(sentence)) && (
        <p class="note" aria-hidden="true">
          <span class="uncited">{text('uncitedLegend')}</span>
        </p>
      )}
    </>
  );
}

/** Words that no cited place stands for. */
const Uncited = ({ children }: { readonly children: ComponentChildren }): JSX.Element => (
  <span class="uncited" title={text('uncited')}>
    {children}
    <span class="for-screen-readers"> ({text('uncited')})</span>
  </span>
);

interface BlockProps {
  readonly block: ProseBlock;
  readonly shown: (sentence: ProseSentence) => JSX.Element;
  readonly isBare: (sentence: ProseSentence) => boolean;
  readonly goTo: Props['goTo'];
}

function Block({ block, shown, isBare, goTo }: BlockProps): JSX.Element {
  if (block.kind === 'code') return <CodeBlock code={block.code} bare={isBare(block.code)} goTo={goTo} />;
  const texts = (sentences: readonly ProseSentence[]): ComponentChildren =>
    sentences.map((sentence, i) => (
      <Fragment key={i}>
        {i > 0 && ' '}
        {shown(sentence)}
      </Fragment>
    ));
  if (block.kind === 'paragraph') return <p dir="auto">{texts(block.sentences)}</p>;
  return (
    <ul>
      {block.items.map((sentences, i) => (
        <li key={i} dir="auto">
          {texts(sentences)}
        </li>
      ))}
    </ul>
  );
}

interface CodeProps extends Pick<Props, 'goTo'> {
  readonly code: ProseSentence;
  /** Its lines are of no cited place. */
  readonly bare: boolean;
}

const CodeBlock = ({ code, bare, goTo }: CodeProps): JSX.Element => (
  <div>
    <pre class="prose-code" dir="ltr">
      <code>
        {code.text.split('\n').map((line, i) => (
          <Fragment key={i}>
            <Shown>{line}</Shown>
            {'\n'}
          </Fragment>
        ))}
      </code>
    </pre>
    <References numbers={code.citations} goTo={goTo} />
    {bare && <p class="note">{text('uncitedCode')}</p>}
  </div>
);

/** Why it is not whole, and what helps. */
function ProseEnding({ id, prose }: Pick<ProseProps, 'id' | 'prose'>): JSX.Element | null {
  const { state, failure, notes } = prose;
  const ending = failure?.message ?? endingOf(state);
  return (
    <>
      {[...new Set(notes)].map((note) => (
        <p class="note" key={note}>
          {text('note')}: <Shown>{note}</Shown>
        </p>
      ))}
      {ending !== '' && (
        <NoticeFrame quiet action={<Remedies id={id} prose={prose} />}>
          <Shown>{ending}</Shown>
        </NoticeFrame>
      )}
    </>
  );
}

function endingOf(state: ExchangeProse['state']): string {
  if (state === 'cancelled') return text('writingStopped');
  return state === 'interrupted' ? text('writingInterrupted') : '';
}

function Remedies({ id, prose: { failure } }: Pick<ProseProps, 'id' | 'prose'>): JSX.Element {
  const remedy = failure?.remedy ?? 'retry';
  return (
    <div class="remedies">
      {remedy !== 'retry' && (
        <button onClick={() => send({ type: 'remedy', remedy })}>{text(REMEDY_NAMES[remedy])}</button>
      )}
      <button onClick={() => send({ type: 'write', id })}>{text('writeAgain')}</button>
    </div>
  );
}
