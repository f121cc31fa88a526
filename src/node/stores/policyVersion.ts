/** The versions of a learned policy, and which is in use. One folder holds those of a workspace, another the user's. */
import type { LearningReport } from '#core/learning/learningReport.ts';

/** Whose policy it is: where a workspace has none of its own, the user's is used, else the shipped one. */
export type PolicyScope = 'workspace' | 'user';

/** Full path of the folder of versions for each scope. */
export type PolicyFolders = Readonly<Record<PolicyScope, string>>;

/** A version on disk: `versions/0001/policy.onnx`, `card.json`, `report.json`. Never changed once it is there. */
export interface PolicyVersion {
  /** From 1, in the order in which they were made. */
  readonly number: number;
  /** Full path of the model file. */
  readonly file: string;
  readonly card: PolicyVersionCard;
}

/** Where a version comes from and what it can: `card.json`. */
export interface PolicyVersionCard {
  readonly version: 1;
  readonly number: number;
  readonly madeMs: number;
  /** First 16 hex digits of the model file's SHA-256. */
  readonly digest: string;
  /** What it learned from, what it began with, and its figures before and after: parts of its report. */
  readonly report: Pick<LearningReport, 'sources' | 'learned' | 'held' | 'before' | 'after' | 'gate'>;
}
