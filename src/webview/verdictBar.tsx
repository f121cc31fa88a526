import type { JSX } from 'preact';
import type { Exchange } from '#vscode/messages.ts';
import { CopyButton } from './copyButton.tsx';
import { send } from './host.ts';
import { Icon } from './icon.tsx';
import { text } from './texts.ts';

/** Accept or not, copy, open all. The buttons stay where they are when pressed, and take back then. */
export function VerdictBar({ exchange, last }: { readonly exchange: Exchange; readonly last: boolean }): JSX.Element {
  const { id, feedback, answer } = exchange;
  const accepted = feedback.verdict === 'accepted';
  const rejected = feedback.verdict === 'rejected';
  const judge = (verdict: 'accepted' | 'rejected', undo: boolean): void =>
    send({ type: 'verdict', id, verdict: undo ? 'none' : verdict });
  return (
    <div class="verdict" role="group" aria-label={text('feedback')}>
      {!rejected && answer?.found && (
        <button
          key="accept"
          class={accepted ? 'done' : last ? 'primary' : ''}
          onClick={() => judge('accepted', accepted)}
        >
          {accepted && <Icon name="check" />}
          {text(accepted ? 'accepted' : 'accept')}
        </button>
      )}
      {!accepted && (
        <button key="reject" class={rejected ? 'done' : ''} onClick={() => judge('rejected', rejected)}>
          {text(rejected ? 'rejected' : 'reject')}
        </button>
      )}
      <span class="others">
        <CopyButton
          class="link"
          name={text('copyAnswer')}
          words={text('copyAnswer')}
          copy={() => send({ type: 'copy', id })}
        />
        {answer && answer.citations.length > 0 && (
          <>
            <span aria-hidden="true">·</span>
            <button class="link" onClick={() => send({ type: 'open-all', id })}>
              {text('openAll')}
            </button>
          </>
        )}
      </span>
    </div>
  );
}
