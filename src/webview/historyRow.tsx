import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ConversationSummary } from '#vscode/messages.ts';
import { send } from './host.ts';
import { Icon } from './icon.tsx';
import { Shown } from './shown.tsx';
import { ago, counted, text } from './texts.ts';

interface Props {
  readonly conversation: ConversationSummary;
  readonly isOpen: boolean;
  readonly goTo: (id: string) => void;
  readonly remove: (id: string) => void;
}

type Mode = 'plain' | 'renaming' | 'deleting';

/** One conversation. F2 renames, Delete deletes; both ask inside of the row. */
export function HistoryRow({ conversation, isOpen, goTo, remove }: Props): JSX.Element {
  const { id } = conversation;
  const [mode, setMode] = useState<Mode>('plain');
  const row = useRef<HTMLLIElement>(null);
  useFocusBack(row, mode);
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = mode === 'plain' ? { F2: 'renaming', Delete: 'deleting' }[event.key] : { Escape: 'plain' }[event.key];
    if (!next) return;
    event.preventDefault();
    setMode(next as Mode);
  };
  return (
    <li ref={row} onKeyDown={onKeyDown} class={isOpen ? 'open' : ''}>
      {mode === 'renaming' ? (
        <Renaming conversation={conversation} end={() => setMode('plain')} />
      ) : (
        <button
          class="row"
          aria-current={isOpen}
          title={isOpen ? text('openConversation') : undefined}
          onClick={() => goTo(id)}
        >
          <span class="title" dir="auto">
            <Shown>{conversation.title}</Shown>
          </span>
          <span class="about">{about(conversation)}</span>
        </button>
      )}
      {mode === 'plain' && <RowTools conversation={conversation} setMode={setMode} />}
      {mode === 'deleting' && <Deleting remove={() => remove(id)} end={() => setMode('plain')} />}
    </li>
  );
}

const about = ({ exchanges, updatedMs }: ConversationSummary): string =>
  `${counted(exchanges, 'oneQuestion', 'questions')} · ${ago(updatedMs, Date.now())}`;

interface ToolsProps {
  readonly conversation: ConversationSummary;
  readonly setMode: (mode: Mode) => void;
}

function RowTools({ conversation: { id, title }, setMode }: ToolsProps): JSX.Element {
  const tools = [
    ['pencil', text('rename', title), () => setMode('renaming')],
    ['export', text('exportOne', title), () => send({ type: 'export-conversation', id })],
    ['trash', text('delete', title), () => setMode('deleting')],
  ] as const;
  return (
    <div class="tools">
      {tools.map(([icon, name, act]) => (
        <button key={icon} class="tool" title={name} aria-label={name} onClick={act}>
          <Icon name={icon} />
        </button>
      ))}
    </div>
  );
}

interface RenamingProps {
  readonly conversation: ConversationSummary;
  readonly end: () => void;
}

/** Enter and leaving the field keep the new title, Escape the old one. */
function Renaming({ conversation: { id, title }, end }: RenamingProps): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.select(), []);
  const keep = (): void => {
    const next = field.current?.value.trim() ?? '';
    if (next !== '' && next !== title) send({ type: 'rename-conversation', id, title: next });
    end();
  };
  return (
    <input
      ref={field}
      type="text"
      dir="auto"
      defaultValue={title}
      aria-label={text('newTitle')}
      onKeyDown={(event) => event.key === 'Enter' && !event.isComposing && (event.preventDefault(), keep())}
      onBlur={keep}
    />
  );
}

function Deleting({ remove, end }: { readonly remove: () => void; readonly end: () => void }): JSX.Element {
  const no = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => no.current?.focus(), []);
  return (
    <div class="deleting" role="group" aria-label={text('deleteAsk')}>
      <p>{text('deleteAsk')}</p>
      <button class="primary" onClick={remove}>
        {text('deleteYes')}
      </button>
      <button ref={no} onClick={end}>
        {text('deleteNo')}
      </button>
    </div>
  );
}

/** The field and the question take the focus with them when they go; the row has it then. */
function useFocusBack(row: { readonly current: HTMLElement | null }, mode: Mode): void {
  const before = useRef(mode);
  useLayoutEffect(() => {
    if (mode === 'plain' && before.current !== 'plain' && document.activeElement === document.body)
      row.current?.querySelector('button')?.focus();
    before.current = mode;
  }, [mode]);
}
