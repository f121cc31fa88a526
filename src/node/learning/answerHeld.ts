/** Has the held-out questions answered by a policy, and the frozen set judged by it. */
import type { HeldResult } from '#core/learning/heldResult.ts';
import { frozenResults } from '#core/learning/frozenSet.ts';
import type { Scorer } from '#core/policy/learnedPolicy.ts';
import { readFrozenSet } from '#node/learning/frozenFile.ts';
import type { HeldTask } from '#node/learning/gatherTasks.ts';
import type { HeldAnswer } from '#node/learning/heldAnswer.ts';
import type { AnswerResult } from '#node/learning/learningPlayer.ts';
import { tellProgress, type RunParts } from '#node/learning/runParts.ts';
import { workThrough } from '#node/learning/workThrough.ts';
import { openPlayingNetwork } from '#node/policy/scorers.ts';

export interface AnswerRow {
  readonly id: string;
  /** Who answered: another policy's answers, or those from other tools, say nothing about this one. */
  readonly by: string;
  readonly result: AnswerResult;
}

/** Returns when all are answered or the signal is aborted. Answers of the same are taken as they are. */
export async function answerHeld(
  parts: RunParts,
  phase: 'before' | 'after',
  held: readonly HeldTask[],
  { by, parameters }: { readonly by: string; readonly parameters: Float32Array },
): Promise<readonly AnswerRow[]> {
  const lines = parts.folder.openLines<AnswerRow>(phase);
  const rows = lines.rows.filter((row) => row.by === by);
  const known = new Set(rows.map(({ id }) => id));
  const tell = (): void => tellProgress(parts, { phase, done: rows.length, total: held.length });
  tell();
  await workThrough(
    held.filter(({ task }) => !known.has(task.id)).map(({ task }) => ({ ...task, scope: [] })),
    {
      ...parts,
      processes: parts.plan.processes,
      setup: { kind: 'answer', play: parts.play },
      parameters,
      onResult: ({ id }, result) => {
        const row = { id, by, result: result as AnswerResult };
        lines.append(row);
        rows.push(row);
        tell();
      },
    },
  );
  return rows;
}

/** Answers by question. */
export const answersOf = (rows: readonly AnswerRow[]): ReadonlyMap<string, HeldAnswer> =>
  new Map(rows.flatMap(({ id, result }) => (result.kind === 'answered' ? [[id, result.answer] as const] : [])));

/**
 * @param lookMs what one look of the network takes. It is the same network before and after, and a machine that was busier
 * in one of the phases must not count.
 */
export function heldResults(
  held: readonly HeldTask[],
  answers: ReadonlyMap<string, HeldAnswer>,
  lookMs: number,
): HeldResult[] {
  return held.flatMap(({ task, set }) => {
    const answer = answers.get(task.id);
    if (!answer) return [];
    const { shown: _shown, looks, looksMs: _looksMs, ...result } = answer;
    return [{ ...result, set, policyMs: looks * lookMs }];
  });
}

/** The middle one of the answers' own means, in milliseconds; 0 without an answer. */
export function lookMsOf(answers: ReadonlyMap<string, HeldAnswer>): number {
  const means = [...answers.values()].filter(({ looks }) => looks > 0).map(({ looks, looksMs }) => looksMs / looks);
  return means.sort((a, b) => a - b)[Math.floor(means.length / 2)] ?? 0;
}

/** Of each policy [P], in their order. Rejects when the signal is aborted, and with a sentence without a frozen set. */
export async function judgeFrozen(
  { controls: { signal, gate } }: RunParts,
  policies: readonly Float32Array[],
): Promise<HeldResult[][]> {
  const questions = readFrozenSet();
  const network = await openPlayingNetwork();
  const results: HeldResult[][] = [];
  for (const parameters of policies) {
    const score = network(parameters);
    const held: Scorer = async (state) => {
      await gate?.();
      signal.throwIfAborted();
      return score(state);
    };
    results.push(await frozenResults(questions, held));
  }
  return results;
}
