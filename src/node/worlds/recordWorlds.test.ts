import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Action } from '#core/agent/action.ts';
import { DEFAULT_BUDGET } from '#core/agent/budget.ts';
import { cachedTools } from '#core/agent/cachedTools.ts';
import { SearchEnvironment, type EpisodeOutcome } from '#core/agent/environment.ts';
import { handPolicy } from '#core/agent/handPolicy.ts';
import type { Observation, SearchPolicy } from '#core/agent/observation.ts';
import { recordedTools, type RecordedTools } from '#core/agent/recordedTools.ts';
import type { Tools } from '#core/agent/tools.ts';
import { uniformPolicy } from '#core/agent/uniformPolicy.ts';
import type { WorldRecord } from '#core/agent/worldRecord.ts';
import { createRng } from '#core/rl/rng.ts';
import { rollout } from '#core/rl/rollout.ts';
import type { Trajectory } from '#core/rl/types.ts';
import { parseQuestion } from '#core/search/question.ts';
import { makeParcelWorkspace } from '../../../test/fakes/parcelWorkspace.ts';
import { runGit } from '../../../test/fakes/gitRepository.ts';
import { recordWorlds, type RecordingEvent, type RecordingPlan, type WorldTask } from './recordWorlds.ts';
import { findTaskWorld, openTaskWorld } from './taskWorld.ts';
import { loadWorld, worldFile } from './worldStore.ts';
import { openWorldTools, type WorldTools } from './worldTools.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-worlds-')));
const repository = join(base, 'repos/parcel/service');
const out = join(base, 'worlds');
const { signal } = new AbortController();
let tasks: WorldTask[];
let real: WorldTools;

beforeAll(async () => {
  makeParcelWorkspace(repository);
  const [head, earlier] = runGit(repository, ['log', '--format=%H']).trim().split('\n') as [string, string];
  const task = (id: string, commit: string, question: string): WorldTask => ({
    id,
    repo: 'parcel/service',
    commit,
    question,
  });
  tasks = [
    task('retry', head, 'Where do we retry failed uploads by withBackoff?'),
    task('queue/../.', earlier, 'How does the UploadQueue call withBackoff and log errors?'),
    task('nowhere', head, 'kubernetes ingress certificates'),
  ];
  real = openWorldTools([repository], join(base, 'storage'));
  await real.update();
});
afterAll(async () => {
  await real.close();
  rmSync(base, { recursive: true, force: true });
});

let runs = 0;
async function record(some: readonly WorldTask[], plan: Partial<RecordingPlan> = {}) {
  const events: RecordingEvent[] = [];
  const workDirectory = join(base, `work-${runs++}`);
  const counts = await recordWorlds(some, {
    repos: join(base, 'repos'),
    out,
    workDirectory,
    signal,
    emit: (event) => events.push(event),
    ...plan,
  });
  return { counts, events, workDirectory };
}

const worldOf = (task: WorldTask): WorldRecord => {
  const loaded = loadWorld(worldFile(out, task));
  if (!loaded.ok) throw new Error(loaded.message);
  return loaded.value;
};

type Play = Trajectory<Observation, Action, EpisodeOutcome>;
const play = (tools: Tools, text: string, policy: SearchPolicy, seed: number): Promise<Play> =>
  rollout(
    new SearchEnvironment({
      question: parseQuestion(text),
      tools,
      budget: DEFAULT_BUDGET,
      clock: { nowMs: () => 0 },
      signal,
    }),
    policy,
    createRng(seed),
  );

