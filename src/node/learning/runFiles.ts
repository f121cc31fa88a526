/**
 * What lies in the folder of a run beside its work: `plan.json`, what it is for, and `end.json`, how it ended. A folder
 * with a plan and without an end is that of a run that was cut off, or that is under way.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LearningEnd, LearningPlan } from '#node/learning/learningPlan.ts';
import { parsePlan } from '#node/learning/learningWire.ts';
import { count, isRecord, oneOf, record, text } from '#node/service/shapes.ts';

export interface KeptPlan {
  readonly version: typeof FILES_VERSION;
  /** When the run was first begun, in milliseconds since 1970. */
  readonly beganMs: number;
  readonly plan: LearningPlan;
}

/** `failed`: it could not go on, and said why. It can be taken up, as one that was stopped. */
export interface KeptEnd {
  readonly version: typeof FILES_VERSION;
  readonly endedMs: number;
  readonly kind: LearningEnd['kind'] | 'failed';
  /** Why, for people; empty where the kind says it all. */
  readonly sentence: string;
}

export const FILES_VERSION = 1;

export const planFile = (directory: string): string => join(directory, 'plan.json');
export const endFile = (directory: string): string => join(directory, 'end.json');

/** Undefined where there is none, or one that is not understood. */
export async function readPlan(directory: string): Promise<KeptPlan | undefined> {
  const kept = await readJson(planFile(directory));
  const isPlan = record({ version: (version) => version === FILES_VERSION, beganMs: count })(kept);
  return isPlan && isRecord(kept) && parsePlan(kept['plan']) ? (kept as unknown as KeptPlan) : undefined;
}

/** As `readPlan`. */
export async function readEnd(directory: string): Promise<KeptEnd | undefined> {
  const kept = await readJson(endFile(directory));
  const kind = oneOf('finished', 'too-little', 'stopped', 'failed');
  const isEnd = record({ version: (version) => version === FILES_VERSION, endedMs: count, kind, sentence: text })(kept);
  return isEnd ? (kept as KeptEnd) : undefined;
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}
