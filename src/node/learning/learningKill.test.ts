/**
 * A real run that learns from the history of a real repository, killed by SIGKILL at random moments and taken up again:
 * the policy in use can always be opened, no line of feedback is lost, and it is said what happened.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL, fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRng } from '#core/rl/rng.ts';
import { createLearningClient } from '#node/learning/learningClient.ts';
import type { LearningEnd, LearningEvent, LearningPlan } from '#node/learning/learningPlan.ts';
import { openRuns } from '#node/learning/openRuns.ts';
import { openPolicy } from '#node/policy/policies.ts';
import { createFeedbackStore, type FeedbackStore } from '#node/stores/feedbackStore.ts';
import { createPolicyStore, type PolicyStore } from '#node/stores/policyStore.ts';
import { learningPlan } from '../../../test/fakes/learningPlan.ts';
import { makeLearningWorkspace } from '../../../test/fakes/learningWorkspace.ts';
import { learningReport, markedModel } from '../../../test/fakes/policyVersions.ts';

const KILLS = 50;
/** Lanes that kill side by side, each with runs of its own. */
const LANES = 2;
/** Latest moment of a kill after the start of the process, in times of a whole run. */
const LATEST = 0.6;

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-kill-')));
const workspace = join(base, 'shop');
beforeAll(() => makeLearningWorkspace(workspace));
afterAll(() => rmSync(base, { recursive: true, force: true, maxRetries: 5 }));

interface Lane {
  readonly runs: string;
  readonly plan: (name: string) => LearningPlan;
  readonly policies: PolicyStore;
  readonly feedback: FeedbackStore;
  /** Events that were appended so far. */
  appended: number;
}

async function openLane(name: string): Promise<Lane> {
  const runs = join(base, name, 'runs');
  const versions = join(base, name, 'policies');
  const policies = createPolicyStore({ directory: versions });
  const first = await policies.add({ model: markedModel(name), report: learningReport() });
  await policies.promote(first.number);
  const feedback = createFeedbackStore({
    directory: join(base, name, 'feedback'),
    folders: [pathToFileURL(workspace).href],
  });
  const plan = (run: string): LearningPlan =>
    learningPlan(join(runs, run), {
      folders: [workspace],
      storage: join(base, name, 'storage'),
      feedback: [feedback.file],
      versions,
      start: first.file,
      startName: 'version 1',
      docs: false,
      historyTasks: 16,
      processes: 1,
      settings: { iterations: 2, tasksPerIteration: 2, groupSize: 2, recordedEpisodes: 1 },
    });
  return { runs, plan, policies, feedback, appended: 0 };
}

/** How a process ended that was killed after a time, unless it was done before. */
interface Attempt {
  readonly end: LearningEnd | undefined;
  readonly said: string;
  readonly events: readonly LearningEvent[];
}

async function attempt(plan: LearningPlan, killAfterMs: number): Promise<Attempt> {
  let child: ChildProcess | undefined;
  const client = createLearningClient({
    modulePath: fileURLToPath(new URL('learningProcess.ts', import.meta.url)),
    log: () => undefined,
    fork: ((...given: Parameters<typeof fork>) => (child = fork(...given))) as typeof fork,
  });
  const events: LearningEvent[] = [];
  const run = client.start(plan, (event) => events.push(event));
  const timer = setTimeout(() => child!.kill('SIGKILL'), killAfterMs);
  try {
    return { end: await run.end, said: '', events };
  } catch (error) {
    return { end: undefined, said: (error as Error).message, events };
  } finally {
    clearTimeout(timer);
  }
}

async function appendFeedback(lane: Lane): Promise<void> {
  const id = `answer-${++lane.appended}`;
  await lane.feedback.append({ version: 1, id, timeMs: lane.appended, type: 'signal', signal: 'opened', number: 1 });
}

/** What has to be true whatever was killed. */
async function check(lane: Lane): Promise<void> {
  const { version, problems } = await lane.policies.inUse();
  expect(problems).toEqual([]);
  const opened = await openPolicy(version!.file, 'auto');
  await opened.close();
  const { events, unreadable } = await lane.feedback.readAll();
  expect(unreadable).toEqual([]);
  expect(events.map(({ id }) => id)).toEqual(Array.from({ length: lane.appended }, (_, i) => `answer-${i + 1}`));
}

/** Sees a run to its end, then kills further ones until so many processes were killed, and sees the last to its end. */
async function killAgainAndAgain(
  lane: Lane,
  kills: number,
  seed: number,
): Promise<{ ended: number; phases: Set<string> }> {
  const rng = createRng(seed);
  const beganMs = performance.now();
  expect((await attempt(lane.plan('run-0'), NEVER_MS)).end?.kind).toBe('finished');
  const latestMs = LATEST * (performance.now() - beganMs);
  const phases = new Set<string>();
  let [killed, ended, wasCut] = [0, 1, false];
  for (;;) {
    const isLast = killed === kills;
    const plan = lane.plan(`run-${ended}`);
    await appendFeedback(lane);
    const { end, said, events } = await attempt(plan, isLast ? NEVER_MS : rng.next() * latestMs);
    await check(lane);
    if (wasCut && events.length > 0) expect(events[0]).toEqual({ type: 'note', sentence: TAKEN_UP });
    const [open] = await openRuns(lane.runs);
    if (end) expect(end.kind).toBe('finished');
    else {
      expect(said).toMatch(/^The training process was killed by SIGKILL\. What it had done is kept/);
      killed++;
      phases.add(phaseOf(events));
    }
    if (open) {
      expect(open).toMatchObject({
        state: 'cut-off',
        sentence: expect.stringMatching(/the run can go on\.$/) as string,
      });
      wasCut = true;
    } else if (existsSync(join(plan.directory, 'end.json'))) {
      // A kill may come after the end.
      [ended, wasCut] = [ended + 1, false];
      if (end) expect(readdirSync(plan.directory).sort()).toEqual(['end.json', 'plan.json']);
    }
    if (isLast) return { ended, phases };
  }
}

/** Where a run was when it was killed: its last word about it, and before that the start of its process. */
const phaseOf = (events: readonly LearningEvent[]): string =>
  events.findLast((event) => event.type === 'progress')?.phase ?? 'start';

const NEVER_MS = 600_000;
const TAKEN_UP = 'This run was cut off in the middle. It goes on with all that was kept.';

test(`a run that is killed at ${KILLS} random moments`, { timeout: 900_000 }, async () => {
  const lanes = await Promise.all(Array.from({ length: LANES }, (_, i) => openLane(`lane-${i}`)));
  const results = await Promise.all(lanes.map((lane, i) => killAgainAndAgain(lane, KILLS / LANES, i + 1)));
  for (const [i, { policies }] of lanes.entries()) {
    // The first is the test's own; a run that was killed while it kept its version has kept one.
    expect(await policies.list()).toHaveLength(1 + results[i]!.ended);
  }
  // Not all of them at the same place.
  const phases = new Set(results.flatMap((result) => [...result.phases]));
  expect(phases.size).toBeGreaterThanOrEqual(3);
});
