import { useLayoutEffect, useRef } from 'preact/hooks';
import { caretRow } from './caretRow.ts';
import type { Draft } from './host.ts';
import { mentionAt, withoutMention } from './mention.ts';
import type { PanelModel } from './panelModel.ts';
import { useCombobox } from './useCombobox.ts';
import { NO_DRAFT, useDraft } from './useDraft.ts';
import { useEarlier } from './useEarlier.ts';
import { usePathCompletion, type PathCompletion } from './usePathCompletion.ts';

export interface Asking {
  readonly asked: readonly string[];
  readonly completions: PanelModel['completions'];
  readonly compose: PanelModel['compose'];
  readonly ask: (draft: Draft) => void;
}

interface Box {
  readonly current: HTMLTextAreaElement | null;
}

/** What happens in the ask box: writing, earlier questions, mentions, asking. */
export function useAsking(box: Box, { asked, completions, compose, ask }: Asking) {
  const [draft, setDraft] = useDraft(compose);
  const earlier = useEarlier(asked, draft, setDraft);
  const completion = usePathCompletion(completions);
  const listed = completion.mention && completion.paths;
  const toEnd = useCursorAtEnd(box, compose);
  useCombobox(box, listed?.length ?? 0, completion.active);

  /** Changes the draft by something else than typing. */
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
  const pick = (path: string): void => {
    const rest = withoutMention(draft.text, completion.mention!);
    change({ ...draft, text: rest, scope: [...new Set([...draft.scope, path])] });
  };
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
  return { draft, change, submit, completion, listed, pick, look, onInput, onKeyDown };
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
function useCursorAtEnd(box: Box, compose: PanelModel['compose']): () => true {
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
