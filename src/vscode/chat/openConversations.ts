/**
 * The conversations that are at work: the one that is shown, and others in which a question still runs. Every change
 * goes through here, is shown, and is saved; saves of one conversation follow each other and skip what is overtaken.
 */
import type { Conversation, Exchange } from '#core/answer/conversation.ts';
import { afterRestart, findExchange, startConversation } from '#core/answer/conversationChanges.ts';
import { mergeConversations } from '#core/answer/mergeConversations.ts';
import type { ConversationStore } from '#node/stores/conversationStore.ts';
import type { ChatHost } from './chatHost.ts';
import { tellError } from './failures.ts';
import type { PanelFacts } from './panelFacts.ts';

export interface OpenConversations {
  shown(): Conversation;
  /** The conversation at work that has the exchange. */
  withExchange(id: string): Conversation | undefined;
  atWork(id: string): Conversation | undefined;
  /** Changes one at work, shows what became of the exchange, and saves. `saved: false` leaves that to the next change. */
  change(id: string, change: (now: Conversation) => Conversation, options?: ChangeOptions): void;
  /** Shows another one, from disk if need be; false if there is none of this id. */
  show(id: string): Promise<boolean>;
  /** Shows a new one. */
  begin(): void;
  /** It was deleted: nothing of it is saved any more. */
  forget(id: string): void;
  forgetAll(): void;
  /** Brings back the conversation of the last time, once. One that cannot be read is told, and a new one is shown. */
  restore(): Promise<void>;
  /** Waits until all is on disk. */
  saved(): Promise<void>;
}

interface ChangeOptions {
  readonly exchange?: string;
  readonly saved?: boolean;
}

export function openConversations(
  store: ConversationStore,
  host: ChatHost,
  saving: PanelFacts['saving'],
): OpenConversations {
  const atWork = new Map<string, Conversation>();
  const saves = orderedSaves((conversation) =>
    saving('conversation', async () => adopt(conversation, await store.save(conversation))),
  );
  let shown = start();
  let restored: Promise<void> | undefined;

  function start(): Conversation {
    const conversation = startConversation(host.newId(), host.nowMs());
    atWork.set(conversation.id, conversation);
    return conversation;
  }
  const postTitle = (before: Conversation, { id, title }: Conversation): void => {
    if (title !== before.title) host.post({ type: 'title', id, title });
  };
  /** Another window may have gone on with the same conversation, and this one while it was saved. */
  const adopt = (saved: Conversation, merged: Conversation): void => {
    const now = atWork.get(saved.id);
    if (!now || merged === saved) return;
    const next = now === saved ? merged : mergeConversations(saved, now, merged);
    atWork.set(saved.id, next);
    if (shown.id !== saved.id) return;
    shown = next;
    for (const exchange of next.exchanges)
      if (!looksAlike(exchange, findExchange(now, exchange.id))) host.post({ type: 'exchange', exchange });
    postTitle(now, next);
  };
  const become = (conversation: Conversation): void => {
    if (shown.id !== conversation.id && !isRunning(atWork.get(shown.id))) atWork.delete(shown.id);
    shown = conversation;
    atWork.set(conversation.id, conversation);
    host.lastConversation.set(conversation.exchanges.length ? conversation.id : '');
  };
  const show = async (id: string): Promise<boolean> => {
    const conversation = atWork.get(id) ?? (await load(store, id));
    if (conversation) become(atWork.get(id) ?? conversation);
    return conversation !== undefined;
  };
  const forget = (id: string): void => {
    atWork.delete(id);
    saves.drop(id);
    if (shown.id === id) become(start());
  };

  return {
    shown: () => shown,
    withExchange: (id) => [...atWork.values()].find((conversation) => findExchange(conversation, id)),
    atWork: (id) => atWork.get(id),
    change(id, change, { exchange, saved = true } = {}) {
      const before = atWork.get(id);
      const after = before && change(before);
      if (!after || after === before) return;
      atWork.set(id, after);
      if (shown.id === id) shown = after;
      const changed = exchange === undefined ? undefined : findExchange(after, exchange);
      if (changed && shown.id === id && saved) host.post({ type: 'exchange', exchange: changed });
      if (shown.id === id) postTitle(before, after);
      if (!saved) return;
      if (shown.id === id) host.lastConversation.set(id);
      saves.add(after);
    },
    show,
    begin: () => become(start()),
    forget,
    forgetAll: () => [...atWork.keys()].forEach(forget),
    restore: () =>
      (restored ??= restoreLast(store, host)
        .then(async (id) => {
          // A question that was asked in the meantime stays in view.
          if (id !== undefined && shown.exchanges.length === 0) await show(id);
        })
        .catch((error: unknown) => {
          // It may be readable the next time.
          restored = undefined;
          tellError(error, host);
        })),
    saved: () => saves.idle(),
  };
}

const isRunning = (conversation: Conversation | undefined): boolean =>
  conversation?.exchanges.some(({ state, prose }: Exchange) => state === 'running' || prose?.state === 'running') ??
  false;

/** Whether the panel shows both alike: an answer does not change once it is there. */
const looksAlike = (a: Exchange, b: Exchange | undefined): boolean =>
  a === b ||
  (a.state === b?.state &&
    JSON.stringify(a.feedback) === JSON.stringify(b.feedback) &&
    JSON.stringify(a.prose) === JSON.stringify(b.prose));

async function load(store: ConversationStore, id: string): Promise<Conversation | undefined> {
  const conversation = await store.load(id);
  return conversation && afterRestart(conversation);
}

async function restoreLast(store: ConversationStore, host: ChatHost): Promise<string | undefined> {
  const last = host.lastConversation.get();
  if (last === '') return undefined;
  return last ?? (await store.list())[0]?.id;
}

/** Saves one conversation after the other, each as it is when its turn comes; `save` never rejects. */
function orderedSaves(save: (conversation: Conversation) => Promise<void>) {
  const waiting = new Map<string, Conversation>();
  let work: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    for (let next = waiting.values().next(); !next.done; next = waiting.values().next()) {
      waiting.delete(next.value.id);
      await save(next.value);
    }
    work = undefined;
  };
  return {
    add(conversation: Conversation): void {
      waiting.set(conversation.id, conversation);
      work ??= run();
    },
    drop: (id: string): boolean => waiting.delete(id),
    idle: async (): Promise<void> => work,
  };
}
