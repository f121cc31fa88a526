/** Whole runs on a real repository and real answers: to their end, stopped, killed, with damaged files, without room. */
import { execFile } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LearningReport } from '#core/learning/learningReport.ts';
import { parametersOfFile } from '#core/policy/policyModel.ts';
import type { LearningEnd, LearningEvent, LearningPlan } from '#node/learning/learningPlan.ts';
import { runLearning } from '#node/learning/learningRun.ts';
import { openPolicy } from '#node/policy/policies.ts';
import { createPolicyStore } from '#node/stores/policyStore.ts';
import { modelDigest } from '#node/stores/modelFile.ts';
import { writeJudgedAnswers } from '../../../test/fakes/judgedAnswers.ts';
import { learningPlan } from '../../../test/fakes/learningPlan.ts';
import { makeLearningWorkspace } from '../../../test/fakes/learningWorkspace.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-learning-')));
const workspace = join(base, 'shop');
const feedback = join(base, 'feedback.jsonl');
const QUESTIONS = [
  'Where is gift wrapping counted?',
  'Which file locks the account?',
  'Who charges the credit card again?',
  'How are items reserved in the warehouse?',
  'Where is the receipt mailed in the language of the customer?',
  'How are sold out products ranked?',
  'Where are shipping costs refunded?',
  'What suggests products that were bought together?',
  'Where is the tax number printed on the invoice?',
  'Who reminds customers of a forgotten cart?',
];
const REJECTED = 2;
/** With those above they are enough without the history. */
const MORE_QUESTIONS = [
  'Which code orders new items from the supplier?',
  'Where is a postal code checked against its country?',
  'Who refuses to cancel shipped orders?',
  'What happens to a coupon that is entered twice?',
  'Where are vouchers refused?',
  'Who counts shelves after a short delivery?',
  'How long are items reserved?',
  'Where is the account locked after wrong passwords?',
];

let runs = 0;
function newPlan(given: Partial<LearningPlan> = {}): LearningPlan {
  const folder = join(base, `run-${runs++}`);
  return learningPlan(join(folder, 'work'), {
    folders: [workspace],
    storage: join(base, 'storage'),
    versions: join(folder, 'versions'),
    feedback: [feedback],
    history: true,
    historyTasks: 14,
    minutes: 10,
    processes: 1,
    settings: { iterations: 2, tasksPerIteration: 4, groupSize: 4, recordedEpisodes: 1, rejectedAnIteration: 2 },
    ...given,
  });
}

interface Ran {
  readonly end: LearningEnd;
  readonly events: readonly LearningEvent[];
}

interface RunOptions {
  readonly nowMs?: () => number;
  readonly onEvent?: (event: LearningEvent, stop: () => void) => unknown;
}

async function learn(plan: LearningPlan, { nowMs = () => performance.now(), onEvent }: RunOptions = {}): Promise<Ran> {
  const events: LearningEvent[] = [];
  const stopping = new AbortController();
  const end = await runLearning(plan, {
    emit(event) {
      events.push(event);
      onEvent?.(event, () => stopping.abort());
    },
    signal: stopping.signal,
    nowMs,
  });
  return { end, events };
}

const isAt = (event: LearningEvent, moment: string): boolean =>
  event.type === 'progress' && `${event.phase} ${event.done}` === moment;

const sentences = ({ events }: Ran): string[] =>
  events.flatMap((event) => (event.type === 'note' ? [event.sentence] : []));

let whole: { readonly plan: LearningPlan; readonly ran: Ran; readonly model: string };

beforeAll(async () => {
  makeLearningWorkspace(workspace);
  await writeJudgedAnswers({
    file: feedback,
    workspace,
    storage: join(base, 'storage'),
    questions: QUESTIONS,
    rejected: REJECTED,
  });
  // The others have one process: how many there are changes nothing.
  const plan = newPlan({ processes: 2 });
  whole = { plan, ran: await learn(plan), model: modelOf(plan) };
}, 180_000);
afterAll(() => rmSync(base, { recursive: true, force: true, maxRetries: 5 }));

const versionFile = ({ versions }: LearningPlan, number = 1): string =>
  join(versions, 'versions', String(number).padStart(4, '0'), 'policy.onnx');
const modelOf = (plan: LearningPlan): string => readFileSync(versionFile(plan)).toString('base64');

