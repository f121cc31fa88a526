import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { MaxText } from '#vscode/messages.ts';
import { ASK_BOX } from './focus.ts';
import { send } from './host.ts';
import { Icon } from './icon.tsx';
import { PathList } from './pathList.tsx';
import { ScopeChips } from './scopeChips.tsx';
import { text } from './texts.ts';
import { useAsking, type Asking } from './useAsking.ts';

const MAX_TEXT: MaxText = 100_000;

interface Props extends Asking {
  /** Id of the exchange that can be stopped. */
  readonly running: string | undefined;
}

/** Where questions are written. Enter asks, Shift+Enter begins a new line, `@` narrows to files and folders. */
export function AskBox(props: Props): JSX.Element {
  const box = useRef<HTMLTextAreaElement>(null);
  const { draft, change, submit, completion, listed, pick, look, onInput, onKeyDown } = useAsking(box, props);
  return (
    <form class="ask" onSubmit={(event) => (event.preventDefault(), submit())}>
      {listed && <PathList paths={listed} active={completion.active} pick={pick} />}
      <div class="ask-frame">
        <ScopeChips draft={draft} change={change} />
        <textarea
          id={ASK_BOX}
          ref={box}
          dir="auto"
          rows={1}
          maxLength={MAX_TEXT}
          value={draft.text}
          placeholder={text('askPlaceholder')}
          aria-label={text('askLabel')}
          aria-autocomplete="list"
          onInput={onInput}
          onKeyDown={onKeyDown}
          onSelect={() => completion.mention && look()}
          onBlur={() => completion.look(undefined)}
        />
        <AskTools box={box} running={props.running} empty={draft.text.trim() === ''} />
      </div>
    </form>
  );
}

interface ToolsProps {
  readonly box: { readonly current: HTMLTextAreaElement | null };
  readonly running: string | undefined;
  readonly empty: boolean;
}

/** While a question runs the button stops it; with another question written there is one to ask that too. */
function AskTools({ box, running, empty }: ToolsProps): JSX.Element {
  const mention = (): void => {
    box.current!.focus();
    const before = box.current!.value[box.current!.selectionStart - 1];
    document.execCommand('insertText', false, before === undefined || /\s/.test(before) ? '@' : ' @');
  };
  const stop = (id: string): void => {
    send({ type: 'cancel', id });
    box.current!.focus();
  };
  return (
    <div class="tools">
      <button type="button" class="tool" title={text('mention')} aria-label={text('mention')} onClick={mention}>
        <Icon name="at" />
      </button>
      {running !== undefined && (
        <button type="button" class="tool" title={text('stop')} aria-label={text('stop')} onClick={() => stop(running)}>
          <Icon name="stop" />
        </button>
      )}
      {(running === undefined || !empty) && (
        <button type="submit" class="tool" title={text('ask')} aria-label={text('ask')} disabled={empty}>
          <Icon name="send" />
        </button>
      )}
    </div>
  );
}
