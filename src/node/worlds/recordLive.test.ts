/** A live workspace of several folders, recorded as it is: what the record says is what a searcher of it says. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_BUDGET } from '#core/agent/budget.ts';
import { SearchEnvironment } from '#core/agent/environment.ts';
import { handPolicy } from '#core/agent/handPolicy.ts';
import { recordedTools } from '#core/agent/recordedTools.ts';
import type { WorldRecord } from '#core/agent/worldRecord.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import { parseQuestion } from '#core/search/question.ts';
import { plainSpan, type Span } from '#core/search/span.ts';
import { createSearcher, type WorkspaceSearcher } from '#node/searcher.ts';
import { openLiveRecorder, type LiveRecorder } from '#node/worlds/recordLive.ts';
import { makeLearningWorkspace } from '../../../test/fakes/learningWorkspace.ts';
import { makeParcelWorkspace } from '../../../test/fakes/parcelWorkspace.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-live-')));
const folders = [join(base, 'shop'), join(base, 'parcel')];
const storage = join(base, 'storage');
const { signal } = new AbortController();
let recorder: LiveRecorder;
let searcher: WorkspaceSearcher;

beforeAll(async () => {
  makeLearningWorkspace(folders[0]!);
  makeParcelWorkspace(folders[1]!);
  // Not committed: the workspace counts as it is.
  mkdirSync(join(folders[0]!, 'src/new'));
  writeFileSync(
    join(folders[0]!, 'src/new/voucher.ts'),
    '/** Redeems a voucher. */\nexport function redeemVoucher() {}\n',
  );
  recorder = await openLiveRecorder({ folders, storage, docsFolders: [], signal, episodes: 2 });
  searcher = await createSearcher({ directories: folders, storage });
  await searcher.ready();
});
afterAll(async () => {
  await recorder.close();
  await searcher.close();
  rmSync(base, { recursive: true, force: true, maxRetries: 5 });
});

async function cited(question: string, world: WorldRecord): Promise<{ spans: Span[]; misses: number }> {
  const tools = recordedTools(world);
  const setup = { question: parseQuestion(question), tools, budget: DEFAULT_BUDGET, clock: { nowMs: () => 0 }, signal };
  const { outcome } = await rollout(new SearchEnvironment(setup), handPolicy, createRng(0));
  return { spans: outcome.citations.map(plainSpan), misses: tools.misses() };
}
const paths = (world: WorldRecord): string[] => [...world.files.keys()];

describe('a live world', () => {
  test.each([
    ['Where is a voucher redeemed?', []],
    ['Where do we retry failed uploads by withBackoff?', []],
    ['How are uploads tried again?', ['parcel/src/upload']],
    ['Which tests cover the bucket?', []],
  ])('answers %s in %j as the workspace does', async (question, scope) => {
    const world = await recorder.record(question, scope);
    const live = await searcher.play(question, { policy: 'hand', scope });
    expect(await cited(question, world)).toEqual({ spans: live.outcome.citations.map(plainSpan), misses: 0 });
    expect(live.outcome.citations.length).toBeGreaterThan(0);
  });

  test('has nothing of what lies outside of the scope, nor of its history', async () => {
    const world = await recorder.record('Where do we retry failed uploads by withBackoff?', ['parcel/src/upload']);
    const isInside = (path: string): boolean => path.startsWith('parcel/src/upload/');
    const read = [...world.files].filter(([, file]) => file.ok).map(([path]) => path);
    expect(read.length).toBeGreaterThan(0);
    expect(read.filter((path) => !isInside(path))).toEqual([]);
    expect(world.coChange!.commits.flatMap(({ files }) => files).filter((path) => !isInside(path))).toEqual([]);
    expect([...world.terms.values()].flatMap(({ files }) => files).filter(({ path }) => !isInside(path))).toEqual([]);
  });

  test('knows which files changed together in each of its repositories', async () => {
    const question = 'Where are uploads tried again, and where is the coupon discount given?';
    const world = await recorder.record(question, []);
    const { commits, touching } = world.coChange!;
    const folderOf = (path: string): string => path.split('/')[0]!;
    expect(new Set(commits.flatMap(({ files }) => files).map(folderOf))).toEqual(new Set(['shop', 'parcel']));
    for (const [path, own] of touching)
      for (const commit of own) expect(commits[commit]!.files.map(folderOf)).toContain(folderOf(path));
    for (const path of paths(world).slice(0, 10)) {
      const context = { signal, timeoutMs: 60_000 };
      const [said, kept] = [
        await searcher.tools.history.coChanges({ paths: [path], limit: 5 }, context),
        await recordedTools(world).history.coChanges({ paths: [path], limit: 5 }, context),
      ];
      expect(kept).toEqual(said);
    }
  });

  test('without docs and git has neither, and runs no git', async () => {
    const without = await openLiveRecorder({ folders, storage, docs: false, history: false, signal, episodes: 1 });
    const world = await without.record('Where is a voucher redeemed?', []);
    await without.close();
    expect(world.history?.result ?? { ok: false }).toMatchObject({ ok: false });
    expect(world.docs?.result ?? { ok: false }).toMatchObject({ ok: false });
    expect(world.coChange).toBeUndefined();
    expect(paths(world)).toContain('shop/src/new/voucher.ts');
  });
});
