/** One version of a policy on disk: how it is read, and when it counts as whole. */
import { join } from 'node:path';
import type { LearningReport } from '#core/learning/learningReport.ts';
import { parseReport } from '#core/learning/parseReport.ts';
import { modelDigest, MOST_MODEL_BYTES, readBounded, TooLargeError } from './modelFile.ts';
import { count, flag, isRecord, list, record, text, type Shape } from '#node/service/shapes.ts';
import type { PolicyVersion, PolicyVersionCard } from './policyVersion.ts';
import { StoreError, storeError } from './storeError.ts';
import { codeOf } from './writeWhole.ts';

export const MODEL_FILE = 'policy.onnx';
export const CARD_FILE = 'card.json';
export const REPORT_FILE = 'report.json';

const MOST_CARD_BYTES = 1_000_000;
const MOST_REPORT_BYTES = 50_000_000;

/** A version with its model file as it was checked. */
export interface ReadVersion extends PolicyVersion {
  readonly model: Uint8Array;
}

export const versionName = (number: number): string => String(number).padStart(4, '0');

/** @throws StoreError for a version that is not there, not whole, or cannot be read. */
export async function readVersion(versions: string, number: number): Promise<ReadVersion> {
  const folder = join(versions, versionName(number));
  const file = join(folder, MODEL_FILE);
  const card = parsed(await contentOf(number, join(folder, CARD_FILE), MOST_CARD_BYTES));
  if (!isCard(card) || card.number !== number) throw damaged(number, 'its card is not whole');
  const model = await contentOf(number, file, MOST_MODEL_BYTES);
  if (modelDigest(model) !== card.digest) throw damaged(number, 'its model file is not the one that was kept');
  return { number, file, card, model };
}

/** @throws StoreError as `readVersion`. */
export async function readReport(versions: string, number: number): Promise<LearningReport> {
  const file = join(versions, versionName(number), REPORT_FILE);
  const report = parseReport(parsed(await contentOf(number, file, MOST_REPORT_BYTES)));
  if (!report) throw damaged(number, 'its report is not whole, or of another version of Spoor');
  return report;
}

const damaged = (number: number, why: string): StoreError =>
  new StoreError(`Version ${number} of the policy is damaged: ${why}. Use another version, or train anew.`);

async function contentOf(number: number, file: string, mostBytes: number): Promise<Buffer> {
  try {
    return await readBounded(file, mostBytes);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw damaged(number, `there is no ${file}`);
    throw error instanceof TooLargeError
      ? damaged(number, `${file} is too large`)
      : storeError(`Version ${number} of the policy could not be read`, error);
  }
}

const sources = record({ answers: flag, history: flag });
const learned = record({ answers: count, rejected: count, history: count });
const held = record({ answers: count, history: count, frozen: count });
const label = record({ name: text, digest: text });
const number: Shape = (value) => typeof value === 'number';
const comparison = record({
  set: text,
  measure: text,
  questions: count,
  before: number,
  after: number,
  change: record({ mean: number, low: number, high: number }),
});
const gate = record({ isPromoted: flag, reasons: list(text), comparisons: list(comparison), missing: count });
const partsOfReport = { sources, learned, held, before: label, after: label, gate };

const cardShape = record({ number: count, madeMs: count, digest: text, report: record(partsOfReport) });
const isCard = (value: unknown): value is PolicyVersionCard =>
  isRecord(value) && value['version'] === 1 && cardShape(value);

function parsed(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString());
  } catch {
    return undefined;
  }
}