describe('recording worlds', () => {
  test('gives episodes on records that are those on the workspace', async () => {
    const { counts, workDirectory } = await record(tasks);
    expect(counts).toEqual({ recorded: 3, kept: 0, failed: 0 });
    expect(readdirSync(workDirectory)).toEqual(['storage']);
    const task = tasks[0]!;
    const live = cachedTools(real);
    let [misses, compared] = [0, 0];
    for (let seed = 0; seed < 12; seed++) {
      const recorded: RecordedTools = recordedTools(worldOf(task));
      const policy = seed === 0 ? handPolicy : uniformPolicy;
      // None of the seeds that the record was made with.
      const replayed = await play(recorded, task.question, policy, 1_000 + seed);
      misses += recorded.misses();
      if (recorded.misses() > 0) continue;
      compared++;
      const played = await play(live, task.question, policy, 1_000 + seed);
      expect(replayed.steps).toEqual(played.steps);
      expect(replayed.outcome.citations).toEqual(played.outcome.citations);
      expect(replayed.outcome.trail).toEqual(played.outcome.trail);
    }
    expect(misses).toBeLessThan(12);
    expect(compared).toBeGreaterThan(5);
  });

  test('answers what changed together for any of the files', async () => {
    await record(tasks);
    const world = worldOf(tasks[0]!);
    const { history } = recordedTools(world);
    const paths = [...world.coChange!.touching.keys()];
    expect(paths.length).toBeGreaterThan(10);
    for (let i = 0; i < paths.length; i++) {
      const request = {
        paths: [paths[i]!, paths[(i * 7 + 1) % paths.length]!, paths[(i * 3 + 2) % paths.length]!],
        limit: 50,
      };
      expect(await history.coChanges(request, { signal, timeoutMs: 9_000 })).toEqual(
        await real.history.coChanges(request, { signal, timeoutMs: 9_000 }),
      );
    }
  });

  test('keeps what is there, and tells which task failed', async () => {
    await record(tasks);
    const before = statSync(worldFile(out, tasks[0]!)).mtimeMs;
    writeFileSync(worldFile(out, tasks[1]!), 'no world');
    const more = [
      ...tasks,
      { ...tasks[0]!, id: 'gone', commit: 'f'.repeat(40) },
      { ...tasks[0]!, id: 'elsewhere', repo: 'parcel/absent' },
    ];
    const { counts, events } = await record(more);
    expect(counts).toEqual({ recorded: 1, kept: 2, failed: 2 });
    expect(events.filter(({ state }) => state === 'failed').map(({ task }) => task)).toEqual(['gone', 'elsewhere']);
    expect(events.find(({ task }) => task === 'elsewhere')!.message).toContain('There is no git repository');
    expect(statSync(worldFile(out, tasks[0]!)).mtimeMs).toBe(before);
    expect(worldOf(tasks[1]!).question).toBe(tasks[1]!.question);
  });

  test('records anew where the question of a task is another one', async () => {
    await record(tasks);
    const asked = { ...tasks[0]!, question: 'Where does the UploadQueue log errors?' };
    expect(() => openTaskWorld(out, asked)).toThrow(/retry\.world was recorded for another question\. Delete it/);
    expect(findTaskWorld(out, asked)).toBeUndefined();
    expect((await record([asked])).counts).toEqual({ recorded: 1, kept: 0, failed: 0 });
    expect(openTaskWorld(out, asked).record.question).toBe(asked.question);
    expect((await record(tasks)).counts).toEqual({ recorded: 1, kept: 2, failed: 0 });
  });

  test('divides repositories among shards', async () => {
    const absent = ['a/a', 'a/b', 'b/a', 'b/b', 'c/a'].map((repo, i) => ({ ...tasks[0]!, id: `${i}`, repo }));
    const parts = await Promise.all([0, 1].map((index) => record(absent, { shard: { index, count: 2 } })));
    const repos = parts.map(({ events }) => events.map(({ repo }) => repo));
    expect(repos.flat().sort()).toEqual(absent.map(({ repo }) => repo));
    expect(repos.map(({ length }) => length)).toEqual([3, 2]);
  });

  test('stops when it is told to, and leaves no half of a world', async () => {
    const stop = new AbortController();
    const folder = join(base, 'stopped');
    const { counts } = await record(tasks, {
      out: folder,
      signal: stop.signal,
      emit: () => stop.abort(),
    });
    expect(counts).toEqual({ recorded: 1, kept: 0, failed: 0 });
    expect(readdirSync(join(folder, 'parcel+service'))).toHaveLength(1);
    expect(await record(tasks, { out: folder })).toMatchObject({ counts: { recorded: 2, kept: 1, failed: 0 } });
  });
});

describe('a world on disk', () => {
  test('is refused with a sentence when it is damaged, wherever that is', async () => {
    await record(tasks);
    const whole = readFileSync(worldFile(out, tasks[0]!));
    const file = join(base, 'damaged.world');
    const reasonOf = (bytes: Uint8Array): unknown => {
      writeFileSync(file, bytes);
      const loaded = loadWorld(file);
      return loaded.ok ? 'ok' : loaded.reason;
    };
    expect(reasonOf(whole)).toBe('ok');
    for (let i = 0; i < 60; i++) {
      const at = Math.floor((i * whole.length) / 60);
      const flipped = Buffer.from(whole);
      flipped[at]! ^= 0x10;
      expect(reasonOf(flipped), `byte ${at}`).toMatch(/^(damaged|outdated)$/);
      expect(reasonOf(whole.subarray(0, at)), `cut at ${at}`).toBe('damaged');
    }
    expect(reasonOf(Buffer.from('SpoorWorld 999\nxx'))).toBe('outdated');
    rmSync(file);
    expect(loadWorld(file)).toEqual({
      ok: false,
      reason: 'missing',
      message: `There is no world ${file}. Record the worlds of these tasks first.`,
    });
  });

  test('lies inside of its folder whatever the id', () => {
    const ids = ['..', '.', '../../x', 'a/b', 'a%2fb', '\ud800', 'x'.repeat(500), `${'x'.repeat(499)}y`, 'a b', 'ä'];
    const files = ids.map((id) => worldFile(out, { repo: '../up', id }));
    expect(new Set(files).size).toBe(ids.length);
    for (const one of files) expect(one.slice(out.length + 1)).toMatch(/^[\w%.+-]+[/\\][\w%.+-]+\.world$/);
    expect(existsSync(join(out, '..', 'up'))).toBe(false);
  });
});
