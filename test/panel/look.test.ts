import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PanelState } from '#vscode/messages.ts';
import { ANSWER, CITATIONS, NOT_FOUND, PROSE, exchange, panelState, without } from './exchanges.ts';
import type { PageOptions, PanelPage } from './panelPage.ts';
import { THEMES, type ThemeName } from './themes.ts';
import { describePanel } from './useBrowser.ts';

const LONG = 'packages/a-very-long-package-name/src/components/internal/UploadQueueControllerImplementationFactory.ts';
const WIDE: PanelState = panelState(
  [
    exchange('e1', {
      question: `where is ${'x'.repeat(300)} and أين نعيد محاولة رفع الملفات؟`,
      scope: [LONG],
      answer: {
        ...ANSWER,
        sentences: [{ text: `\`${'y'.repeat(200)}\` is in ${LONG}.`, citations: [1, 2, 3] }],
        citations: CITATIONS.map((citation) => ({
          ...citation,
          path: LONG,
          lines: ['z'.repeat(50_000), ...citation.lines],
          symbol: { name: 'n'.repeat(200), kind: 'class', inside: [] },
          why: [`matches "${'w'.repeat(100)}"`],
        })),
        notes: ['n'.repeat(200)],
      },
      feedback: { verdict: 'rejected', ticks: { 1: 'wrong' }, places: [{ path: LONG, start: 1, end: 12_000 }] },
    }),
    exchange('e2', { answer: NOT_FOUND }),
    exchange('e5', {
      prose: {
        ...PROSE,
        model: 'm'.repeat(100),
        state: 'failed',
        failure: { message: 'f'.repeat(200), remedy: 'choose-model' },
        sentences: (['paragraph', 'item', 'code'] as const).map((begins) => ({
          text: `\`${'y'.repeat(200)}\` ${'p'.repeat(300)}`,
          citations: [1, 2, 3],
          begins,
        })),
      },
    }),
    without('e3', 'failed', { failure: { message: 'm'.repeat(200), remedy: 'retry' } }),
    without('e4', 'running'),
  ],
  { workspace: 'untrusted', trouble: { message: 't'.repeat(200), remedy: 'run-doctor' } },
);

/** Everything open, and something in every part of the page. */
async function fill(panel: PanelPage): Promise<void> {
  const { page } = panel;
  const folded = page.locator('.fold[aria-expanded="false"]');
  while ((await folded.count()) > 0) await folded.first().click();
  await panel.send({ type: 'compose', text: 'q '.repeat(200), scope: [LONG, 'docs'] });
  await page.locator('.ask .chip').first().waitFor();
}

/** Elements that reach out of the page, or that can be scrolled sideways. */
const tooWide = ({ page }: PanelPage): Promise<string[]> =>
  page.evaluate(() => {
    const name = (element: Element): string => `${element.localName}.${element.className}`;
    const isClipped = (element: Element): boolean => {
      for (let box = element.parentElement; box; box = box.parentElement)
        if (box.localName !== 'body' && /hidden|clip/.test(getComputedStyle(box).overflowX)) {
          const { left, right } = box.getBoundingClientRect();
          return left >= -1 && right <= innerWidth + 1 && !box.matches('.log, .history > ul, .paths');
        }
      return false;
    };
    return [...document.querySelectorAll('#spoor, #spoor *')]
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        if (width <= 1 || element.closest('.for-screen-readers')) return false;
        return (left < -1 || right > innerWidth + 1) && !isClipped(element);
      })
      .map(name);
  });

