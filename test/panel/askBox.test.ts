import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { exchange, panelState, without } from './exchanges.ts';
import type { PanelPage } from './panelPage.ts';
import { describePanel } from './useBrowser.ts';

const box = ({ page }: PanelPage): Locator => page.getByLabel('Ask about this code', { exact: true });
const button = ({ page }: PanelPage, name: string): Locator => page.getByRole('button', { name, exact: true });
const options = ({ page }: PanelPage): Locator =>
  page.getByRole('listbox', { name: 'Files and folders' }).getByRole('option');
const chips = ({ page }: PanelPage): Locator => page.getByRole('list', { name: 'Narrowed to' }).getByRole('listitem');
const cursor = (panel: PanelPage): Promise<number> =>
  box(panel).evaluate((element) => (element as HTMLTextAreaElement).selectionStart);

/** Answers the latest request for paths. */
async function complete(panel: PanelPage, text: string, paths: readonly string[]): Promise<void> {
  for (;;) {
    const asked = await panel.sent('complete');
    if (asked.text !== text) continue;
    await panel.send({ type: 'completions', request: asked.request, paths });
    return;
  }
}

describePanel('the ask box', (open) => {
  test('takes several lines and grows with them', async () => {
    const panel = await open({ state: panelState() });
    const low = (await box(panel).boundingBox())!.height;
    await box(panel).pressSequentially('one');
    await box(panel).press('Shift+Enter');
    await box(panel).pressSequentially('two');
    expect((await box(panel).boundingBox())!.height).toBeGreaterThan(low + 10);
    await box(panel).press('Enter');
    expect((await panel.sent('ask')).question).toBe('one\ntwo');
    await box(panel).fill('line\n'.repeat(100));
    expect((await box(panel).boundingBox())!.height).toBeLessThan(700 * 0.45);
  });

  test('asks nothing when nothing is written', async () => {
    const panel = await open({ state: panelState() });
    await box(panel).press('Enter');
    await box(panel).fill('  \n ');
    await box(panel).press('Enter');
    expect(await button(panel, 'Ask (Enter)').isDisabled()).toBe(true);
    expect(await panel.unread()).toEqual([]);
    await box(panel).fill(' where? ');
    await button(panel, 'Ask (Enter)').click();
    expect((await panel.sent('ask')).question).toBe('where?');
  });

  test('steps through earlier questions, back to what was being written', async () => {
    const panel = await open({ state: panelState([], { asked: ['oldest', 'two\nlines', 'latest'] }) });
    await box(panel).fill('half a thou');
    const values: string[] = [];
    for (const key of ['ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowUp']) {
      await box(panel).press(key);
      values.push(await box(panel).inputValue());
    }
    // The cursor is at the end of the two lines: the first Up moves into the first of them.
    expect(values).toEqual(['latest', 'two\nlines', 'two\nlines', 'oldest']);
    expect(await cursor(panel)).toBe('oldest'.length);
    await box(panel).press('ArrowUp');
    expect(await box(panel).inputValue()).toBe('oldest');
    values.length = 0;
    for (let i = 0; i < 4; i++) {
      await box(panel).press('ArrowDown');
      values.push(await box(panel).inputValue());
    }
    expect(values).toEqual(['two\nlines', 'latest', 'half a thou', 'half a thou']);
    await box(panel).press('ArrowUp');
    await box(panel).press('Enter');
    expect((await panel.sent('ask')).question).toBe('latest');
  });

  test('moves in wrapped text before it steps', async () => {
    const long = 'where is it that the uploads which failed because the network was gone are tried again?';
    const panel = await open({ state: panelState([], { asked: ['earlier', long] }) });
    await box(panel).press('ArrowUp');
    expect(await box(panel).inputValue()).toBe(long);
    let ups = 0;
    while ((await box(panel).inputValue()) === long && ups < 10) {
      await box(panel).press('ArrowUp');
      ups++;
    }
    expect(ups).toBeGreaterThan(1);
    expect(await box(panel).inputValue()).toBe('earlier');
  });

  test('knows a question that was just asked', async () => {
    const panel = await open({ state: panelState() });
    await box(panel).fill('a new one');
    await box(panel).press('Enter');
    await box(panel).press('ArrowUp');
    expect(await box(panel).inputValue()).toBe('a new one');
  });

  test('narrows to paths that it completes', async () => {
    const panel = await open({ state: panelState() });
    await box(panel).pressSequentially('where is @src/ne');
    await complete(panel, 'src/ne', ['src/net/retry.ts', 'src/net', 'src/network.ts']);
    await options(panel).first().waitFor();
    const combobox = panel.page.getByRole('combobox', { name: 'Ask about this code', expanded: true });
    await combobox.waitFor();
    const active = async (): Promise<string> =>
      panel.page.locator(`#${await combobox.getAttribute('aria-activedescendant')}`).innerText();
    expect(await active()).toBe('src/net/retry.ts');
    await box(panel).press('ArrowDown');
    await expect.poll(active).toBe('src/net');
    await box(panel).press('ArrowUp');
    await box(panel).press('ArrowUp');
    await expect.poll(active).toBe('src/network.ts');
    await box(panel).press('ArrowUp');
    await expect.poll(active).toBe('src/net');
    await box(panel).press('Enter');
    await expect.poll(() => chips(panel).allTextContents()).toEqual(['src/net']);
    expect(await options(panel).count()).toBe(0);
    expect(await box(panel).inputValue()).toBe('where is ');
    await box(panel).pressSequentially('it?');
    await box(panel).press('Enter');
    expect(await panel.sent('ask')).toEqual({ type: 'ask', question: 'where is it?', scope: ['src/net'] });
    expect(await chips(panel).count()).toBe(0);
  });

  test('completes by Tab and by the mouse, and leaves an address and a closed list alone', async () => {
    const panel = await open({ state: panelState() });
    await button(panel, 'Narrow to files or folders (@)').click();
    await complete(panel, '', ['src', 'docs']);
    await options(panel).nth(1).click();
    expect(await chips(panel).allTextContents()).toEqual(['docs']);
    await box(panel).pressSequentially('@s');
    await complete(panel, 's', ['src']);
    await options(panel).first().waitFor();
    await box(panel).press('Tab');
    expect(await chips(panel).allTextContents()).toEqual(['docs', 'src']);
    await button(panel, 'Remove docs').click();
    expect(await chips(panel).allTextContents()).toEqual(['src']);

    await box(panel).pressSequentially('@Inject');
    await complete(panel, 'Inject', ['src/inject.ts']);
    await options(panel).first().waitFor();
    await box(panel).press('Escape');
    await expect.poll(() => options(panel).count()).toBe(0);
    await box(panel).pressSequentially('able of me@example.org');
    await box(panel).press('Enter');
    expect(await panel.sent('ask')).toMatchObject({ question: '@Injectable of me@example.org', scope: ['src'] });
    const texts = (await panel.unread()).map((message) => (message.type === 'complete' ? message.text : message.type));
    expect(texts.filter((text) => text.includes('example'))).toEqual([]);
  });

  test('says when no path fits', async () => {
    const panel = await open({ state: panelState() });
    await box(panel).pressSequentially('@zz');
    await complete(panel, 'zz', []);
    await panel.page.getByText('No file or folder has this in its path.').waitFor();
    await box(panel).press('Enter');
    expect(await panel.sent('ask')).toMatchObject({ question: '@zz' });
  });

  test('takes over a selection and a text that the editor composes', async () => {
    const panel = await open({ state: panelState() });
    await box(panel).fill('mine');
    const selection = { path: 'src/net/retry.ts', start: 12, end: 22, text: 'function withBackoff() {}' };
    await panel.send({ type: 'compose', selection, scope: ['src'] });
    await expect.poll(() => chips(panel).allTextContents()).toEqual(['src/net/retry.ts12–22', 'src']);
    expect(await box(panel).inputValue()).toBe('mine');
    await panel.send({ type: 'compose', text: 'why?' });
    await expect.poll(() => box(panel).inputValue()).toBe('why?');
    expect(await box(panel).evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await cursor(panel)).toBe(4);
    await box(panel).press('Enter');
    expect(await panel.sent('ask')).toEqual({ type: 'ask', question: 'why?', scope: ['src'], selection });
    await panel.send({ type: 'compose', selection });
    await button(panel, 'Remove the selection').click();
    expect(await chips(panel).count()).toBe(0);
  });

  test('keeps what is written while the panel is hidden', async () => {
    const panel = await open({ state: panelState([exchange('e1')]) });
    await panel.send({ type: 'compose', text: 'half a question', scope: ['src'] });
    await chips(panel).first().waitFor();
    await panel.page.locator('.log').evaluate((log) => log.scrollTo(0, 100));
    await expect
      .poll(() => panel.page.evaluate(() => JSON.parse(sessionStorage.getItem('state') ?? '{}').scroll))
      .toBe(100);
    await panel.reload();
    expect(await box(panel).inputValue()).toBe('half a question');
    expect(await chips(panel).allTextContents()).toEqual(['src']);
    expect(await panel.page.locator('.log').evaluate((log) => log.scrollTop)).toBe(100);
  });

  test('gets back what waited when another conversation is opened', async () => {
    const panel = await open({ state: panelState([without('e1', 'running')]) });
    await box(panel).fill('a waiting one');
    await box(panel).press('Enter');
    await panel.page.getByText('a waiting one').waitFor();
    const other = { id: 'c2', title: 'another', exchanges: [] };
    await panel.send({ type: 'state', state: panelState([], { conversation: other }) });
    await expect.poll(() => box(panel).inputValue()).toBe('a waiting one');
    expect(await panel.unread()).toEqual([]);
  });

  test('takes no more text than can be asked', async () => {
    const panel = await open({ state: panelState() });
    expect(await box(panel).getAttribute('maxlength')).toBe('100000');
  });

  test('gets back a question that is refused, with the reason, and asks on', async () => {
    const panel = await open({ state: panelState() });
    const selection = { path: 'src/net/retry.ts', start: 12, end: 22, text: 'code' };
    await panel.send({ type: 'compose', text: 'too much?', scope: ['src'], selection });
    await box(panel).press('Enter');
    await panel.sent('ask');
    expect(await box(panel).inputValue()).toBe('');
    const failure = { message: 'This is more than can be asked at once.', remedy: 'show-log' } as const;
    await panel.send({ type: 'refused', failure });
    await panel.page.getByText(failure.message).waitFor();
    await expect.poll(() => box(panel).inputValue()).toBe('too much?');
    expect(await chips(panel).allTextContents()).toEqual(['src/net/retry.ts12–22', 'src']);
    await button(panel, 'Remove src').click();
    await box(panel).press('Enter');
    expect(await panel.sent('ask')).toEqual({ type: 'ask', question: 'too much?', scope: [], selection });
    await expect.poll(() => panel.page.getByText(failure.message).count()).toBe(0);
  });

  test('does not lose a question that is refused while another is written, nor one that waits', async () => {
    const panel = await open({ state: panelState() });
    for (const question of ['refused', 'waiting']) {
      await box(panel).fill(question);
      await box(panel).press('Enter');
    }
    expect(await panel.sent('ask')).toMatchObject({ question: 'refused' });
    await box(panel).fill('being written');
    await panel.send({ type: 'refused', failure: { message: 'Too much.', remedy: 'show-log' } });
    expect(await panel.sent('ask')).toMatchObject({ question: 'waiting' });
    expect(await box(panel).inputValue()).toBe('being written');
    await box(panel).press('ArrowUp');
    await box(panel).press('ArrowUp');
    expect(await box(panel).inputValue()).toBe('refused');
  });

  test('does not take Enter from an input method', async () => {
    const panel = await open({ state: panelState() });
    await box(panel).fill('かんじ');
    await box(panel).dispatchEvent('keydown', { key: 'Enter', isComposing: true });
    expect(await panel.unread()).toEqual([]);
    expect(await box(panel).inputValue()).toBe('かんじ');
  });
});