/** What may not hang on when and how often a run was stopped. */
const resultOf = ({ learned, held, dropped, curves, questions, before, after, notes }: LearningReport) => ({
  ...{ learned, held, dropped, curves, questions, before, after, notes },
});

function reportOf({ end }: Ran): LearningReport {
  if (end.kind !== 'finished') throw new Error(`The run ended otherwise: ${JSON.stringify(end)}`);
  return end.report;
}

/** Takes a run up and sees that it ends as the one that nothing happened to. */
async function takenUp(plan: LearningPlan): Promise<Ran> {
  const ran = await learn(plan);
  expect(modelOf(plan)).toBe(whole.model);
  expect(resultOf(reportOf(ran))).toEqual(resultOf(reportOf(whole.ran)));
  expect(await createPolicyStore({ directory: plan.versions }).list()).toHaveLength(1);
  return ran;
}

describe('a run', () => {
  test('goes through its phases in their order, with a time left that is never below 0', () => {
    const progress = whole.ran.events.filter((event) => event.type === 'progress');
    expect([...new Set(progress.map(({ phase }) => phase))]).toEqual(['gather', 'record', 'before', 'train', 'after']);
    for (const { done, total, leftMs } of progress) {
      expect(done).toBeLessThanOrEqual(total);
      expect(leftMs).toBeGreaterThanOrEqual(0);
    }
    const iterations = whole.ran.events.filter((event) => event.type === 'iteration');
    expect(iterations.map(({ metrics }) => metrics.iteration)).toEqual([1, 2]);
  });

  test('learns from answers, rejected ones and the history, and checks by the newest and by the frozen set', () => {
    const report = reportOf(whole.ran);
    expect(report).toMatchObject({ workspace: 'shop', sources: { answers: true, history: true } });
    expect(report.learned).toEqual({ answers: 4, rejected: REJECTED, history: 7 });
    expect(report.held).toMatchObject({ answers: 4, history: 7 });
    expect(report.held.frozen).toBeGreaterThan(100);
    expect(report.curves.map(({ iteration }) => iteration)).toEqual([1, 2]);
    expect(report.gate.comparisons.length).toBeGreaterThan(0);
    expect(report.before.name).toBe('shipped 1');
  });

  test('keeps a version that has learned and can search, with its report', async () => {
    const { plan, ran } = whole;
    const model = readFileSync(versionFile(plan));
    const start = readFileSync(join(plan.directory, 'start.onnx'));
    expect(parametersOfFile(model)).not.toEqual(parametersOfFile(start));
    expect(reportOf(ran)).toMatchObject({
      before: { digest: modelDigest(start) },
      after: { digest: modelDigest(model) },
    });
    const opened = await openPolicy(versionFile(plan));
    await opened.close();
    const store = createPolicyStore({ directory: plan.versions });
    expect(await store.readReport(1)).toEqual(reportOf(ran));
    expect(await store.current()).toBe(reportOf(ran).gate.isPromoted ? 1 : undefined);
  });

  test('that is at its end is told again and keeps no second version', async () => {
    const { plan, ran } = whole;
    expect((await learn(plan)).end).toEqual(ran.end);
    expect(await createPolicyStore({ directory: plan.versions }).list()).toHaveLength(1);
  });

  test('of answers alone needs no git, and begins with the policy that it is given', async () => {
    const start = versionFile(whole.plan);
    const more = join(base, 'more.jsonl');
    const asked = { file: more, workspace, storage: join(base, 'storage'), questions: MORE_QUESTIONS, rejected: 0 };
    await writeJudgedAnswers({ ...asked, name: 'another' });
    const given = { feedback: [feedback, more], history: false, git: false, docs: false };
    const settings = { ...whole.plan.settings, iterations: 1 };
    const plan = newPlan({ ...given, start, startName: 'this workspace 1', settings });
    const report = reportOf(await learn(plan));
    expect(report.learned).toMatchObject({ answers: 8, history: 0 });
    expect(report.held).toMatchObject({ answers: 8, history: 0 });
    expect(report.before).toEqual({ name: 'this workspace 1', digest: modelDigest(readFileSync(start)) });
  });

  test('without enough to learn from says how much is missing', async () => {
    const plan = newPlan({ feedback: [], historyTasks: 3 });
    expect((await learn(plan)).end).toMatchObject({ kind: 'too-little', missing: 14 });
    expect(existsSync(plan.versions)).toBe(false);
  });
});

