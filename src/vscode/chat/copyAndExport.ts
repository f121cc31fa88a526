/** Answers and conversations as Markdown, for the clipboard and for files. */
import type { Exchange } from '#core/answer/conversation.ts';
import { answerMarkdown, citationMarkdown, conversationMarkdown } from '#core/answer/markdown.ts';
import { inlineMarkdown } from '#core/answer/markdownText.ts';
import type { ConversationStore } from '#node/stores/conversationStore.ts';
import type { ChatHost } from './chatHost.ts';
import type { OpenConversations } from './openConversations.ts';

export interface CopyAndExport {
  /** An answer, or one cited place of it. */
  copy(exchange: Exchange | undefined, number?: number): Promise<void>;
  exportConversation(id: string): Promise<void>;
}

export function copyAndExport(
  store: ConversationStore,
  conversations: OpenConversations,
  host: ChatHost,
): CopyAndExport {
  return {
    async copy(exchange, number) {
      const answer = exchange?.answer;
      const citation = answer?.citations.find((one) => one.number === number);
      if (citation) await host.copy(citationMarkdown(citation));
      else if (answer && number === undefined)
        await host.copy(`## ${inlineMarkdown(exchange.question)}\n\n${answerMarkdown(answer, exchange.prose)}`);
    },
    async exportConversation(id) {
      const conversation = conversations.atWork(id) ?? (await store.load(id));
      if (conversation) await host.saveAs(`${fileName(conversation.title)}.md`, conversationMarkdown(conversation));
    },
  };
}

/** Letters and digits of any language; everything else would need care somewhere. */
const fileName = (title: string): string =>
  title
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60) || 'conversation';
