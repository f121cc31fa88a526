/** Times of a question as its reader has them: from the key to what is drawn. */
import { ask, ended } from '../panel.ts';
import type { Panel } from '../panel.ts';

export interface AskTimes {
  /** To the first row of the trail. */
  readonly stepMs: number;
  /** To the answer. */
  readonly answerMs: number;
}

type Watching = typeof globalThis & { spoorTimes?: Promise<AskTimes> };

export async function askTimed(panel: Panel, question: string): Promise<AskTimes> {
  const page = panel.frame.locator('html');
  await page.evaluate(watchNextQuestion);
  await ask(panel, question);
  await ended(panel);
  return page.evaluate(() => (globalThis as Watching).spoorTimes!);
}

/** Runs in the panel's page. What a change of the page brought is drawn in the frame after it. */
function watchNextQuestion(page: Element): void {
  const before = page.querySelectorAll('article').length;
  (globalThis as Watching).spoorTimes = new Promise((resolve) => {
    let beganMs = NaN;
    const onKey = (event: Event): void => {
      if ((event as KeyboardEvent).key === 'Enter') beganMs = event.timeStamp;
    };
    page.addEventListener('keydown', onKey, true);
    const drawn = (tell: (ms: number) => void): unknown =>
      requestAnimationFrame(() => tell(performance.now() - beganMs));
    let stepMs: number | undefined;
    let isSeen = false;
    const changes = new MutationObserver(() => {
      const article = page.querySelectorAll('article')[before];
      if (!isSeen && article?.querySelector('.call')) {
        isSeen = true;
        drawn((ms) => (stepMs = ms));
      }
      if (!article?.querySelector('.answer') || article.getAttribute('aria-busy') !== 'false') return;
      changes.disconnect();
      page.removeEventListener('keydown', onKey, true);
      drawn((answerMs) => resolve({ stepMs: stepMs ?? answerMs, answerMs }));
    });
    changes.observe(page, { subtree: true, childList: true, attributes: true });
  });
}