describe('the time of a run', () => {
  test('ends recording at its share, and learning after the iteration that it is over in', async () => {
    let clockMs = 0;
    const plan = newPlan({
      minutes: 10,
      processes: 1,
      settings: { ...whole.plan.settings, iterations: 5, passes: 40 },
    });
    const ran = await learn(plan, {
      nowMs: () => clockMs,
      onEvent(event) {
        if (isAt(event, 'record 12')) clockMs = 5 * 60_000;
        if (isAt(event, 'train 1')) clockMs = 10 * 60_000;
      },
    });
    const report = reportOf(ran);
    expect(report.dropped).toContainEqual({ reason: 'questions for which there was no time', count: 12 });
    expect(report.curves).toHaveLength(1);
    expect(report.notes).toEqual([
      'There was no time for 12 of the 24 questions. More minutes allow for more.',
      'The time of 10 minutes was over after 1 of 5 steps.',
    ]);
  });

  test('that is over before there is enough to check with ends before anything is trained', async () => {
    let clockMs = 0;
    const plan = newPlan();
    // Four to check with, and one of the same commit to learn from.
    const { end, events } = await learn(plan, {
      nowMs: () => clockMs,
      onEvent: (event) => isAt(event, 'record 5') && (clockMs = 5 * 60_000),
    });
    expect(end).toEqual({
      kind: 'too-little',
      missing: 4,
      sentence:
        'Only 4 questions could be searched for to check with, and 8 are needed. Accept or correct more answers, or give the run more minutes.',
    });
    expect(events.filter((event) => event.type === 'iteration')).toEqual([]);
    expect(existsSync(plan.versions)).toBe(false);
  });
});

describe('a run that is stopped', () => {
  const moments = ['record 9', 'train 1', 'after 5'];
  test.each(moments)('at %s ends so, and as ever when it is taken up', { timeout: 120_000 }, async (moment) => {
    const plan = newPlan();
    const { end } = await learn(plan, { onEvent: (event, stop) => isAt(event, moment) && stop() });
    expect(end).toEqual({ kind: 'stopped' });
    await takenUp(plan);
  });
});

describe('a run that is killed', () => {
  const moments = ['gather 0', 'record 9', 'before 3', 'train 0', 'train 1', 'after 8'];
  test.each(moments)('at %s ends as ever when it is taken up', { timeout: 120_000 }, async (moment) => {
    const plan = newPlan();
    const script = fileURLToPath(new URL('../../../test/fakes/learnOnce.ts', import.meta.url));
    const dying = promisify(execFile)(process.execPath, [script, JSON.stringify(plan), moment]);
    await expect(dying).rejects.toMatchObject({ signal: 'SIGKILL' });
    await takenUp(plan);
  });
});

