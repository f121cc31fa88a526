import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { caretRow } from './caretRow.ts';
import { ASK_BOX } from './focus.ts';
import { send, type Draft } from './host.ts';
import { Icon } from './icon.tsx';
import { mentionAt, withoutMention } from './mention.ts';
import type { PanelModel } from './panelModel.ts';
import { PathList } from './pathList.tsx';
import { ScopeChips } from './scopeChips.tsx';
import { text } from './texts.ts';
import { useCombobox } from './useCombobox.ts';
import { NO_DRAFT, useDraft } from './useDraft.ts';
import { useEarlier } from './useEarlier.ts';
import { usePathCompletion, type PathCompletion } from './usePathCompletion.ts';

interface Props {
  /** Id of the exchange that can be stopped. */
  readonly running: string | undefined;
  readonly asked: readonly string[];
  readonly completions: PanelModel['completions'];
  readonly compose: PanelModel['compose'];
  readonly ask: (draft: Draft) => void;
}

/** Where questions are written. Enter asks, Shift+Enter begins a new line, `@` narrows to files and folders. */
export function AskBox({ running, asked, completions, compose, ask }: Props): JSX.Element {
  const box = useRef<HTMLTextAreaElement>(null);
  const [draft, setDraft] = useDraft(compose);
  const earlier = useEarlier(asked, draft, setDraft);
  const completion = usePathCompletion(completions);
  const listed = completion.mention && completion.paths;
  const toEnd = useCursorAtEnd(box, compose);
  useCombobox(box, listed?.length ?? 0, completion.active);

  /** The user has changed the draft by something else than typing. */
  const change = (next: Draft): void => {
    earlier.leave();
    completion.look(undefined);
    setDraft(next);
    box.current?.focus();
  };
  const submit = (): void => {
    const question = draft.text.trim();
    if (question === '') return;
    ask({ ...draft, text: question });
    change(NO_DRAFT);
  };
  const pick = (path: string): void =>
    change({
      ...draft,
      text: withoutMention(draft.text, completion.mention!),
      scope: [...new Set([...draft.scope, path])],
    });
  const look = (): void => completion.look(mentionAt(box.current!.value, box.current!.selectionStart));
  const onInput = (): void => {
    earlier.leave();
    setDraft({ ...draft, text: box.current!.value });
    look();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const step = (by: -1 | 1): boolean => earlier.step(by) && toEnd();
    const taken = takenByList(event, completion, pick) || takenByEarlier(event, box.current!, step);
    const asks = !taken && event.key === 'Enter' && !event.shiftKey;
    if (asks) submit();
    if (taken || asks) event.preventDefault();
  };
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
          value={draft.text}
          placeholder={text('askPlaceholder')}
          aria-label={text('askLabel')}
          aria-autocomplete="list"
          onInput={onInput}
          onKeyDown={onKeyDown}
          onSelect={() => completion.mention && look()}
          onBlur={() => completion.look(undefined)}
        />
        <AskTools box={box} running={running} empty={draft.text.trim() === ''} />
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

/** Keys that move in the open list, choose from it or close it. */
function takenByList(event: KeyboardEvent, completion: PathCompletion, pick: (path: string) => void): boolean {
  const { mention, paths, active, setActive, close } = completion;
  if (!mention || !paths) return false;
  if (event.key === 'Escape') return (close(), true);
  if (paths.length === 0) return false;
  const move = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (move) return (setActive((active + move + paths.length) % paths.length), true);
  if (event.key !== 'Tab' && event.key !== 'Enter') return false;
  if (event.shiftKey) return false;
  return (pick(paths[active]!), true);
}

/** Up in the first row and Down in the last one step through the earlier questions. */
function takenByEarlier(event: KeyboardEvent, box: HTMLTextAreaElement, step: (by: -1 | 1) => boolean): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
  if (event.key === 'ArrowUp') return caretRow(box).first && step(-1);
  return event.key === 'ArrowDown' && caretRow(box).last && step(1);
}

/** Puts the cursor behind what has been put into the box; what the editor composes takes the focus too. */
function useCursorAtEnd(
  box: { readonly current: HTMLTextAreaElement | null },
  compose: PanelModel['compose'],
): () => true {
  const wanted = useRef(false);
  useLayoutEffect(() => {
    if (!compose || compose.ifEmpty) return;
    box.current?.focus();
    wanted.current = true;
  }, [compose]);
  useLayoutEffect(() => {
    if (!wanted.current) return;
    wanted.current = false;
    box.current?.setSelectionRange(box.current.value.length, box.current.value.length);
  });
  return () => (wanted.current = true);
}
