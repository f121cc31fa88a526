/** Held-out questions answered in their recorded worlds, beside the same questions asked of the workspace itself. */
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Task } from '#core/agent/task.ts';
import type { Answer } from '#core/answer/answer.ts';
import type { Scorer } from '#core/policy/learnedPolicy.ts';
import { parametersOfFile } from '#core/policy/policyModel.ts';
import { plainSpan, type Span } from '#core/search/span.ts';
import { heldAnswer, type HeldAnswer } from '#node/learning/heldAnswer.ts';
import { openPlayingNetwork } from '#node/policy/scorers.ts';
import { createSearcher } from '#node/searcher.ts';
import { shippedFile } from '#node/shippedFile.ts';
import { openLiveRecorder } from '#node/worlds/recordLive.ts';
import { saveWorld, worldFile } from '#node/worlds/worldStore.ts';
import { makeParcelWorkspace } from '../../../test/fakes/parcelWorkspace.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-held-')));
const worlds = join(base, 'worlds');
const QUESTIONS = ['Where do we retry failed uploads by withBackoff?', 'kubernetes ingress certificates'];
let answers: Answer[];
let score: Scorer;

beforeAll(async () => {
  const [workspace, storage] = [join(base, 'parcel'), join(base, 'storage')];
  makeParcelWorkspace(workspace);
  const recording = { folders: [workspace], storage, signal: new AbortController().signal, episodes: 4 };
  const recorder = await openLiveRecorder(recording);
  for (const question of QUESTIONS) saveWorld(worldFile(worlds, task(question)), await recorder.record(question, []));
  await recorder.close();
  const searcher = await createSearcher({ directories: [workspace], storage });
  await searcher.ready();
  answers = [];
  for (const question of QUESTIONS) answers.push(await searcher.ask(question, { policy: 'learned' }));
  await searcher.close();
  score = (await openPlayingNetwork())(parametersOfFile(readFileSync(shippedFile('searcher.onnx')!)));
});
afterAll(() => rmSync(base, { recursive: true, force: true, maxRetries: 5 }));

function task(question: string, goldFiles: readonly string[] = [], goldSpans: readonly Span[] = []): Task {
  return { id: question, repo: 'parcel/service', commit: 'c', source: 'commit', question, goldFiles, goldSpans };
}

const answerTo = (one: Task): Promise<HeldAnswer> =>
  heldAnswer(one, score, { worlds, turns: 4, without: [], nowMs: () => performance.now() });
describe('a held-out question', () => {
  test('has the citations and calls that the user would see', async () => {
    const found = await answerTo(task(QUESTIONS[0]!, ['src/upload/backoff.ts']));
    const live = answers[0]!;
    expect(found.shown.places.map(plainSpan)).toEqual(live.citations.slice(0, 5).map(plainSpan));
    expect(found).toMatchObject({ notFound: false, calls: live.trail.flatMap(({ calls }) => calls).length });
    expect(found.looks).toBeGreaterThan(1);
    expect(found.looksMs).toBeGreaterThan(0);
  });

  test('has the rank of its first right file, cited or not', async () => {
    const { files } = answers[0]!;
    expect(files.length).toBeGreaterThan(3);
    for (const [index, path] of files.entries()) {
      const found = await answerTo(task(QUESTIONS[0]!, [path]));
      expect(found.reciprocalRank).toBeCloseTo(1 / (index + 1), 12);
      expect(found.shown.rank).toBe(index + 1);
    }
    expect(await answerTo(task(QUESTIONS[0]!, ['src/nowhere.ts']))).toMatchObject({ reciprocalRank: 0 });
  });

  test('has the share of right places among its citations', async () => {
    const [first] = answers[0]!.citations;
    const { path, start } = first!;
    const right = { path, start, end: start };
    const wrong = { path, start: 9_000, end: 9_001 };
    const found = await answerTo(task(QUESTIONS[0]!, [path], [right, wrong]));
    expect(found.spanRecall).toBe(0.5);
    expect(found.shown.places[0]).toMatchObject({ path, isRight: true });
    expect((await answerTo(task(QUESTIONS[0]!, [path]))).spanRecall).toBeUndefined();
  });

  test('that nothing answers is right when it says so', async () => {
    const found = await answerTo(task(QUESTIONS[1]!));
    expect(found.notFound).toBe(!answers[1]!.found);
    expect(found.reciprocalRank).toBe(Number(found.notFound));
    expect((await answerTo(task(QUESTIONS[0]!))).reciprocalRank).toBe(0);
  });

  test('without a world is a fault with a sentence', async () => {
    await expect(answerTo(task('another question'))).rejects.toThrow(/There is no world/);
  });
});
