/** Times of the hover provider for a name that was explained before, in milliseconds. */
import { join } from 'node:path';
import { goTo, openFile, runCommand } from '../hostWindow.ts';
import { shownHover } from '../hover.ts';
import type { MeasuredServer } from './measuredServer.ts';

/** Where the fixture's `queue.ts` calls `withBackoff`. */
const FILE = 'src/upload/queue.ts';
const NAME = 'withBackoff';
const PLACE = { line: 44, column: 22 };
const CARD = 'Ask about this';

export async function measureHover(
  { window, probe }: MeasuredServer,
  workspace: string,
  times: number,
): Promise<readonly number[]> {
  await openFile(window, FILE);
  await goTo(window, PLACE.line, PLACE.column);
  await runCommand(window, 'Spoor: Explain Symbol');
  await shownHover(window).filter({ hasText: CARD }).first().waitFor();
  const hovers = await probe.hover({ file: join(workspace, FILE), ...PLACE, times });
  const cards = hovers.filter(({ text }) => text.includes(CARD) && text.includes(NAME));
  if (cards.length < times) throw new Error(`Only ${cards.length} of ${times} hovers were the card.`);
  return cards.map(({ ms }) => ms);
}
