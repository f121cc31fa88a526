/** Asks questions in their recorded worlds, one policy for all. */
import { readFileSync } from 'node:fs';
import type { Task } from '#core/agent/task.ts';
import { parametersOfFile } from '#core/policy/policyModel.ts';
import { heldAnswer } from '#node/learning/heldAnswer.ts';
import { openPlayingNetwork } from '#node/policy/scorers.ts';
import { shippedFile } from '#node/shippedFile.ts';

/** How a question was answered. */
export interface Asked {
  readonly id: string;
  readonly reciprocalRank: number;
  readonly spanRecall?: number;
}

/** @param file the policy's; the shipped one without. */
export async function askAll(questions: readonly Task[], worlds: string, file: string | undefined): Promise<Asked[]> {
  if (questions.length === 0) return [];
  const score = (await openPlayingNetwork())(parametersOfFile(readFileSync(file ?? shippedFile('searcher.onnx')!)));
  const asked: Asked[] = [];
  for (const task of questions) {
    const { id, reciprocalRank, spanRecall } = await heldAnswer(task, score, {
      worlds,
      turns: 4,
      without: [],
      nowMs: () => performance.now(),
    });
    asked.push({ id, reciprocalRank, ...(spanRecall !== undefined && { spanRecall }) });
  }
  return asked;
}
