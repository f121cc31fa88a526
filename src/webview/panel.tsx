import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import { Announcer } from './announcer.tsx';
import { AskBox } from './askBox.tsx';
import { ConversationView } from './conversationView.tsx';
import { EmptyState } from './emptyState.tsx';
import { focusAskBox } from './focus.ts';
import { HistoryView } from './historyView.tsx';
import { listen, recall, remember, send, type Draft } from './host.ts';
import { Notice } from './notice.tsx';
import { emptyModel, panelReducer, runningIn, writingIn, type PanelAct, type PanelModel } from './panelModel.ts';
import { StatusLine } from './statusLine.tsx';
import { text } from './texts.ts';
import { WaitingList } from './waitingList.tsx';

/** The whole panel: the conversation or the list of all, the ask box, the status line. */
export function Panel(): JSX.Element {
  const [model, act] = useReducer(panelReducer, recall(), emptyModel);
  useConversationWith(act);
  useMemory(model);
  useWaiting(model, act);
  useEscape(model, act);
  useFocusFromEditor(model.state !== undefined);
  useFocusAfterHistory(model.history !== undefined);
  const { state, history } = model;
  if (!state) return <main aria-busy="true" />;
  if (state.workspace === 'no-folder') return <NoFolder />;
  return (
    <>
      {history ? (
        <HistoryView {...history} open={state.conversation.id} act={act} />
      ) : (
        <Conversation {...{ model, act }} />
      )}
      <Announcer model={model} />
    </>
  );
}

function Conversation({
  model,
  act,
}: {
  readonly model: PanelModel;
  readonly act: (act: PanelAct) => void;
}): JSX.Element {
  const state = model.state!;
  const ask = (draft: Draft): void => (canAsk(model) ? sendQuestion(draft, false, act) : act({ type: 'wait', draft }));
  return (
    <>
      {state.conversation.exchanges.length > 0 ? (
        <ConversationView model={model} />
      ) : (
        <EmptyState
          model={state.status.model}
          examples={state.examples}
          ask={(question) => ask({ text: question, scope: [] })}
        />
      )}
      <WaitingList waiting={model.waiting} act={act} />
      <div class="notices">
        {state.trouble && <Notice failure={state.trouble} />}
        {model.refused && <Notice failure={model.refused} />}
        {state.workspace === 'untrusted' && (
          <Notice failure={{ message: text('untrusted'), remedy: 'manage-trust' }} quiet />
        )}
      </div>
      <AskBox
        running={(runningIn(model) ?? writingIn(model))?.id}
        asked={state.asked}
        completions={model.completions}
        compose={model.compose}
        ask={ask}
      />
      <StatusLine status={state.status} />
    </>
  );
}

const NoFolder = (): JSX.Element => (
  <main class="log">
    <div class="empty">
      <p>{text('noFolder')}</p>
      <button class="primary" onClick={() => send({ type: 'remedy', remedy: 'open-folder' })}>
        {text('openFolder')}
      </button>
    </div>
  </main>
);

const canAsk = (model: PanelModel): boolean => !model.sent && !runningIn(model) && model.waiting.length === 0;

function sendQuestion(draft: Draft, waited: boolean, act: (act: PanelAct) => void): void {
  const { text: question, scope, selection } = draft;
  send({ type: 'ask', question, scope, ...(selection && { selection }) });
  act({ type: 'sent', draft, waited });
}

function useConversationWith(act: (act: PanelAct) => void): void {
  useLayoutEffect(() => {
    const stop = listen(act);
    send({ type: 'ready' });
    const { history } = recall();
    if (history !== undefined) send({ type: 'history', query: history });
    return stop;
  }, []);
}

/** Keeps for the time after hiding what the extension does not keep. */
function useMemory({ state, waiting, history }: PanelModel): void {
  const conversation = state?.conversation.id;
  useEffect(() => {
    if (conversation === undefined || conversation === recall().conversation) return;
    remember({ conversation, folds: {}, scroll: undefined });
  }, [conversation]);
  useEffect(() => remember({ waiting }), [waiting]);
  useEffect(() => {
    if (state) remember({ history: history?.query });
  }, [state !== undefined, history?.query]);
}

/** Asks the first question that waits as soon as no other runs. */
function useWaiting(model: PanelModel, act: (act: PanelAct) => void): void {
  const next = model.waiting[0];
  const free = model.state !== undefined && !model.sent && !runningIn(model);
  useLayoutEffect(() => {
    if (next && free) sendQuestion(next, true, act);
  }, [next, free]);
}

/** The editor gives the focus to the page as a whole; nothing in it is to be asked for then but a question. */
function useFocusFromEditor(isDrawn: boolean): void {
  useEffect(() => {
    const listener = (): void => {
      if (document.activeElement === document.body) focusAskBox();
    };
    if (document.hasFocus()) listener();
    window.addEventListener('focus', listener);
    return () => window.removeEventListener('focus', listener);
  }, [isDrawn]);
}

/** The list of conversations takes the focus with it when it closes; the ask box has it then. */
function useFocusAfterHistory(open: boolean): void {
  const was = useRef(open);
  useLayoutEffect(() => {
    if (was.current && !open && document.activeElement === document.body) focusAskBox();
    was.current = open;
  }, [open]);
}

/** Escape closes the list of conversations, else stops what runs; parts of the page may take it first. */
function useEscape(model: PanelModel, act: (act: PanelAct) => void): void {
  const running = (runningIn(model) ?? writingIn(model))?.id;
  const history = model.history !== undefined;
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return;
      if (history) act({ type: 'close-history' });
      else if (running !== undefined) send({ type: 'cancel', id: running });
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, [running, history]);
}
