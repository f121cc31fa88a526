import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Exchange, ToPanel } from '#vscode/messages.ts';
import {
  ANSWER,
  CALLS,
  CITATIONS,
  NOT_FOUND,
  TRAIL,
  UNSURE,
  exchange,
  panelState,
  tokensOf,
  without,
} from './exchanges.ts';
import type { PanelPage } from './panelPage.ts';
import { describePanel } from './useBrowser.ts';

const update = (changed: Exchange): ToPanel => ({ type: 'exchange', exchange: changed });
const askBox = ({ page }: PanelPage): Locator => page.getByRole('textbox', { name: 'Ask about this code' });
const button = ({ page }: PanelPage, name: string | RegExp): Locator =>
  page.getByRole('button', { name, exact: typeof name === 'string' });
const focused = ({ page }: PanelPage): Promise<string> =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '');

describePanel('a question in the panel', (open) => {
  test('is asked with Enter; the trail fills while it runs; the answer stands under it', async () => {
    const panel = await open({ state: panelState() });
    const { page } = panel;
    await askBox(panel).fill('where do we retry failed uploads?');
    await askBox(panel).press('Enter');
    expect(await panel.sent('ask')).toEqual({ type: 'ask', question: ANSWER.question, scope: [] });
    expect(await askBox(panel).inputValue()).toBe('');

    await panel.send(update(without('e1', 'running')));
    await page.getByRole('heading', { name: ANSWER.question, level: 2 }).waitFor();
    await page.getByRole('progressbar', { name: 'Searching' }).waitFor();
    const calls = [CALLS.grep, CALLS.history].map(({ tool, what }) => ({ tool, what }));
    await panel.send({ type: 'events', id: 'e1', events: [{ type: 'turn-started', turn: 1, calls }] });
    await page.locator('.call.runs', { hasText: 'retry upload backoff' }).waitFor();
    expect(await page.locator('.call.runs').count()).toBe(2);
    await panel.send({ type: 'events', id: 'e1', events: [{ type: 'call-ended', turn: 1, call: CALLS.history }] });
    await panel.send(update(without('e1', 'running')));
    await page.locator('.call:not(.runs)', { hasText: '“failed upload”' }).getByText('4 commits · 3 ms').waitFor();
    expect(await page.locator('.call.runs').innerText()).toContain('retry upload backoff');
    expect(await page.locator('.trail .fold').innerText()).toBe('Searching 1 turn · 2 searches');
    expect(await page.locator('article').getAttribute('aria-busy')).toBe('true');

    await panel.send(update(exchange('e1')));
    await page.locator('.answer', { hasText: 'is a function in src/net/retry.ts, lines 12–22' }).waitFor();
    expect(await page.locator('.answer p').first().innerText()).toBe(
      'withBackoff is a function in src/net/retry.ts, lines 12–22 [1]. ' +
        'Its comment says: “Runs a task again after a growing delay until it succeeds.” [1] ' +
        'withBackoff is used by UploadQueue.send in src/net/queue.ts [2]. ' +
        'It is described in the section “Retries” of docs/uploads.md, lines 14–16 [3].',
    );
    await page.getByText('Sure: high', { exact: true }).waitFor();
    expect(await page.getByRole('progressbar').count()).toBe(0);
    expect(await page.locator('article').getAttribute('aria-busy')).toBe('false');
  });

  test('keeps its trail, folded to a line that opens', async () => {
    const panel = await open({ state: panelState([exchange('e1')]) });
    const fold = button(panel, 'Searched 2 turns · 5 searches · 0.21 s');
    expect(await fold.getAttribute('aria-expanded')).toBe('false');
    expect(await panel.page.locator('.call').count()).toBe(0);
    await fold.click();
    expect(await panel.page.locator('.call').count()).toBe(6);
    await panel.page.locator('.call.failed', { hasText: 'Git took longer than 2 s' }).waitFor();
    await panel.page.locator('.call').getByRole('button', { name: 'src/net/retry.ts 1–40' }).click();
    expect(await panel.sent('open-place')).toEqual({ type: 'open-place', path: 'src/net/retry.ts', start: 1, end: 40 });
    await panel.reload();
    await expect.poll(() => panel.page.locator('.call').count()).toBe(6);
  });

  test('folds its live trail by hand, and that of its answer as usual', async () => {
    const panel = await open({ state: panelState([without('e1', 'running', { trail: TRAIL })]) });
    const fold = panel.page.locator('.trail .fold');
    await fold.click();
    await expect.poll(() => fold.getAttribute('aria-expanded')).toBe('false');
    await panel.send(update(exchange('e1', { answer: NOT_FOUND })));
    await button(panel, /^Searched 2 turns/).waitFor();
    expect(await fold.getAttribute('aria-expanded')).toBe('true');
    expect(await fold.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  test('gives a new conversation its title', async () => {
    const conversation = { id: 'c1', title: '', exchanges: [without('e1', 'running')] };
    const panel = await open({ state: panelState([], { conversation }) });
    const heading = panel.page.getByRole('heading', { level: 1 });
    await panel.send({ type: 'title', id: 'another', title: 'Not this' });
    expect(await heading.textContent()).toBe('');
    await panel.send({ type: 'title', id: 'c1', title: 'Uploads' });
    await expect.poll(() => heading.textContent()).toBe('Uploads');
  });

  test('is stopped by the button and by Escape', async () => {
    const panel = await open({ state: panelState([without('e1', 'running')]) });
    await button(panel, 'Stop (Esc)').click();
    expect(await panel.sent('cancel')).toEqual({ type: 'cancel', id: 'e1' });
    expect(await focused(panel)).toBe('Ask about this code');
    await panel.page.keyboard.press('Escape');
    expect(await panel.sent('cancel')).toEqual({ type: 'cancel', id: 'e1' });
    await panel.send(update(without('e1', 'cancelled', { trail: TRAIL })));
    await panel.page.getByText('Stopped.').first().waitFor();
    await button(panel, 'Ask again').click();
    expect(await panel.sent('retry')).toEqual({ type: 'retry', id: 'e1' });
    await panel.page.keyboard.press('Escape');
    expect((await panel.unread()).map(({ type }) => type)).toEqual([]);
  });

  test('waits while another runs, and can be taken back', async () => {
    const panel = await open({ state: panelState() });
    for (const question of ['first', 'second', 'third', 'fourth']) {
      await askBox(panel).fill(question);
      await askBox(panel).press('Enter');
    }
    expect(await panel.sent('ask')).toMatchObject({ question: 'first' });
    await panel.send(update(without('e1', 'running', { question: 'first' })));
    const waiting = panel.page
      .getByRole('list', { name: 'Asked when the answer before is there.' })
      .getByRole('listitem');
    expect(await waiting.allInnerTexts()).toEqual(['second', 'third', 'fourth']);
    await waiting.nth(1).getByRole('button', { name: 'Do not ask this' }).click();
    expect(await panel.unread()).toEqual([]);
    await panel.send(update(exchange('e1', { question: 'first' })));
    expect(await panel.sent('ask')).toMatchObject({ question: 'second' });
    expect(await waiting.allInnerTexts()).toEqual(['fourth']);
    await panel.send(update(without('e2', 'running', { question: 'second' })));
    await panel.send(update(without('e2', 'cancelled', { question: 'second' })));
    expect(await panel.sent('ask')).toMatchObject({ question: 'fourth' });
    expect(await panel.unread()).toEqual([]);
  });

  test('stands at the top of the view, with those before above', async () => {
    const before = ['e1', 'e2', 'e3'].map((id) => exchange(id));
    const panel = await open({ state: panelState(before) });
    await panel.send(update(without('e4', 'running', { question: 'and where is it tested?' })));
    const heading = panel.page.getByRole('heading', { name: 'and where is it tested?' });
    await expect.poll(async () => (await heading.boundingBox())?.y).toBeLessThan(30);
    await panel.send(update(exchange('e4', { question: 'and where is it tested?' })));
    await panel.page.getByText('Sure: high').nth(3).waitFor();
    expect((await heading.boundingBox())?.y).toBeLessThan(30);
  });

  test('that failed, or was interrupted, says what can be done', async () => {
    const failure = {
      message: 'The process that searches ended. It has been started again.',
      remedy: 'retry',
    } as const;
    const panel = await open({
      state: panelState([without('e1', 'interrupted'), without('e2', 'failed', { failure })]),
    });
    await panel.page.getByText('Interrupted: the editor was closed during the search.').waitFor();
    await button(panel, 'Ask again').click();
    expect(await panel.sent('retry')).toEqual({ type: 'retry', id: 'e1' });
    await panel.page.getByText(failure.message).first().waitFor();
    await button(panel, 'Try Again').click();
    expect(await panel.sent('retry')).toEqual({ type: 'retry', id: 'e2' });
    await panel.send(update(without('e2', 'failed', { failure: { message: 'No ripgrep.', remedy: 'run-doctor' } })));
    await button(panel, 'Run Doctor').click();
    expect(await panel.sent('remedy')).toEqual({ type: 'remedy', remedy: 'run-doctor' });
  });

  test('without a sure answer asks for the right place', async () => {
    const panel = await open({ state: panelState([exchange('e1', { answer: UNSURE })]) });
    await panel.page.getByText('I am not sure. These are the nearest places.').first().waitFor();
    await panel.page.getByText('Sure: low', { exact: true }).waitFor();
    await panel.page.getByText('Note: The docs index is not complete yet: 12 of 40 files.').waitFor();
    await button(panel, 'The selection is the right place').click();
    expect(await panel.sent('place')).toEqual({ type: 'place', id: 'e1' });
  });

  test('without an answer shows what was searched and the nearest places', async () => {
    const panel = await open({ state: panelState([exchange('e1', { answer: NOT_FOUND })]) });
    await panel.page.getByText('Nothing in this workspace answers that: 312 files were searched.').waitFor();
    expect(await panel.page.locator('.call').count()).toBe(6);
    expect(await panel.page.locator('.card').count()).toBe(2);
    expect(await button(panel, 'Accept').count()).toBe(0);
    expect(await panel.page.getByText('Sure:').count()).toBe(0);
    await button(panel, 'The selection is the right place').waitFor();
  });
});

describePanel('a cited place', (open) => {
  const cards = ({ page }: PanelPage): Locator => page.locator('ol.cards > li');

  test('opens by click, beside by Ctrl+click, from its head and from its lines', async () => {
    const panel = await open({ state: panelState([exchange('e1')]) });
    const head = button(panel, 'Place 1: src/net/retry.ts, lines 12–22, withBackoff');
    await head.click();
    expect(await panel.sent('open')).toEqual({ type: 'open', id: 'e1', number: 1, beside: false });
    await head.click({ modifiers: ['Control'] });
    expect(await panel.sent('open')).toEqual({ type: 'open', id: 'e1', number: 1, beside: true });
    await cards(panel)
      .nth(1)
      .getByText('return withBackoff')
      .click({ modifiers: ['Control'] });
    expect(await panel.sent('open')).toEqual({ type: 'open', id: 'e1', number: 2, beside: true });
    const line = (await cards(panel).nth(1).getByText('async send(upload').boundingBox())!;
    await panel.page.mouse.move(line.x + 2, line.y + 5);
    await panel.page.mouse.down();
    await panel.page.mouse.move(line.x + 60, line.y + 5);
    await panel.page.mouse.up();
    expect(await panel.page.evaluate(() => window.getSelection()?.toString())).toMatch(/^async/);
    expect(await panel.unread()).toEqual([]);
  });

  test('is reached by its number and by the keyboard alone', async () => {
    const panel = await open({ state: panelState([exchange('e1')]) });
    const { page } = panel;
    await button(panel, 'Place 2').click();
    expect(await focused(panel)).toBe('Place 2: src/net/queue.ts, lines 88–91, UploadQueue.send');
    for (const [key, number] of [
      ['j', 3],
      ['j', 3],
      ['k', 2],
      ['ArrowUp', 1],
      ['ArrowDown', 2],
      ['End', 3],
      ['Home', 1],
    ] as const) {
      await page.keyboard.press(key);
      expect(await focused(panel)).toMatch(new RegExp(`^Place ${number}:`));
    }
    await page.keyboard.press('Enter');
    expect(await panel.sent('open')).toMatchObject({ number: 1, beside: false });
    await page.keyboard.press('Control+Enter');
    expect(await panel.sent('open')).toMatchObject({ number: 1, beside: true });
    const order: string[] = [];
    for (let i = 0; i < 5; i++) {
      await page.keyboard.press('Tab');
      order.push(await focused(panel));
    }
    expect(order).toEqual(['3 more lines', 'This is the place', 'Not this', 'Copy place 1', 'Accept']);
  });

  test('is ticked as the place or as not this, and unticked', async () => {
    const panel = await open({ state: panelState([exchange('e1')]) });
    const right = cards(panel).nth(1).getByRole('button', { name: 'This is the place' });
    const wrong = cards(panel).nth(1).getByRole('button', { name: 'Not this' });
    expect(await right.getAttribute('aria-pressed')).toBe('false');
    await right.click();
    expect(await panel.sent('tick')).toEqual({ type: 'tick', id: 'e1', number: 2, tick: 'right' });
    await panel.send(update(exchange('e1', { feedback: { ticks: { 2: 'right' }, places: [] } })));
    await expect.poll(() => right.getAttribute('aria-pressed')).toBe('true');
    expect(await wrong.getAttribute('aria-pressed')).toBe('false');
    await right.click();
    expect(await panel.sent('tick')).toEqual({ type: 'tick', id: 'e1', number: 2, tick: 'none' });
    await wrong.click();
    expect(await panel.sent('tick')).toEqual({ type: 'tick', id: 'e1', number: 2, tick: 'wrong' });
    await cards(panel).nth(1).getByRole('button', { name: 'Copy place 2' }).click();
    expect(await panel.sent('copy')).toEqual({ type: 'copy', id: 'e1', number: 2 });
  });

  test('says when its lines have moved or are gone', async () => {
    const panel = await open({ state: panelState([exchange('e1')]) });
    const span = { path: 'src/net/retry.ts', start: 30, end: 40 };
    await panel.send({
      type: 'places',
      id: 'e1',
      places: [{ state: 'moved', span }, { state: 'stale' }, { state: 'same' }],
    });
    await cards(panel).nth(0).getByText('30–40').waitFor();
    await button(panel, /^Place 1: .* lines 30–40, .*These lines stood at 12–22 when they were cited\.$/).waitFor();
    await cards(panel).nth(1).getByText('changed since').waitFor();
    expect(await cards(panel).nth(2).locator('.mark').count()).toBe(0);
  });

  test('has the colours of the theme as soon as they come, and never those of other lines', async () => {
    const panel = await open({ state: panelState([exchange('e1')]) });
    const colors = ['#c586c0', '#dcdcaa', '#6a9955'] as const;
    const [first, , third] = CITATIONS.map(({ lines }) => tokensOf(lines, colors));
    const others = CITATIONS[1]!.lines.map(() => [{ text: 'other text', color: '#ff0000' }]);
    await panel.send({ type: 'colors', id: 'e1', citations: [first, others, third] });
    const keyword = cards(panel)
      .nth(0)
      .locator('.preview .line span', { hasText: /^export$/ });
    expect(await keyword.evaluate((element) => getComputedStyle(element).color)).toBe('rgb(197, 134, 192)');
    expect(await cards(panel).nth(1).locator('.preview').innerText()).toContain(
      'return withBackoff(() => this.post(upload));',
    );
    expect(await cards(panel).nth(1).locator('.preview .line span').count()).toBe(0);
  });

  test('shows its first lines without their margin, and all when asked to', async () => {
    const panel = await open({ state: panelState([exchange('e1')]) });
    const lines = cards(panel).nth(0).locator('.preview .line');
    expect(await lines.count()).toBe(8);
    await button(panel, '3 more lines').click();
    expect(await lines.allTextContents()).toEqual(CITATIONS[0]!.lines.map((line) => `${line}\n`));
    await button(panel, 'Fewer lines').click();
    expect(await lines.count()).toBe(8);
    expect(await cards(panel).nth(1).locator('.preview .line').allTextContents()).toEqual(
      CITATIONS[1]!.lines.map((line) => `${line.slice(4)}\n`),
    );
  });

  test('of an older question is folded away, and comes back by its number', async () => {
    const panel = await open({ state: panelState(['e1', 'e2', 'e3', 'e4', 'e5'].map((id) => exchange(id))) });
    const old = panel.page.locator('article').first();
    expect(await old.locator('.card').count()).toBe(0);
    await old.getByRole('button', { name: '3 places' }).waitFor();
    await old.getByRole('button', { name: 'Place 3', exact: true }).click();
    expect(await focused(panel)).toMatch(/^Place 3: docs\/uploads\.md/);
  });
});

describePanel('what the user says about an answer', (open) => {
  test('is accepted and taken back with one button that keeps the focus', async () => {
    const panel = await open({ state: panelState([exchange('e1')]) });
    await button(panel, 'Accept').click();
    expect(await panel.sent('verdict')).toEqual({ type: 'verdict', id: 'e1', verdict: 'accepted' });
    await panel.send(update(exchange('e1', { feedback: { verdict: 'accepted', ticks: {}, places: [] } })));
    await button(panel, 'Accepted · undo').waitFor();
    expect(await focused(panel)).toBe('Accepted · undo');
    expect(await button(panel, 'Not right…').count()).toBe(0);
    await panel.page.keyboard.press('Enter');
    expect(await panel.sent('verdict')).toEqual({ type: 'verdict', id: 'e1', verdict: 'none' });
  });

  test('is not right: other places are pointed out and removed', async () => {
    const panel = await open({ state: panelState([exchange('e1')]) });
    await button(panel, 'Not right…').click();
    expect(await panel.sent('verdict')).toEqual({ type: 'verdict', id: 'e1', verdict: 'rejected' });
    await panel.send(update(exchange('e1', { feedback: { verdict: 'rejected', ticks: {}, places: [] } })));
    await button(panel, 'Not right · undo').waitFor();
    expect(await focused(panel)).toBe('Not right · undo');
    await button(panel, 'The selection is the right place').click();
    expect(await panel.sent('place')).toEqual({ type: 'place', id: 'e1' });
    const places = [
      { path: 'src/net/retry.ts', start: 3, end: 9 },
      { path: 'src/main.ts', start: 1, end: 1 },
    ];
    await panel.send(update(exchange('e1', { feedback: { verdict: 'rejected', ticks: {}, places } })));
    const list = panel.page.getByRole('list', { name: 'Right places' }).getByRole('listitem');
    expect(await list.allTextContents()).toEqual(['src/net/retry.ts3–9', 'src/main.ts1']);
    await button(panel, 'Remove src/main.ts 1').click();
    expect(await panel.sent('place')).toEqual({ type: 'place', id: 'e1', remove: 1 });
  });

  test('copies all, opens all', async () => {
    const panel = await open({ state: panelState([exchange('e1')]) });
    await button(panel, 'Copy').click();
    expect(await panel.sent('copy')).toEqual({ type: 'copy', id: 'e1' });
    await button(panel, 'Copied').waitFor();
    await button(panel, 'Copy').waitFor();
    await button(panel, 'Open all').click();
    expect(await panel.sent('open-all')).toEqual({ type: 'open-all', id: 'e1' });
  });
});
