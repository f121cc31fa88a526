/** The editor's own chat, as a person uses it. */
import type { Locator } from 'playwright-core';
import type { AgentProbe } from './agentProbe.ts';
import type { HostWindow } from './hostWindow.ts';
import { until } from './until.ts';

const ANSWERED_MS = 60_000;

export interface ChatView {
  /** Asks in a new chat and waits for the end of the response. */
  ask(text: string): Promise<Locator>;
  /** Asks, and does not wait. */
  begin(text: string): Promise<void>;
  /** The chat is open, and this is its model. */
  shows(model: string): Promise<unknown>;
  /** Takes a model in the chat's picker. */
  choose(model: { vendor: string; id: string; family: string; name: string }): Promise<void>;
  /** A new chat, with nothing said before. */
  renew(): Promise<void>;
  /** The latest response. */
  readonly response: Locator;
}

export function chatView({ page }: HostWindow, probe: AgentProbe): ChatView {
  const chat = page.locator('.interactive-session');
  const response = chat.locator('.interactive-response').last();
  const picker = chat.getByRole('button', { name: /^Models, / });
  const begin = async (text: string): Promise<void> => {
    await probe.run('workbench.action.chat.open', { query: text });
    const words = text.replace(/\s+/g, ' ');
    const request = chat.locator('.interactive-request').filter({ hasText: words.replace(/^@spoor (\/\w+ )?/, '') });
    await request.last().waitFor();
  };
  const shows = (name: string): Promise<unknown> => {
    const label = picker.and(page.locator(`[aria-label*="${name}"]`));
    return probe.run('workbench.action.chat.open').then(() => label.waitFor());
  };
  return {
    response,
    begin,
    shows,
    async ask(text) {
      await begin(text);
      const isOver = chat.locator('.interactive-response.chat-most-recent-response:not(.chat-response-loading)');
      await isOver.last().waitFor({ timeout: ANSWERED_MS });
      return response;
    },
    async choose({ name, ...model }) {
      await until(`model ${name} in the chat`, async () => {
        await probe.run('workbench.action.chat.changeModel', model);
        return (await picker.getAttribute('aria-label'))?.includes(name);
      });
    },
    async renew() {
      await probe.run('workbench.action.chat.newChat');
      await chat.locator('.interactive-response').first().waitFor({ state: 'detached' });
    },
  };
}
