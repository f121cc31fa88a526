import { expect, test } from 'vitest';
import { ANSWER, PROSE, exchange, panelState, without } from './exchanges.ts';
import type { PanelPage } from './panelPage.ts';
import { describePanel } from './useBrowser.ts';

const button = ({ page }: PanelPage, name: string) => page.getByRole('button', { name, exact: true });
const announced = ({ page }: PanelPage): Promise<string[]> =>
  page.getByRole('log', { name: 'Announcements' }).locator('p').allInnerTexts();

describePanel('the panel', (open) => {
  test('begins with what it does and with questions of this workspace, one click away', async () => {
    const panel = await open({ state: panelState([], { examples: [] }) });
    await panel.page.getByText('Ask where something is, how it works or why it changed.').waitFor();
    expect(await panel.page.getByRole('list').count()).toBe(0);
    await panel.send({ type: 'examples', examples: ['how are <b>uploads</b> retried?', 'where is `x`?'] });
    const list = panel.page.getByRole('list', { name: 'Questions to begin with' });
    expect(await list.getByRole('listitem').allInnerTexts()).toEqual([
      'how are <b>uploads</b> retried?',
      'where is `x`?',
    ]);
    await button(panel, 'where is `x`?').click();
    expect(await panel.sent('ask')).toEqual({ type: 'ask', question: 'where is `x`?', scope: [] });
  });

  test('says without a folder that there is nothing to ask about', async () => {
    const panel = await open({ state: panelState([], { workspace: 'no-folder' }) });
    await panel.page.getByText('Open a folder to ask about its code.').waitFor();
    expect(await panel.page.getByRole('textbox').count()).toBe(0);
    await button(panel, 'Open Folder').click();
    expect(await panel.sent('remedy')).toEqual({ type: 'remedy', remedy: 'open-folder' });
    await panel.send({ type: 'state', state: panelState() });
    await panel.page.getByRole('textbox', { name: 'Ask about this code' }).waitFor();
  });

  test('says what is left out without trust, and answers all the same', async () => {
    const panel = await open({ state: panelState([], { workspace: 'untrusted' }) });
    await panel.page
      .getByText('This workspace is not trusted: its git history and its settings are left out.')
      .waitFor();
    await button(panel, 'Manage Trust').click();
    expect(await panel.sent('remedy')).toEqual({ type: 'remedy', remedy: 'manage-trust' });
    await panel.page.getByLabel('Ask about this code').fill('where?');
    await panel.page.keyboard.press('Enter');
    expect(await panel.sent('ask')).toMatchObject({ question: 'where?' });
  });

  test('says what stands in the way, with the remedy, until it is gone', async () => {
    const trouble = { message: 'ripgrep was not found.', remedy: 'run-doctor' } as const;
    const panel = await open({ state: panelState([], { trouble }) });
    await panel.page.getByText('ripgrep was not found.').waitFor();
    await button(panel, 'Run Doctor').click();
    expect(await panel.sent('remedy')).toEqual({ type: 'remedy', remedy: 'run-doctor' });
    await panel.send({ type: 'trouble', trouble: undefined });
    await expect.poll(() => panel.page.getByText('ripgrep was not found.').count()).toBe(0);
    for (const [remedy, name] of [
      ['open-settings', 'Open Settings'],
      ['resume-docs', 'Resume Indexing'],
      ['show-log', 'Show Log'],
      ['retry', 'Try Again'],
    ] as const) {
      await panel.send({ type: 'trouble', trouble: { message: 'Something.', remedy } });
      await button(panel, name).click();
      expect(await panel.sent('remedy')).toEqual({ type: 'remedy', remedy });
    }
  });

  test('does not repeat in an answer what stands in the way', async () => {
    const notes = ['Docs may be missing: ripgrep was not found.', 'Only tests were searched.'];
    const trouble = { message: 'ripgrep was not found.', remedy: 'run-doctor' } as const;
    const panel = await open({
      state: panelState([exchange('e1', { answer: { ...ANSWER, notes } })], { trouble }),
    });
    const shown = panel.page.locator('.note');
    expect(await shown.allInnerTexts()).toEqual(['Note: Only tests were searched.']);
    await panel.send({ type: 'trouble', trouble: undefined });
    await expect.poll(() => shown.count()).toBe(2);
  });

  test('shows of many lines those of the definition, not a use of it before', async () => {
    const many = (line: string): string[] => Array.from({ length: 10 }, () => line);
    const lines = ['later();', ...many('x();'), 'function later() {', ...many('y();')];
    const symbol = { name: 'later', kind: 'function', inside: [], line: 23 } as const;
    const citations = [{ ...ANSWER.citations[0]!, symbol, lines, end: 33 }];
    const panel = await open({ state: panelState([exchange('e1', { answer: { ...ANSWER, citations } })]) });
    expect(await panel.page.locator('.preview .line').first().textContent()).toBe('function later() {\n');
  });

  test('stays at its place when it becomes narrower or wider', async () => {
    const panel = await open({ state: panelState(['e1', 'e2', 'e3'].map((id) => exchange(id))) });
    const third = panel.page.locator('article').nth(2);
    const top = (): Promise<number> =>
      third.evaluate((article) => Math.abs(Math.round(article.getBoundingClientRect().top)));
    await expect.poll(top).toBeLessThanOrEqual(1);
    for (const width of [180, 420, 220]) {
      await panel.page.setViewportSize({ width, height: 600 });
      await expect.poll(top).toBeLessThanOrEqual(1);
    }
  });

  test('keeps the numbers of lines together, however narrow it is', async () => {
    const sentences = [{ text: '`a` is a function in src/net/b.ts, lines 12–40.', citations: [1] }];
    const panel = await open({ state: panelState([exchange('e1', { answer: { ...ANSWER, sentences } })]) });
    for (let width = 110; width < 420; width += 10) {
      await panel.page.setViewportSize({ width, height: 600 });
      expect(await panel.page.locator('.answer .range').evaluate((range) => range.getClientRects().length)).toBe(1);
    }
  });

  test('shows in one line the policy, the language model and the state of the docs', async () => {
    const panel = await open({ width: 450, state: panelState() });
    const status = panel.page.getByRole('contentinfo');
    expect(await status.innerText()).toMatch(/^policy: shipped 1\s+·\s+model: off\s+·\s+docs: 212 sections$/);
    await button(panel, 'policy: shipped 1').click();
    await panel.sent('show-policy');
    await button(panel, 'docs: 212 sections').click();
    await panel.sent('show-docs');
    for (const [docs, words] of [
      [{ sections: 1200, complete: false, paused: false }, 'docs: indexing, 1,200 sections'],
      [{ sections: 12, complete: false, paused: true }, 'docs: paused at 12 sections'],
      [{ sections: 1, complete: true, paused: false }, 'docs: 1 section'],
    ] as const) {
      await panel.send({ type: 'status', status: { policy: 'mine 3', model: '', docs } });
      await button(panel, words).waitFor();
    }
    await button(panel, 'policy: mine 3').waitFor();
  });

  test('tells a screen reader when it searches and what has come of it, not each step', async () => {
    const panel = await open({ state: panelState([exchange('e0')]) });
    const log = panel.page.getByRole('log', { name: 'Announcements' });
    expect(await log.getAttribute('aria-live')).toBe('polite');
    expect(await announced(panel)).toEqual([]);
    await panel.send({ type: 'exchange', exchange: without('e1', 'running') });
    await expect.poll(() => announced(panel)).toEqual(['Searching']);
    const calls = [{ tool: 'grep', what: ['retry'] }] as const;
    await panel.send({ type: 'events', id: 'e1', events: [{ type: 'turn-started', turn: 1, calls }] });
    await panel.page.locator('.call').waitFor();
    await panel.send({ type: 'exchange', exchange: exchange('e1') });
    await expect.poll(() => announced(panel)).toHaveLength(2);
    expect((await announced(panel))[1]).toMatch(/^Answer, 3 places\. Sure: high\. withBackoff is a function in/);
    await panel.send({
      type: 'exchange',
      exchange: exchange('e1', { feedback: { verdict: 'accepted', ticks: {}, places: [] } }),
    });
    await panel.send({
      type: 'exchange',
      exchange: exchange('e2', { answer: { ...ANSWER, found: false }, state: 'answered' }),
    });
    await button(panel, 'Accepted · undo').waitFor();
    expect(await announced(panel)).toHaveLength(2);
  });

  test('names its parts by role: headings, articles, lists, buttons with names, marks for what is not text', async () => {
    const panel = await open({ state: panelState([exchange('e1', { prose: PROSE })]) });
    await button(panel, 'Searched 2 turns · 5 searches · 0.21 s').click();
    await expect(await panel.page.locator('#spoor').ariaSnapshot()).toMatchFileSnapshot('../golden/panel/roles.txt');
    const nameless = await panel.page.evaluate(
      () =>
        [...document.querySelectorAll('button')].filter(
          (element) => !(element.ariaLabel ?? element.textContent ?? '').trim(),
        ).length,
    );
    expect(nameless).toBe(0);
    const drawings = await panel.page.locator('svg:not([aria-hidden="true"])').count();
    expect(drawings).toBe(0);
  });

  test('speaks the language of its texts', async () => {
    const panel = await open({ state: panelState([exchange('e1')]), language: 'de' });
    await button(panel, 'Searched 2 turns · 5 searches · 0,21 s').waitFor();
  });

  test('stays quick with long conversations', async () => {
    const exchanges = Array.from({ length: 200 }, (_, i) => exchange(`e${i}`));
    const panel = await open({ state: panelState(exchanges) });
    expect(await panel.page.locator('article').count()).toBe(200);
    expect(await panel.page.evaluate(() => document.querySelectorAll('*').length)).toBeLessThan(10_000);
    expect(await panel.page.locator('.card').count()).toBe(12);
  });

  test('takes nothing but messages that it knows', async () => {
    const panel = await open({ state: panelState() });
    for (const data of [null, 1, 'state', [], {}, { type: 'toString' }, { type: '__proto__' }, { type: 7 }])
      await panel.page.evaluate((message) => window.postMessage(message, '*'), data);
    await panel.page.getByLabel('Ask about this code').fill('still here?');
    await panel.page.keyboard.press('Enter');
    await panel.sent('ask');
  });
});
