/**
 * What a run that learns from use did and what came of it, as data: `report.json` beside each version of a policy, and
 * all that the report's page shows.
 */
import type { HeldSet } from '#core/learning/heldResult.ts';

export const REPORT_VERSION = 1;

export interface LearningReport {
  readonly version: typeof REPORT_VERSION;
  readonly startedMs: number;
  readonly endedMs: number;
  /** The folders' names; never full paths. */
  readonly workspace: string;
  readonly sources: { readonly answers: boolean; readonly history: boolean };
  readonly learned: LearnedFrom;
  /** Questions kept aside, by set. */
  readonly held: Readonly<Record<HeldSet, number>>;
  /** What was not learned from, and why; the most frequent reason first. */
  readonly dropped: readonly DroppedCount[];
  readonly curves: readonly CurvePoint[];
  readonly gate: GateVerdict;
  readonly questions: readonly QuestionChange[];
  readonly before: PolicyLabel;
  readonly after: PolicyLabel;
  /** What a person should know beside this, a sentence each. */
  readonly notes: readonly string[];
}

export interface LearnedFrom {
  /** Accepted or corrected answers. */
  readonly answers: number;
  /** Rejected answers without a correction, which only take likelihood away. */
  readonly rejected: number;
  readonly history: number;
}

export interface DroppedCount {
  /** In the plural: `answers whose lines are not there any more`. */
  readonly reason: string;
  readonly count: number;
}

export interface CurvePoint {
  readonly iteration: number;
  readonly reward: number;
  readonly recall: number;
  /** To the shipped policy, in nats a choice. */
  readonly kl: number;
  readonly searches: number;
}

export interface PolicyLabel {
  /** `shipped 1`, `this workspace, version 3`. */
  readonly name: string;
  /** First 16 hex digits of the model file's SHA-256. */
  readonly digest: string;
}

export interface GateVerdict {
  readonly isPromoted: boolean;
  /** Why, a sentence each; the deciding one first. */
  readonly reasons: readonly string[];
  readonly comparisons: readonly Comparison[];
  /** How many more questions are needed before anything can be said; 0 where there were enough. */
  readonly missing: number;
}

export type Measure = 'utility' | 'reciprocalRank' | 'spanRecall' | 'calls' | 'policyMs' | 'notFound';

export interface Comparison {
  /** `own`: the user's and the history's together. */
  readonly set: HeldSet | 'own' | 'all';
  readonly measure: Measure;
  readonly questions: number;
  readonly before: number;
  readonly after: number;
  /** Mean change with its paired bootstrap interval of 95 %. */
  readonly change: { readonly mean: number; readonly low: number; readonly high: number };
}

/** A held-out question that is answered better or worse than before; those that are alike are left out. */
export interface QuestionChange {
  readonly id: string;
  readonly set: HeldSet;
  readonly question: string;
  /** Of utility, in [−1, 1]: above 0 where the new answer is better. */
  readonly change: number;
  readonly before: ShownAnswer;
  readonly after: ShownAnswer;
}

export interface ShownAnswer {
  readonly notFound: boolean;
  /** Of the first right file, from 1. */
  readonly rank?: number;
  /** The first places, best first. */
  readonly places: readonly {
    readonly path: string;
    readonly start: number;
    readonly end: number;
    readonly isRight: boolean;
  }[];
}
