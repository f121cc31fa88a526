import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ConversationSummary } from '#vscode/messages.ts';
import { HistoryRow } from './historyRow.tsx';
import { send } from './host.ts';
import { Icon } from './icon.tsx';
import type { PanelAct } from './panelModel.ts';
import { text } from './texts.ts';

interface Props {
  readonly conversations: readonly ConversationSummary[];
  readonly query: string;
  /** Id of the conversation that lies under the list. */
  readonly open: string;
  readonly act: (act: PanelAct) => void;
}

/** All conversations of this workspace, the latest first: to search, open, rename, export and delete. */
export function HistoryView({ conversations: found, query, open, act }: Props): JSX.Element {
  const search = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const [written, write] = useState(query);
  const conversations = useLatest(found, query === written || query === '');
  useLayoutEffect(() => search.current?.focus(), []);
  useFocusKept(conversations, list, search);
  const look = (value: string): void => {
    write(value);
    send({ type: 'history', query: value });
  };
  const goTo = (id: string): void => {
    if (id === open) act({ type: 'close-history' });
    else send({ type: 'open-conversation', id });
  };
  const remove = (id: string): void => {
    act({ type: 'deleted', id });
    send({ type: 'delete-conversation', id });
  };
  return (
    <main class="history">
      <header>
        <button
          class="tool"
          title={text('back')}
          aria-label={text('back')}
          onClick={() => act({ type: 'close-history' })}
        >
          <Icon name="back" />
        </button>
        <h1>{text('history')}</h1>
      </header>
      <input
        ref={search}
        type="search"
        dir="auto"
        value={written}
        placeholder={text('searchHistory')}
        aria-label={text('searchHistory')}
        onInput={(event) => look(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'ArrowDown' && moveFocus(event, list.current, 0)}
      />
      {conversations.length === 0 && (
        <p class="none" role="status">
          {query ? text('nothingInHistory', query) : text('noHistory')}
        </p>
      )}
      <ul ref={list} aria-label={text('history')} onKeyDown={(event) => moveInList(event, list.current)}>
        {conversations.map((conversation) => (
          <HistoryRow
            key={conversation.id}
            conversation={conversation}
            isOpen={conversation.id === open}
            goTo={goTo}
            remove={remove}
          />
        ))}
      </ul>
    </main>
  );
}

/** The list that was there before while the one given is not wanted: searches may end in another order than begun. */
function useLatest<T>(given: T, isWanted: boolean): T {
  const latest = useRef(given);
  if (isWanted) latest.current = given;
  return latest.current;
}

function moveInList(event: KeyboardEvent, list: HTMLElement | null): void {
  if (!list || event.target instanceof HTMLInputElement) return;
  const at = [...list.children].findIndex((row) => row.contains(event.target as Node));
  if (event.key === 'ArrowDown') moveFocus(event, list, Math.min(at + 1, list.children.length - 1));
  if (event.key === 'ArrowUp') moveFocus(event, list, Math.max(at - 1, 0));
}

function moveFocus(event: KeyboardEvent, list: HTMLElement | null, row: number): void {
  event.preventDefault();
  list?.children[row]?.querySelector('button')?.focus();
}

/** When the row with the focus is gone, the row in its place has it, or the search field. */
function useFocusKept(
  conversations: readonly ConversationSummary[],
  list: { readonly current: HTMLElement | null },
  search: { readonly current: HTMLElement | null },
): void {
  const before = useRef(conversations);
  useLayoutEffect(() => {
    const gone = before.current.findIndex(({ id }) => !conversations.some((other) => other.id === id));
    before.current = conversations;
    if (gone < 0 || document.activeElement !== document.body) return;
    const row = list.current?.children[Math.min(gone, conversations.length - 1)];
    (row?.querySelector('button') ?? search.current)?.focus();
  }, [conversations]);
}
