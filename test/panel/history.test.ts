import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import type { ConversationSummary } from '#vscode/messages.ts';
import { exchange, panelState } from './exchanges.ts';
import type { PanelPage } from './panelPage.ts';
import { describePanel } from './useBrowser.ts';

const DAY_MS = 86_400_000;
const CONVERSATIONS: readonly ConversationSummary[] = [
  { id: 'c1', title: 'where do we retry?', updatedMs: Date.now() - 120_000, exchanges: 3 },
  { id: 'c2', title: 'how is it parsed?', updatedMs: Date.now() - 2 * DAY_MS, exchanges: 1 },
  { id: 'c3', title: '<b>bold</b> claims', updatedMs: Date.now() - 70 * DAY_MS, exchanges: 12 },
];
const rows = ({ page }: PanelPage): Locator => page.getByRole('list', { name: 'Conversations' }).getByRole('listitem');
const button = (inside: Locator | PanelPage['page'], name: string): Locator =>
  inside.getByRole('button', { name, exact: true });
const list = (conversations: readonly ConversationSummary[], query = '') =>
  ({ type: 'history', conversations, query }) as const;
const focused = ({ page }: PanelPage): Promise<string> =>
  page.evaluate(() => (document.activeElement as HTMLElement).ariaLabel ?? document.activeElement!.textContent ?? '');

describePanel('the list of conversations', (open) => {
  const openList = async (): Promise<PanelPage> => {
    const panel = await open({ state: panelState([exchange('e1')]) });
    await panel.send(list(CONVERSATIONS));
    await panel.page.getByRole('heading', { name: 'Conversations', level: 1 }).waitFor();
    return panel;
  };

  test('names each with its questions and its age, and opens one', async () => {
    const panel = await openList();
    expect(await focused(panel)).toBe('Search conversations');
    expect(await rows(panel).allInnerTexts()).toEqual([
      'where do we retry?\n3 questions · 2 minutes ago',
      'how is it parsed?\n1 question · 2 days ago',
      '<b>bold</b> claims\n12 questions · 2 months ago',
    ]);
    expect(await rows(panel).locator('[aria-current="true"]').innerText()).toContain('where do we retry?');
    await panel.page.getByText('how is it parsed?').click();
    expect(await panel.sent('open-conversation')).toEqual({ type: 'open-conversation', id: 'c2' });
    const other = {
      id: 'c2',
      title: 'how is it parsed?',
      exchanges: [exchange('x', { question: 'how is it parsed?' })],
    };
    await panel.send({ type: 'state', state: panelState([], { conversation: other }) });
    await panel.page.getByRole('heading', { name: 'how is it parsed?', level: 2 }).waitFor();
  });

  test('is closed by its button, by Escape and by choosing the open one', async () => {
    const panel = await openList();
    await button(panel.page, 'Back to the conversation').click();
    await panel.page.getByText('Sure: high').waitFor();
    await panel.send(list(CONVERSATIONS));
    await rows(panel).first().waitFor();
    await panel.page.keyboard.press('Escape');
    await panel.page.getByText('Sure: high').waitFor();
    expect(await focused(panel)).toBe('Ask about this code');
    await panel.send(list(CONVERSATIONS));
    await panel.page.getByText('where do we retry?').click();
    await panel.page.getByText('Sure: high').waitFor();
    expect(await panel.unread()).toEqual([]);
  });

  test('is searched while one types', async () => {
    const panel = await openList();
    const field = panel.page.getByRole('searchbox', { name: 'Search conversations' });
    await field.fill('parse');
    expect(await panel.sent('history')).toEqual({ type: 'history', query: 'parse' });
    await panel.send(list(CONVERSATIONS.slice(1, 2), 'parse'));
    await expect.poll(() => rows(panel).count()).toBe(1);
    await panel.send(list(CONVERSATIONS, 'pars'));
    await field.fill('zzz');
    expect(await rows(panel).count()).toBe(1);
    await panel.send(list([], 'zzz'));
    await panel.page.getByText('No conversation holds “zzz”.').waitFor();
    await panel.send(list([], ''));
    await panel.page.getByText('No conversations yet.').waitFor();
    expect(await field.inputValue()).toBe('zzz');
  });

  test('renames in place by the keyboard; Escape keeps the title', async () => {
    const panel = await openList();
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.keyboard.press('ArrowDown');
    expect(await focused(panel)).toContain('how is it parsed?');
    await panel.page.keyboard.press('F2');
    const field = panel.page.getByRole('textbox', { name: 'Title of the conversation' });
    await field.fill('not this');
    await panel.page.keyboard.press('Escape');
    expect(await focused(panel)).toContain('how is it parsed?');
    expect(await panel.unread()).toEqual([]);
    await panel.page.keyboard.press('F2');
    await field.fill('The parser');
    await panel.page.keyboard.press('Enter');
    expect(await panel.sent('rename-conversation')).toEqual({
      type: 'rename-conversation',
      id: 'c2',
      title: 'The parser',
    });
    expect(await panel.unread()).toEqual([]);
    await panel.send(list(CONVERSATIONS.map((one) => (one.id === 'c2' ? { ...one, title: 'The parser' } : one))));
    await rows(panel).getByText('The parser').waitFor();
    expect(await focused(panel)).toContain('The parser');
  });

  test('deletes after a question, and stays where it was', async () => {
    const panel = await openList();
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.keyboard.press('Delete');
    const question = rows(panel).first().getByRole('group', { name: 'Delete this conversation?' });
    expect(await focused(panel)).toBe('Keep');
    await panel.page.keyboard.press('Enter');
    expect(await question.count()).toBe(0);
    expect(await focused(panel)).toContain('where do we retry?');
    await rows(panel).first().hover();
    await button(rows(panel).first(), 'Delete where do we retry?').click();
    await button(question, 'Delete').click();
    expect(await panel.sent('delete-conversation')).toEqual({ type: 'delete-conversation', id: 'c1' });
    const fresh = { id: 'c9', title: 'New conversation', exchanges: [] };
    await panel.send({ type: 'state', state: panelState([], { conversation: fresh }) });
    await panel.send(list(CONVERSATIONS.slice(1)));
    await expect.poll(() => rows(panel).count()).toBe(2);
    expect(await focused(panel)).toContain('how is it parsed?');
  });

  test('exports one', async () => {
    const panel = await openList();
    await rows(panel).nth(1).hover();
    await button(rows(panel).nth(1), 'Export how is it parsed? as Markdown').click();
    expect(await panel.sent('export-conversation')).toEqual({ type: 'export-conversation', id: 'c2' });
  });

  test('is open again, with its search, after the panel was hidden', async () => {
    const panel = await openList();
    await panel.page.getByRole('searchbox').fill('parse');
    await panel.sent('history');
    await panel.send(list(CONVERSATIONS.slice(1, 2), 'parse'));
    await expect.poll(() => rows(panel).count()).toBe(1);
    await panel.reload();
    expect(await panel.sent('history')).toEqual({ type: 'history', query: 'parse' });
  });
});
