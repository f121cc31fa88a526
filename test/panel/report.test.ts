/** The report of a training run in a browser, as a file and in the editor's themes. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { reportPage } from '#core/learning/reportPage.ts';
import type { LearningReport } from '#core/learning/learningReport.ts';
import { trainedReport } from '../fakes/trainedReport.ts';
import { THEMES } from './themes.ts';
import { describePanel } from './useBrowser.ts';

const LONG = `packages/${'a-very-long-folder-name/'.repeat(8)}UploadQueueControllerImplementationFactory.ts`;
const report = trainedReport(0.3);
/** What has no place to break, wherever there is text. */
const wide: LearningReport = {
  ...report,
  workspace: 'w'.repeat(300),
  notes: ['n'.repeat(400)],
  dropped: [{ reason: 'd'.repeat(400), count: 1e9 }],
  after: { name: 'p'.repeat(100), digest: '3f786850e387550f' },
  gate: { ...report.gate, reasons: ['r'.repeat(400), ...report.gate.reasons] },
  questions: report.questions.map((one) => ({
    ...one,
    question: 'q'.repeat(300),
    after: { ...one.after, places: [{ path: LONG, start: 1, end: 120_000, isRight: true }] },
  })),
};

describePanel('the report', (open) => {
  /** A page of its own: the panel's would keep the panel's policy. */
  async function show(html: string, width = 800): Promise<{ page: Page; complaints: string[] }> {
    const panel = await open();
    const page = await panel.page.context().newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    await page.setViewportSize({ width, height: 700 });
    await page.setContent(html);
    return { page, complaints };
  }

  test('is as narrow as 300 px, whatever is in it', async () => {
    const { page, complaints } = await show(reportPage(wide), 300);
    const reaching = await page.evaluate(() =>
      [...document.querySelectorAll('body *')]
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
        .map(({ localName }) => localName),
    );
    expect(reaching).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(300);
    expect(complaints).toEqual([]);
  });

  test('can be read as a file in a light and in a dark scheme, and on paper', async () => {
    const { page } = await show(reportPage(report));
    for (const media of [
      { colorScheme: 'light' },
      { colorScheme: 'dark' },
      { media: 'print', colorScheme: 'dark' },
    ] as const) {
      await page.emulateMedia(media);
      expect(await faint(page)).toEqual([]);
    }
  });

  test.each(['dark', 'light', 'high-contrast', 'high-contrast-light'] as const)(
    'can be read in the theme %s',
    async (theme) => {
      const { page } = await show(reportPage(report));
      await page.emulateMedia({ colorScheme: theme.endsWith('light') ? 'light' : 'dark' });
      await page.evaluate((variables) => {
        for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(name, value);
      }, THEMES[theme]);
      expect(await faint(page)).toEqual([]);
    },
  );

  test('tells those who hear it what the curves and the columns are', async () => {
    const { page } = await show(reportPage(report));
    const reward = page.getByRole('img', { name: 'Reward' });
    expect(await reward.getAttribute('aria-labelledby')).toBe('spoor-curve-reward-title spoor-curve-reward-desc');
    await page.getByRole('region', { name: 'Before and after' }).waitFor();
    expect(await page.getByRole('columnheader').allTextContents()).toEqual(['Figure', 'Before', 'After', 'Change']);
    await page.getByRole('rowheader', { name: /^Score mean/ }).waitFor();
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
  });
});

/** Texts whose colour stands out less than 4.5 to 1 from what is behind them (WCAG 2.2, 1.4.3). */
const faint = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!;
    const painted = (colours: readonly string[]): number => {
      for (const colour of colours) {
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
      }
      const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((byte) =>
        byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
    };
    const behind = (element: Element | null): string[] =>
      element ? [...behind(element.parentElement), getComputedStyle(element).backgroundColor] : ['white'];
    const hasText = (element: Element): boolean =>
      [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim() !== '');
    return [...document.querySelectorAll('body *')].filter(hasText).flatMap((element) => {
      if (element.closest('title, desc') || element.textContent === '✓') return [];
      const back = behind(element);
      const style = getComputedStyle(element);
      const front = element.closest('svg') ? style.fill : style.color;
      const [one, other] = [painted(back), painted([...back, front])];
      const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      return ratio < 4.5 ? [`${element.localName}.${element.className}: ${ratio.toFixed(2)}`] : [];
    });
  });
