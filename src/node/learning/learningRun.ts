/**
 * A run that learns from use: gather tasks, record their worlds, answer the held-out ones, train, answer them again,
 * decide, and keep the new version. Each phase leaves its result in the run's folder and is passed over where that is
 * there: a run that was stopped or killed is taken up and ends as if it had not been.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { Without } from '#core/agent/legalActions.ts';
import { DEFAULT_BUDGET } from '#core/agent/budget.ts';
import { GATE } from '#core/learning/gateBounds.ts';
import type { HeldResult } from '#core/learning/heldResult.ts';
import type { LearningReport } from '#core/learning/learningReport.ts';
import { parametersOfFile } from '#core/policy/policyModel.ts';
import { answerHeld, answersOf, judgeFrozen } from '#node/learning/answerHeld.ts';
import { gatherOnce, type Gathered } from '#node/learning/gathered.ts';
import type { HeldTask } from '#node/learning/gatherTasks.ts';
import { LearningError } from '#node/learning/learningError.ts';
import { openLearningFolder, type LearningFolder } from '#node/learning/learningFolder.ts';
import type { LearningControls, LearningEnd, LearningPlan } from '#node/learning/learningPlan.ts';
import { LEARNING_SETTINGS } from '#node/learning/learningSettings.ts';
import { makeReport, type HeldAnswers } from '#node/learning/makeReport.ts';
import { recordTasks } from '#node/learning/recordTasks.ts';
import type { RunParts } from '#node/learning/runParts.ts';
import { createRunTime, type RunSize } from '#node/learning/timeLeft.ts';
import { iterationsOf, lessonsOf, trainPolicy, type Lessons } from '#node/learning/trainPolicy.ts';
import { shippedFile } from '#node/shippedFile.ts';
import { createPolicyStore } from '#node/stores/policyStore.ts';
import { storeError } from '#node/stores/storeError.ts';
import { modelDigest } from '#node/stores/modelFile.ts';
import { writeWholeSync } from '#node/stores/writeWholeSync.ts';

/** Rejects with a sentence when it cannot go on; it can be taken up nevertheless. */
export async function runLearning(plan: LearningPlan, controls: LearningControls): Promise<LearningEnd> {
  try {
    return await run(plan, controls);
  } catch (error) {
    if (controls.signal.aborted) return { kind: 'stopped' };
    throw told(error);
  }
}

/** What the file system says is no sentence for people. */
function told(error: unknown): unknown {
  const isOfDisk = error instanceof Error && 'code' in error && 'syscall' in error;
  return isOfDisk ? new LearningError(storeError('The run cannot keep what it has done', error).message) : error;
}

async function run(plan: LearningPlan, controls: LearningControls): Promise<LearningEnd> {
  const folder = openLearningFolder(plan.directory);
  const startedMs = begin(folder, plan);
  const size = { toRecord: plan.historyTasks, held: 0, iterations: 0 };
  const parts = partsOf(plan, controls, folder, size);
  const { signal } = controls;

  const gathered = await gatherOnce(parts);
  if (gathered.tooLittle) return { kind: 'too-little', ...gathered.tooLittle };
  tellOnce(controls, gathered.notes);
  Object.assign(size, sizeOf(gathered, parts));

  const recorded = await recordTasks(parts, gathered);
  if (signal.aborted) return { kind: 'stopped' };
  tellOnce(controls, recorded.notes);
  const held = gathered.held.filter(({ task }) => recorded.recorded.has(task.id));
  const lessons = lessonsOf(gathered, recorded);
  const lack = lackOf(held, lessons);
  if (lack) return { kind: 'too-little', ...lack };
  Object.assign(size, { held: held.length, iterations: iterationsOf(lessons, parts.settings) });

  const beforeMs = parts.time.usedMs();
  const before = await lookAt('before', parts, held, readFileSync(folder.start));
  if (!before) return { kind: 'stopped' };
  const reserveMs = RESERVE * (parts.time.usedMs() - beforeMs) + RESERVE_MS;
  const trained = await trainPolicy(parts, lessons, reserveMs);
  if (!trained) return { kind: 'stopped' };
  const after = await lookAt('after', parts, held, trained.model);
  if (!after) return { kind: 'stopped' };
  const shipped = before.shipped;

  const report = reportOnce(parts, { startedMs, gathered, recorded, lessons, trained, held, before, after, shipped });
  return { kind: 'finished', report, version: await keepVersion(plan, trained.model, report) };
}

/** Of the time of the first answers, what the last ones may take; and for the gate and what has to be written. */
const RESERVE = 1.2;
const RESERVE_MS = 5_000;

interface Started {
  readonly startedMs: number;
  readonly usedMs: number;
}

/** The run has its own copies of the models: what it learns may not hang on what becomes of them. */
function begin(folder: LearningFolder, { start }: LearningPlan): number {
  const shipped = shippedFile('searcher.onnx');
  if (shipped === undefined)
    throw new LearningError('The policy that comes with Spoor is not there. Install Spoor anew.');
  for (const [copy, file] of [
    [folder.shipped, shipped],
    [folder.start, start ?? shipped],
  ] as const)
    if (!existsSync(copy)) writeWholeSync(copy, readPolicy(file));
  const known = folder.read<Started>('started');
  if (known) return known.startedMs;
  const startedMs = Date.now();
  folder.write('started', { startedMs, usedMs: 0 } satisfies Started);
  return startedMs;
}

