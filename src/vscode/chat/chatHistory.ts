/** The conversations of a workspace as a list, and what was asked in them. */
import { renameConversation } from '#core/answer/conversationChanges.ts';
import type { ConversationStore } from '#node/stores/conversationStore.ts';
import type { ToPanel } from '#vscode/messages.ts';
import type { ChatHost } from './chatHost.ts';
import type { OpenConversations } from './openConversations.ts';

export interface ChatHistory {
  /** Conversations that hold the text, the latest first; without one by the text of the last time. */
  list(query?: string): Promise<ToPanel>;
  rename(id: string, title: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Earlier questions, the latest last, each once. */
  asked(): Promise<readonly string[]>;
  noteAsked(question: string): void;
  forgetAsked(): void;
}

export function chatHistory(store: ConversationStore, conversations: OpenConversations, host: ChatHost): ChatHistory {
  let lastQuery = '';
  let asked: Promise<string[]> | undefined;
  /** A panel can do without them; those that cannot be read now are read the next time. */
  const read = (): Promise<string[]> =>
    questionsOf(store).catch((error: unknown) => {
      asked = undefined;
      host.log(error);
      return [];
    });
  const list = async (query = lastQuery): Promise<ToPanel> => {
    lastQuery = query;
    await conversations.saved();
    return { type: 'history', query, conversations: await (query.trim() ? store.search(query) : store.list()) };
  };
  return {
    list,
    async rename(id, title) {
      await conversations.saved();
      if (conversations.atWork(id)) {
        conversations.change(id, (now) => renameConversation(now, title, host.nowMs()));
        await conversations.saved();
      } else await store.rename(id, title, host.nowMs());
      host.post(await list());
    },
    async remove(id) {
      conversations.forget(id);
      await conversations.saved();
      await store.delete(id);
    },
    asked: () => (asked ??= read()),
    noteAsked(question) {
      asked = (asked ?? read()).then((before) => latest([...before, question]));
    },
    forgetAsked() {
      asked = undefined;
    },
  };
}

const MOST_ASKED = 100;
const MOST_READ = 20;

async function questionsOf(store: ConversationStore): Promise<string[]> {
  const summaries = (await store.list()).slice(0, MOST_READ);
  const conversations = await Promise.all(summaries.map(({ id }) => store.load(id)));
  const exchanges = conversations.flatMap((conversation) => conversation?.exchanges ?? []);
  return latest(exchanges.sort((a, b) => a.askedMs - b.askedMs).map(({ question }) => question));
}

const latest = (questions: readonly string[]): string[] =>
  [...new Set(questions.toReversed())].slice(0, MOST_ASKED).toReversed();
