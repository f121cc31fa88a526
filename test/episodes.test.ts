/**
 * Whole episodes over the workspace of test/fixtures/workspace, with every real tool, against test/golden/episodes.
 * After a change that is meant, `vitest run test/episodes.test.ts -u` writes them anew.
 */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSearcher, type AskOptions, type Searcher } from '#node/searcher.ts';
import { episodeText } from './fakes/episodeText.ts';
import { makeParcelWorkspace } from './fakes/parcelWorkspace.ts';

const GOLDEN = join(import.meta.dirname, 'golden/episodes');
const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-episodes-')));
let searcher: Searcher;

beforeAll(async () => {
  makeParcelWorkspace(join(base, 'parcel'));
  searcher = await open('storage');
});
afterAll(async () => {
  await searcher.close();
  rmSync(base, { recursive: true, force: true });
});

async function open(storage: string): Promise<Searcher> {
  const opened = await createSearcher({ directories: [join(base, 'parcel')], storage: join(base, storage) });
  await opened.ready();
  return opened;
}

/** What is shipped is learned anew from time to time; how tools and answers work together is not. */
const HAND = { policy: 'hand' };

const EPISODES: readonly [name: string, question: string, options?: AskOptions][] = [
  ['retry', 'Where do we retry failed uploads?'],
  ['callers', 'What calls withBackoff?'],
  ['configured', 'How is the number of tries configured?'],
  ['documented', 'Where are the retries of uploads documented?'],
  ['tested', 'Where is withBackoff tested?'],
  ['commit', 'Why was jitter added, so that clients do not come back in step?'],
  ['path', 'What does src/upload/spool.ts do?'],
  ['python', 'Which script sends files again that were given up on?'],
  ['go', 'How does the agent read its token?'],
  ['nowhere', 'kubernetes ingress certificates'],
  ['uniform', 'Where do we retry failed uploads?', { policy: 'uniform', seed: 7 }],
];

describe('an episode', () => {
  test.each(EPISODES)('%s', async (name, question, options) => {
    const asked = { ...HAND, ...options };
    const text = episodeText(await searcher.ask(question, asked));
    await expect(text).toMatchFileSnapshot(join(GOLDEN, `${name}.txt`));
    expect(episodeText(await searcher.ask(question, asked))).toBe(text);
  });

  test('is the same for a searcher that begins with empty storage', async () => {
    const other = await open('storage-2');
    try {
      for (const [, question, options] of EPISODES.slice(0, 2))
        expect(episodeText(await other.ask(question, { ...HAND, ...options }))).toBe(
          episodeText(await searcher.ask(question, { ...HAND, ...options })),
        );
    } finally {
      await other.close();
    }
  });
});
