import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import type { ExchangeProse, PanelState, ProseSentence, ToPanel } from '#vscode/messages.ts';
import { PROSE, exchange, panelState, without } from './exchanges.ts';
import type { PanelPage } from './panelPage.ts';
import { describePanel } from './useBrowser.ts';

const MODEL = PROSE.model;
const written = (change: Partial<ExchangeProse> = {}): PanelState =>
  panelState([exchange('e1', { prose: { ...PROSE, ...change } })], { status: statusOf(MODEL) });
const statusOf = (model: string): PanelState['status'] => ({ ...panelState().status, model });
const said = (text: string, ...citations: readonly number[]): ProseSentence => ({ text, citations });
const running = (...sentences: readonly ProseSentence[]): ToPanel => ({
  type: 'prose',
  id: 'e1',
  prose: { model: MODEL, sentences, state: 'running', notes: [] },
});
const button = ({ page }: PanelPage, name: string): Locator => page.getByRole('button', { name, exact: true });
const told = ({ page }: PanelPage): Promise<string[]> =>
  page.getByRole('log', { name: 'Announcements' }).locator('p').allTextContents();
const focused = ({ page }: PanelPage): Promise<string> =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '');

describePanel('what a language model writes', (open) => {
  test('comes piece by piece between the searches and the answer, which stays', async () => {
    const panel = await open({ state: panelState([exchange('e1')], { status: statusOf(MODEL) }) });
    const { page } = panel;
    const answer = await page.locator('.answer').innerText();
    await panel.send(running());
    await page.getByRole('progressbar', { name: 'Writing' }).waitFor();
    expect(await page.locator('.prose .fold').innerText()).toBe(`${MODEL} writes:`);
    await panel.send(running(said('Failed uploads are tried ag')));
    expect(await page.locator('.prose-text').innerText()).toBe('Failed uploads are tried ag');
    await panel.send(running(said('Failed uploads are tried again.', 1), said('The de')));
    expect(await page.locator('.prose-text').innerText()).toBe('Failed uploads are tried again [1]. The de');
    // The number of a sentence comes at its end: what is not at its end is not said to have none.
    expect(await page.locator('.uncited').count()).toBe(0);
    expect(await page.locator('.answer').innerText()).toBe(answer);
    const order = await page
      .locator('article > :is(.trail, .prose, .answer, .cards)')
      .evaluateAll((parts) => parts.map(({ className }) => className));
    expect(order).toEqual(['trail', 'prose', 'answer', 'cards']);

    await panel.send({ type: 'exchange', exchange: exchange('e1', { prose: PROSE }) });
    expect(await page.locator('.prose .fold').innerText()).toBe(`${MODEL} wrote:`);
    expect(await page.getByRole('progressbar').count()).toBe(0);
    expect(await page.locator('.prose li').allInnerTexts()).toEqual([
      'The delay doubles each time [1][3].',
      'After the last attempt the error is thrown [1].',
    ]);
    expect(await page.locator('.prose-code').textContent()).toBe(`${PROSE.sentences[5]!.text}\n`);
    expect(await page.locator('.prose p code').allTextContents()).toEqual(['withBackoff', 'UploadQueue.send']);
  });

  test('leads by its numbers to the places, and marks what has none', async () => {
    const panel = await open({ state: written() });
    const prose = panel.page.locator('.prose');
    await prose.getByRole('button', { name: 'Place 2', exact: true }).click();
    expect(await focused(panel)).toBe('Place 2: src/net/queue.ts, lines 88–91, UploadQueue.send');
    const bare = prose.locator('.uncited[title="rests on no cited place"]');
    expect(await bare.allTextContents()).toEqual(['Most people find five attempts enough. (rests on no cited place)']);
    expect(await prose.locator('.note').allInnerTexts()).toEqual([
      'This code is not from the cited places.',
      'Underlined: rests on no cited place',
    ]);
    expect(await bare.evaluate((element) => getComputedStyle(element).textDecorationStyle)).toBe('dotted');
  });

  test('has no number of a place that the answer does not have', async () => {
    const panel = await open({
      state: written({ sentences: [said('It is somewhere.', 7), said('It is here.', 1, 9)] }),
    });
    expect(await panel.page.locator('.prose .reference').allTextContents()).toEqual(['[1]']);
    expect(await panel.page.locator('.uncited').first().textContent()).toContain('It is somewhere.');
  });

  test('is nothing but text, whatever it is', async () => {
    const attack =
      '<img src=x onerror="complain(1)"> [a](command:evil) <https://example.org> \u202e`<b>` ![x](https://example.org/x.png)';
    const begins = [undefined, 'item', 'code'] as const;
    const sentences = begins.map((one) => ({ text: attack, citations: [1], ...(one && { begins: one }) }));
    const failure = { message: attack, remedy: 'choose-model' } as const;
    const panel = await open({
      state: written({ model: attack, sentences, notes: [attack], failure, state: 'failed' }),
    });
    const shown = attack.replace('\u202e', 'U+202E');
    expect(await panel.page.locator('.prose-code').textContent()).toBe(`${shown}\n`);
    expect(await panel.page.locator('.prose li').innerText()).toContain(
      '<img src=x onerror="complain(1)"> [a](command:evil)',
    );
    const names = await panel.page
      .locator('.prose, .prose *')
      .evaluateAll((elements) => [...new Set(elements.map(({ localName }) => localName))].sort());
    expect(names.filter((name) => !['svg', 'path'].includes(name))).toEqual(
      ['button', 'code', 'div', 'li', 'p', 'pre', 'section', 'span', 'ul'].sort(),
    );
  });

  test('is told to a screen reader when it is at its end, and not while it is written', async () => {
    const panel = await open({ state: panelState([exchange('e1')], { status: statusOf(MODEL) }) });
    await panel.send(running());
    await panel.send(running(said('Failed uploads')));
    await panel.send(running(said('Failed uploads are tried again.', 1), said('The')));
    expect(await told(panel)).toEqual([]);
    expect(await panel.page.locator('.prose').getAttribute('aria-busy')).toBe('true');
    const prose: ExchangeProse = { ...PROSE, sentences: [said('Failed uploads are tried by `withBackoff`.', 1)] };
    await panel.send({ type: 'exchange', exchange: exchange('e1', { prose }) });
    await expect.poll(() => told(panel)).toEqual([`${MODEL} wrote: Failed uploads are tried by withBackoff.`]);
    await panel.send(running());
    await panel.page.getByRole('progressbar', { name: 'Writing' }).waitFor();
    const failure = { message: 'Nobody answers.', remedy: 'retry' } as const;
    await panel.send({
      type: 'exchange',
      exchange: exchange('e1', { prose: { ...prose, sentences: [], state: 'failed', failure } }),
    });
    await expect.poll(() => told(panel)).toHaveLength(2);
    expect((await told(panel))[1]).toBe('Nobody answers.');
    // The answer and the beginning of its prose may come in one.
    await panel.send({ type: 'exchange', exchange: without('e2', 'running') });
    await panel.send({ type: 'exchange', exchange: exchange('e2', { prose: { ...prose, state: 'running' } }) });
    await expect.poll(() => told(panel)).toHaveLength(4);
    expect((await told(panel))[3]).toMatch(/^Answer, 3 places\./);
  });

  test('is folded by a key, and stays so', async () => {
    const panel = await open({ state: written() });
    const fold = button(panel, `${MODEL} wrote:`);
    await fold.focus();
    await panel.page.keyboard.press('Enter');
    expect(await fold.getAttribute('aria-expanded')).toBe('false');
    expect(await panel.page.locator('.prose-text').isVisible()).toBe(false);
    await panel.reload();
    await fold.waitFor();
    expect(await panel.page.locator('.prose-text').isVisible()).toBe(false);
    await fold.press('Enter');
    expect(await panel.page.locator('.prose-text').innerText()).toContain('Failed uploads');
  });

  test('is gone through by Tab in the order of reading', async () => {
    const panel = await open({ state: written() });
    await panel.page.locator('.trail .fold').focus();
    const order: string[] = [];
    for (let i = 0; i < 7; i++) {
      await panel.page.keyboard.press('Tab');
      order.push((await focused(panel)).slice(0, 24));
    }
    expect(order).toEqual([`${MODEL} wrote:`, 'Place 1', 'Place 2', 'Place 1', 'Place 3', 'Place 1', 'Place 3']);
  });

  test('is stopped by the button and by Escape, and can be written again', async () => {
    const panel = await open({ state: panelState([exchange('e1')], { status: statusOf(MODEL) }) });
    await panel.send(running(said('Failed')));
    await button(panel, 'Stop (Esc)').click();
    expect(await panel.sent('cancel')).toEqual({ type: 'cancel', id: 'e1' });
    await panel.page.keyboard.press('Escape');
    expect(await panel.sent('cancel')).toEqual({ type: 'cancel', id: 'e1' });
    const prose: ExchangeProse = { ...PROSE, state: 'cancelled' };
    await panel.send({ type: 'exchange', exchange: exchange('e1', { prose }) });
    await panel.page.locator('.prose').getByText('Stopped.').waitFor();
    await panel.page.keyboard.press('Escape');
    expect(await panel.unread()).toEqual([]);
    await button(panel, 'Write Again').click();
    expect(await panel.sent('write')).toEqual({ type: 'write', id: 'e1' });
  });

  test('holds up no other question, and nothing that is said about the answer', async () => {
    const panel = await open({ state: panelState([exchange('e1')], { status: statusOf(MODEL) }) });
    await panel.send(running(said('Failed')));
    await button(panel, 'Accept').click();
    expect(await panel.sent('verdict')).toEqual({ type: 'verdict', id: 'e1', verdict: 'accepted' });
    await panel.page.getByLabel('Ask about this code').fill('and where is it tested?');
    await panel.page.getByLabel('Ask about this code').press('Enter');
    expect(await panel.sent('ask')).toMatchObject({ question: 'and where is it tested?' });
    await panel.send({ type: 'exchange', exchange: without('e2', 'running') });
    // What searches is stopped first.
    await panel.page.keyboard.press('Escape');
    expect(await panel.sent('cancel')).toEqual({ type: 'cancel', id: 'e2' });
  });

  test('that failed says why and what helps, below what was written', async () => {
    const failure = { message: 'http://localhost:11434 wants a key.', remedy: 'set-model-key' } as const;
    const panel = await open({
      state: written({ state: 'failed', failure, notes: ['1 number was taken out.'] }),
    });
    const prose = panel.page.locator('.prose');
    await prose.getByText(failure.message).waitFor();
    await prose.getByText('Note: 1 number was taken out.').waitFor();
    await button(panel, 'Set Key').click();
    expect(await panel.sent('remedy')).toEqual({ type: 'remedy', remedy: 'set-model-key' });
    await button(panel, 'Write Again').click();
    expect(await panel.sent('write')).toEqual({ type: 'write', id: 'e1' });
    await panel.page.locator('.answer').getByText('is a function in').waitFor();
  });

  test('was interrupted when the editor was closed, before anything was written', async () => {
    const panel = await open({ state: written({ state: 'interrupted', sentences: [] }) });
    await panel.page.getByText('Interrupted: the editor was closed during the writing.').waitFor();
    expect(await panel.page.locator('.prose .fold').count()).toBe(0);
    await button(panel, 'Write Again').waitFor();
  });

  test('leaves what is being read where it is', async () => {
    const panel = await open({ height: 400, state: panelState([exchange('e1')], { status: statusOf(MODEL) }) });
    const card = panel.page.locator('.card').nth(1);
    await card.scrollIntoViewIfNeeded();
    const before = (await card.boundingBox())!.y;
    await panel.send(running(...PROSE.sentences));
    await panel.page.locator('.prose li').first().waitFor({ state: 'attached' });
    expect(Math.abs((await card.boundingBox())!.y - before)).toBeLessThan(2);
  });

  test('is offered for the last answer when a model was chosen after it', async () => {
    const panel = await open({ state: panelState([exchange('e1'), exchange('e2')], { status: statusOf(MODEL) }) });
    await button(panel, `Let ${MODEL} write`).click();
    expect(await panel.sent('write')).toEqual({ type: 'write', id: 'e2' });
    await panel.send({ type: 'status', status: statusOf('') });
    await button(panel, `Let ${MODEL} write`).waitFor({ state: 'detached' });
  });
});

describePanel('the language model', (open) => {
  test('stands in the status line, which leads to choosing one', async () => {
    const panel = await open({ state: panelState() });
    await panel.page.getByText('Nothing leaves this machine.').waitFor();
    await button(panel, 'model: off').click();
    expect(await panel.sent('choose-model')).toEqual({ type: 'choose-model' });
    await panel.send({ type: 'status', status: statusOf('gpt\u202e-4') });
    await button(panel, 'model: gptU+202E-4').waitFor();
    expect(await panel.page.getByText('Nothing leaves this machine.').count()).toBe(0);
  });
});