describePanel('the look of the panel', (open) => {
  const sizes: readonly (readonly [string, PageOptions])[] = [
    ['300 px', { width: 300 }],
    ['220 px', { width: 220 }],
    ['300 px at 200 %', { width: 300, zoom: 2 }],
    ['220 px at 200 %', { width: 220, zoom: 2 }],
    ['900 px, as an editor', { width: 900 }],
  ];
  for (const [title, size] of sizes)
    test(`nothing reaches out of a panel of ${title}`, async () => {
      const panel = await open({ ...size, state: WIDE });
      await fill(panel);
      expect(await tooWide(panel)).toEqual([]);
      await panel.page.getByLabel('Ask about this code').fill('@x');
      await panel.sent('complete');
      const { request } = (await panel.unread()).findLast((message) => message.type === 'complete') ?? { request: 1 };
      await panel.send({ type: 'completions', request, paths: [LONG, 'src'] });
      await panel.page.getByRole('listbox').waitFor();
      expect(await tooWide(panel)).toEqual([]);
      const conversation = { id: 'c1', title: 'c'.repeat(300), updatedMs: 0, exchanges: 1 };
      await panel.send({ type: 'history', conversations: [conversation], query: '' });
      await panel.page.locator('.row').first().hover();
      expect(await tooWide(panel)).toEqual([]);
      await panel.page.getByRole('button', { name: /^Delete c/ }).click();
      expect(await tooWide(panel)).toEqual([]);
    });

  test('every button that a narrow panel has can be hit', async () => {
    const panel = await open({ width: 220, zoom: 2, state: panelState([exchange('e1')]) });
    for (const name of ['Accept', 'Not right…', 'Copy', 'Open all', 'Narrow to files or folders (@)'])
      await panel.page.getByRole('button', { name, exact: true }).click({ trial: true });
    await panel.page.getByRole('button', { name: 'Not this' }).first().click({ trial: true });
  });

  test('the colours are those of the theme', () => {
    const styles = readFileSync(join(import.meta.dirname, '../../media/panel.css'), 'utf8');
    const known = new Set(Object.values(THEMES).flatMap((variables) => Object.keys(variables)));
    const used = [...styles.matchAll(/var\((--vscode-[\w-]+)/g)].map(([, name]) => name!);
    expect(used.filter((name) => !known.has(name))).toEqual([]);
    expect(styles.match(/#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch|color-mix|(?:linear|radial)-gradient)\(/gi)).toBeNull();
  });

  for (const theme of Object.keys(THEMES) as ThemeName[])
    test(`text can be read in the theme ${theme}`, async () => {
      const judged = { verdict: 'rejected', ticks: { 1: 'wrong', 2: 'right' }, places: [CITATIONS[0]!] } as const;
      const trouble = { message: 'ripgrep was not found.', remedy: 'run-doctor' } as const;
      const prose = { ...PROSE, state: 'failed', failure: { message: 'It broke off.', remedy: 'retry' } } as const;
      const first = exchange('e1', { feedback: judged, prose });
      const state = panelState([first, without('e2', 'running')], { trouble });
      const panel = await open({ theme, state: { ...state, workspace: 'untrusted' } });
      const span = CITATIONS[2]!;
      await panel.send({ type: 'places', id: 'e1', places: [{ state: 'stale' }, { state: 'moved', span }] });
      await fill(panel);
      await panel.page.getByText('changed since').waitFor();
      expect(await faint(panel)).toEqual([]);
    });

  for (const theme of ['high-contrast', 'high-contrast-light'] as const)
    test(`cards, fields and buttons have borders in ${theme}`, async () => {
      const panel = await open({ theme, state: panelState([exchange('e1')]) });
      await panel.page.getByLabel('Ask about this code').blur();
      const border = (selector: string): Promise<string> =>
        panel.page
          .locator(selector)
          .first()
          .evaluate((element) => {
            const { borderTopWidth, borderTopColor } = getComputedStyle(element);
            return `${borderTopWidth} ${borderTopColor}`;
          });
      for (const selector of ['.card', '.ask-frame', '.verdict button:not(.link)'])
        expect(await border(selector)).toBe(
          theme === 'high-contrast' ? '1px rgb(111, 195, 223)' : '1px rgb(15, 74, 133)',
        );
    });

  test('the focus can be seen wherever it is', async () => {
    const panel = await open({ state: panelState([exchange('e1')]) });
    await panel.page.locator('.trail .fold').focus();
    for (let i = 0; i < 18; i++) {
      const seen = await panel.page.evaluate(() => {
        const element = document.activeElement!;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        const frame = element.closest('.ask-frame');
        return outlineStyle === 'solid' && outlineWidth !== '0px'
          ? true
          : element.localName === 'textarea' && getComputedStyle(frame!).borderTopColor === 'rgb(0, 120, 212)';
      });
      expect(seen).toBe(true);
      await panel.page.keyboard.press('Tab');
    }
  });

  test('nothing moves for who wants no motion', async () => {
    const state = panelState([without('e1', 'running')]);
    const animation = ({ page }: PanelPage): Promise<string> =>
      page.locator('.progress').evaluate((element) => getComputedStyle(element, '::after').animationName);
    expect(await animation(await open({ state }))).toBe('progress');
    expect(await animation(await open({ state, reducedMotion: true }))).toBe('none');
    const panel = await open({ state });
    await panel.page.evaluate(() => document.body.classList.add('vscode-reduce-motion'));
    expect(await animation(panel)).toBe('none');
  });

  test('a question in a language from right to left is written from there; code stays as it is', async () => {
    const question = 'أين نعيد محاولة رفع الملفات؟';
    const panel = await open({ state: panelState([exchange('e1', { question })]) });
    const direction = (selector: string): Promise<string> =>
      panel.page
        .locator(selector)
        .first()
        .evaluate((element) => getComputedStyle(element).direction);
    expect(await direction('h2')).toBe('rtl');
    expect(await direction('.preview pre')).toBe('ltr');
    expect(await direction('.path')).toBe('ltr');
    await panel.page.getByLabel('Ask about this code').fill(question);
    expect(await direction('textarea')).toBe('rtl');
  });
});

/** Texts with less contrast to what is behind them than WCAG AA asks for (4.5), but for what is switched off. */
const faint = ({ page }: PanelPage): Promise<string[]> =>
  page.evaluate(() => {
    type Color = readonly [number, number, number, number];
    const parse = (color: string): Color => {
      const [r = 0, g = 0, b = 0, a = 1] = (color.match(/[\d.]+/g) ?? []).map(Number);
      return [r, g, b, color === 'transparent' ? 0 : a];
    };
    const over = ([r, g, b, a]: Color, [R, G, B]: Color): Color => [
      r * a + R * (1 - a),
      g * a + G * (1 - a),
      b * a + B * (1 - a),
      1,
    ];
    const behind = (element: Element | null): Color =>
      element
        ? over(parse(getComputedStyle(element).backgroundColor), behind(element.parentElement))
        : [255, 255, 255, 1];
    const light = (color: Color): number => {
      const [r, g, b] = color.slice(0, 3).map((part) => {
        const share = part / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      }) as [number, number, number];
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (element: Element): number => {
      const back = behind(element);
      const [low, high] = [light(over(parse(getComputedStyle(element).color), back)), light(back)].sort(
        (a, b) => a - b,
      );
      return (high! + 0.05) / (low! + 0.05);
    };
    return [...document.querySelectorAll('#spoor *')]
      .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()))
      .filter((element) => !element.closest('.for-screen-readers, :disabled') && contrast(element) < 4.5)
      .map((element) => `${element.className || element.localName}: ${contrast(element).toFixed(2)}`);
  });