describe('what is damaged', () => {
  /** A run that was stopped after its first iteration, and a copy of its folder as it was then. */
  let stopped: LearningPlan;
  const kept = join(base, 'kept');
  beforeAll(async () => {
    stopped = newPlan();
    await learn(stopped, { onEvent: (event, stop) => isAt(event, 'train 1') && stop() });
    cpSync(stopped.directory, kept, { recursive: true });
  });
  function stoppedAgain(): LearningPlan {
    for (const folder of [stopped.directory, stopped.versions]) rmSync(folder, { recursive: true, force: true });
    cpSync(kept, stopped.directory, { recursive: true });
    return stopped;
  }
  const checkpoints = (plan: LearningPlan): string => join(plan.directory, 'training/checkpoint');

  test('of checkpoints is passed over, and said', { timeout: 60_000 }, async () => {
    const plan = stoppedAgain();
    const newest = readdirSync(checkpoints(plan)).find((name) => name.startsWith('0'))!;
    truncateSync(join(checkpoints(plan), newest), 1_000);
    expect(sentences(await learn(plan)).join()).toContain('is damaged and was passed over');
    expect(modelOf(plan)).toBe(whole.model);
  });

  test('of the beginning has learning begun anew, and said', { timeout: 60_000 }, async () => {
    const plan = stoppedAgain();
    truncateSync(join(checkpoints(plan), 'start.checkpoint'), 1_000);
    const report = reportOf(await learn(plan));
    expect(report.notes).toContain('What had been learned so far was damaged, so learning was begun anew.');
    expect(modelOf(plan)).toBe(whole.model);
  });

  test('by an update of Spoor has learning begun anew, and said', { timeout: 60_000 }, async () => {
    const plan = stoppedAgain();
    const changed = { ...plan, settings: { ...plan.settings, learningRate: 0.002 } };
    expect(reportOf(await learn(changed)).notes).toContain(
      'What had been learned so far is of another version of Spoor, or of other settings, so learning was begun anew.',
    );
  });

  test(
    'of a run at its end leaves nothing behind by which another policy is judged',
    { timeout: 120_000 },
    async () => {
      const plan = newPlan();
      cpSync(whole.plan.directory, plan.directory, { recursive: true });
      const frozen = join(plan.directory, 'frozenAfter.json');
      writeFileSync(frozen, JSON.stringify({ ...JSON.parse(readFileSync(frozen, 'utf8')), frozen: [] }));
      const changed = { ...plan, settings: { ...plan.settings, learningRate: 0.002 } };
      const ran = await learn(changed);
      const report = reportOf(ran);
      expect(report.after.digest).toBe(modelDigest(readFileSync(versionFile(plan))));
      expect(report.after.digest).not.toBe(reportOf(whole.ran).after.digest);
      expect(report.held.frozen).toBeGreaterThan(100);
      // The policy that it began with is the same: what that has answered counts.
      expect(ran.events.some((event) => isAt(event, 'before 0'))).toBe(false);
      expect(ran.events.some((event) => isAt(event, 'after 0'))).toBe(true);
    },
  );

  test('of results is made anew', { timeout: 60_000 }, async () => {
    const plan = stoppedAgain();
    const file = (name: string): string => join(plan.directory, name);
    writeFileSync(file('gathered.json'), '{"learn": [');
    rmSync(file('recorded.json'));
    truncateSync(file('recorded.jsonl'), 700);
    appendFileSync(file('before.jsonl'), '{"id": "half');
    writeFileSync(file('frozen.json'), '');
    await takenUp(plan);
  });

  test('of worlds is recorded anew', { timeout: 60_000 }, async () => {
    const plan = stoppedAgain();
    const worlds = join(plan.directory, 'worlds');
    for (const name of ['recorded.json', 'recorded.jsonl', 'before.jsonl']) rmSync(join(plan.directory, name));
    const files = readdirSync(worlds, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.world'));
    expect(files.length).toBeGreaterThan(10);
    for (const name of files) truncateSync(join(worlds, name), 50);
    await takenUp(plan);
  });
});

test('a run that is taken up where git may not be run any more lays out no commits', async () => {
  const plan = newPlan();
  await learn(plan, { onEvent: (event, stop) => isAt(event, 'record 6') && stop() });
  const recorded = (): string[] => {
    const lines = readFileSync(join(plan.directory, 'recorded.jsonl'), 'utf8').trim().split('\n');
    return lines.map((line) => (JSON.parse(line) as { id: string }).id);
  };
  const before = recorded();
  const ran = await learn({ ...plan, git: false, history: false });
  const since = recorded().slice(before.length);
  expect(since.length).toBeGreaterThan(0);
  expect(since.filter((id) => id.startsWith('history/'))).toEqual([]);
  // No question is said to have had no time.
  expect(sentences(ran)).toEqual([]);
  expect(ran.end).toMatchObject({ kind: 'too-little' });
});

describe('a disk that does not do its part', () => {
  test('is said before anything is done', async () => {
    const plan = newPlan();
    mkdirSync(join(plan.directory, '..'), { recursive: true });
    writeFileSync(plan.directory, 'a file');
    await expect(learn(plan)).rejects.toThrow(/^The run cannot keep what it has done/);
  });

  test('is not blamed for a policy that cannot be read', async () => {
    const plan = newPlan({ start: workspace });
    await expect(learn(plan)).rejects.toThrow(`${workspace} cannot be read as a policy: EISDIR`);
    await expect(learn({ ...plan, start: feedback })).rejects.toThrow(
      /feedback\.jsonl cannot be read as a policy: .*\w\.$/,
    );
  });

  test('is said when worlds cannot be kept; the run goes on when they can', { timeout: 60_000 }, async () => {
    const plan = newPlan();
    const folder = join(plan.directory, 'worlds/history+shop');
    mkdirSync(join(folder, '..'), { recursive: true });
    writeFileSync(folder, 'a file where a folder is wanted');
    await expect(learn(plan)).rejects.toThrow(/^What was searched could not be kept/);
    rmSync(folder);
    await takenUp(plan);
  });
});