/** What cannot be read, and what is no policy of this Spoor, is a sentence. */
function readPolicy(file: string): Uint8Array {
  try {
    const bytes = readFileSync(file);
    parametersOfFile(bytes);
    return bytes;
  } catch (error) {
    const message = (error as Error).message.replace(/\.$/, '');
    throw new LearningError(`${file} cannot be read as a policy: ${message}.`, { cause: error });
  }
}

function partsOf(plan: LearningPlan, controls: LearningControls, folder: LearningFolder, size: RunSize): RunParts {
  const settings = { ...LEARNING_SETTINGS, ...plan.settings };
  const without: Extract<Without, 'docs' | 'history'>[] = [
    ...(plan.docs === false ? ['docs' as const] : []),
    ...(plan.git === false ? ['history' as const] : []),
  ];
  const started = folder.read<Started>('started')!;
  const time = createRunTime({
    nowMs: controls.nowMs,
    usedMs: started.usedMs,
    limitMs: plan.minutes * 60_000,
    size: () => size,
    recordingShare: settings.recordingShare,
    keep: (usedMs) => folder.write('started', { ...started, usedMs } satisfies Started),
  });
  return {
    plan,
    controls,
    folder,
    settings,
    time,
    play: { worlds: folder.worlds, turns: DEFAULT_BUDGET.turns, without },
  };
}

const sizeOf = ({ learn, held, rejected }: Gathered, { settings }: RunParts): RunSize => ({
  toRecord: learn.length + held.length + rejected.length,
  held: held.length,
  iterations: settings.iterations,
});

const tellOnce = ({ emit }: LearningControls, notes: readonly string[]): void =>
  notes.forEach((sentence) => emit({ type: 'note', sentence }));

/** Where the gate could only say no, nothing is trained. */
function lackOf(held: readonly HeldTask[], { tasks }: Lessons): { sentence: string; missing: number } | undefined {
  const missing = GATE.leastOwn - held.length;
  if (missing <= 0 && tasks.length > 0) return undefined;
  if (missing <= 0)
    return {
      missing: 1,
      sentence: `Nothing can be learned from: for none of these questions a search comes to what answers them. ${REMEDY}.`,
    };
  const could = held.length === 1 ? '1 question could' : `${held.length} questions could`;
  return {
    missing,
    sentence: `Only ${could} be searched for to check with, and ${GATE.leastOwn} are needed. ${REMEDY}, or give the run more minutes.`,
  };
}

const REMEDY = 'Accept or correct more answers';

interface Looked extends HeldAnswers {
  readonly shipped: readonly HeldResult[];
}

interface FrozenBefore {
  /** Digest of the policy's model file. */
  readonly digest: string;
  readonly frozen: readonly HeldResult[];
  readonly shipped: readonly HeldResult[];
}

/** Undefined when the signal was aborted. */
async function lookAt(
  phase: 'before' | 'after',
  parts: RunParts,
  held: readonly HeldTask[],
  model: Uint8Array,
): Promise<Looked | undefined> {
  const parameters = parametersOfFile(model);
  const by = [modelDigest(model), ...parts.play.without].join(' ');
  const rows = await answerHeld(parts, phase, held, { by, parameters });
  if (parts.controls.signal.aborted) return undefined;
  const { frozen, shipped } = await frozenOnce(phase === 'before' ? 'frozen' : 'frozenAfter', parts, model);
  return { answers: answersOf(rows), frozen, shipped };
}

/** At first the shipped policy is judged too, where the run begins with another one. */
async function frozenOnce(name: 'frozen' | 'frozenAfter', parts: RunParts, model: Uint8Array): Promise<FrozenBefore> {
  const { folder } = parts;
  const digest = modelDigest(model);
  const known = folder.read<FrozenBefore>(name);
  if (known?.digest === digest) return known;
  const isOther = name === 'frozen' && !readFileSync(folder.shipped).equals(readFileSync(folder.start));
  const models = [model, ...(isOther ? [readFileSync(folder.shipped)] : [])];
  const [frozen, ofShipped] = await judgeFrozen(parts, models.map(parametersOfFile));
  const found: FrozenBefore = { digest, frozen: frozen!, shipped: ofShipped ?? [] };
  folder.write(name, found);
  return found;
}

type Found = Omit<Parameters<typeof makeReport>[0], 'plan' | 'endedMs' | 'digests'>;

function reportOnce({ folder, plan }: RunParts, found: Found): LearningReport {
  const digests = { before: modelDigest(readFileSync(folder.start)), after: modelDigest(found.trained.model) };
  const known = folder.read<LearningReport>('report');
  if (known?.after.digest === digests.after) return known;
  const report = makeReport({ ...found, plan, digests, endedMs: Date.now() });
  folder.write('report', report);
  return report;
}

/** A run that was killed may have kept it already; then it is not kept again. */
async function keepVersion({ versions }: LearningPlan, model: Uint8Array, report: LearningReport): Promise<number> {
  const store = createPolicyStore({ directory: versions });
  const isOurs = ({ digest, madeMs }: { digest: string; madeMs: number }): boolean =>
    digest === report.after.digest && madeMs === report.endedMs;
  const known = (await store.list()).find(({ card }) => isOurs(card));
  const { number } = known ?? (await store.add({ model, report }));
  // Promoted twice, it would take two steps to roll it back.
  if (report.gate.isPromoted && (await store.current()) !== number) await store.promote(number);
  return number;
}
