/**
 * The versions of a learned policy in one folder, and which of them is in use. A version is there whole or not at all,
 * is never changed, and stays when it is not in use any more. Which is in use stands in one file that is replaced whole,
 * so what is in use can be opened whatever stops a process at whatever moment. Several windows may use a folder.
 */
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LearningReport } from '#core/learning/learningReport.ts';
import { modelDigest, MOST_MODEL_BYTES } from './modelFile.ts';
import { withFileLock } from './fileLock.ts';
import type { PolicyVersion, PolicyVersionCard } from './policyVersion.ts';
import { NO_USES, parseUses, usesInEffect, usesInOrder, type PolicyUse, type PolicyUses } from './policyUses.ts';
import { StoreError, storeError } from './storeError.ts';
import {
  CARD_FILE,
  MODEL_FILE,
  readReport,
  readVersion,
  REPORT_FILE,
  versionName,
  type ReadVersion,
} from './versionFiles.ts';
import {
  codeOf,
  isRunning,
  moveInto,
  namesIn,
  sweepUnfinished,
  syncFolder,
  writeThrough,
  writeWhole,
} from './writeWhole.ts';

export interface PolicyStoreOptions {
  /** Folder of one workspace's versions, or of the user's; see `policyFolders.ts`. Made by the first version. */
  readonly directory: string;
  /** Gets a sentence for each damaged version that `list` passes over. */
  readonly tell?: (sentence: string) => void;
}

/** All calls reject with a `StoreError`, a sentence for people, when the disk does not do its part. */
export interface PolicyStore {
  /** The whole ones, by number. */
  list(): Promise<readonly PolicyVersion[]>;
  /** Keeps a new version, which is not in use before it is promoted. */
  add(made: { readonly model: Uint8Array; readonly report: LearningReport }): Promise<PolicyVersion>;
  /** Number of the version in use; undefined for none of its own. Damaged versions are passed over. */
  current(): Promise<number | undefined>;
  /** As `current`, with the version, its model file as it was checked, and a sentence for each one passed over. Never rejects. */
  inUse(): Promise<PolicyInUse>;
  /** Puts a version in use; refuses one that is not whole. `atMs`: when this is, for a change of several stores. */
  promote(number: number, atMs?: number): Promise<PolicyVersion>;
  /**
   * Puts in use what was before: another version, or none of its own. Returns what `current` is then. Rejects where
   * nothing was in use before.
   */
  rollBack(): Promise<number | undefined>;
  /** What rolling back would undo; undefined where nothing was in use before. */
  lastUse(): Promise<PolicyUse | undefined>;
  /** None of its own is in use. All versions stay, and rolling back leads back. `atMs` as for `promote`. */
  reset(atMs?: number): Promise<void>;
  readReport(number: number): Promise<LearningReport>;
}

export interface PolicyInUse {
  readonly version?: ReadVersion;
  readonly problems: readonly string[];
}

export function createPolicyStore({ directory, tell }: PolicyStoreOptions): PolicyStore {
  const versions = join(directory, VERSIONS);
  const changed = <T>(what: string, change: () => Promise<T>): Promise<T> =>
    locked(directory, change).catch((error: unknown) => {
      throw storeError(what, error);
    });
  const inUse = (): Promise<PolicyInUse> => findInUse(directory);
  return {
    list: () => listVersions(versions, tell),
    add: async ({ model, report }) => {
      const fresh = await unfinished(directory, { model, report });
      try {
        return await changed(NOT_KEPT, () => finish(directory, fresh, cardOf(model, report)));
      } finally {
        await rm(fresh, { recursive: true, force: true });
      }
    },
    current: async () => (await inUse()).version?.number,
    inUse,
    async promote(number, atMs = Date.now()) {
      const { model: _, ...version } = await readVersion(versions, number);
      await changed(NOT_CHANGED, () => addUse(directory, { kind: 'promote', number, atMs }));
      return version;
    },
    async rollBack() {
      await changed(NOT_CHANGED, async () => {
        if (usesInEffect(await usesToChange(directory)).length === 0) throw new StoreError(NOTHING_BEFORE);
        await addUse(directory, { kind: 'rollBack', atMs: Date.now() });
      });
      return (await inUse()).version?.number;
    },
    lastUse: async () => {
      try {
        return usesInEffect((await readUses(directory)) ?? NO_USES).at(-1);
      } catch (error) {
        throw storeError(NOT_READ, error);
      }
    },
    reset: (atMs = Date.now()) => changed(NOT_CHANGED, () => addUse(directory, { kind: 'reset', atMs })),
    readReport: (number) => readReport(versions, number),
  };
}

const VERSIONS = 'versions';
const CURRENT = 'current.json';
const LOCK = 'current.lock';

const NOT_READ = 'The versions of the policy could not be read';
const NOT_KEPT = 'The new version of the policy could not be kept';
const NOT_CHANGED = 'The policy in use could not be changed';
const NOTHING_BEFORE = 'There is nothing to go back to: no version was in use here before.';
const UNKNOWN =
  'Which version of the policy is in use cannot be told: current.json is damaged, or of a later version of Spoor. Promote a version again.';

async function locked<T>(directory: string, action: () => Promise<T>): Promise<T> {
  await mkdir(directory, { recursive: true });
  return withFileLock(join(directory, LOCK), action);
}

async function numbersIn(versions: string): Promise<number[]> {
  const names = (await namesIn(versions)).filter((name) => /^\d{4,15}$/.test(name));
  return names.map(Number).sort((a, b) => a - b);
}

async function listVersions(versions: string, tell: PolicyStoreOptions['tell']): Promise<PolicyVersion[]> {
  const found: PolicyVersion[] = [];
  const numbers = await numbersIn(versions).catch((error: unknown) => {
    throw storeError(NOT_READ, error);
  });
  for (const number of numbers)
    try {
      const { model: _, ...version } = await readVersion(versions, number);
      found.push(version);
    } catch (error) {
      tell?.(sentenceOf(error));
    }
  return found;
}

async function findInUse(directory: string): Promise<PolicyInUse> {
  const problems: string[] = [];
  try {
    const uses = await readUses(directory);
    if (!uses) return { problems: [UNKNOWN] };
    for (const number of usesInOrder(uses).toReversed()) {
      if (number === 0) break;
      try {
        return { version: await readVersion(join(directory, VERSIONS), number), problems };
      } catch (error) {
        const sentence = sentenceOf(error);
        if (!problems.includes(sentence)) problems.push(sentence);
      }
    }
  } catch (error) {
    problems.push(sentenceOf(error));
  }
  return { problems };
}

const sentenceOf = (error: unknown): string => storeError(NOT_READ, error).message;

/** Undefined when it is damaged. */
async function readUses(directory: string): Promise<PolicyUses | undefined> {
  try {
    return parseUses(await readFile(join(directory, CURRENT), 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return NO_USES;
    throw error;
  }
}

/** What cannot be read is put aside, not overwritten: a later version of Spoor may have written it. */
async function usesToChange(directory: string): Promise<PolicyUses> {
  const uses = await readUses(directory);
  if (uses) return uses;
  await rename(join(directory, CURRENT), join(directory, `${CURRENT}.bad`));
  return NO_USES;
}

const writeUses = (directory: string, uses: PolicyUses): Promise<void> =>
  writeWhole(join(directory, CURRENT), `${JSON.stringify(uses)}\n`);

/** What is in use already is not put in use again: rolling back would lead to itself. */
async function addUse(directory: string, use: PolicyUse): Promise<void> {
  const uses = await usesToChange(directory);
  const isSame = use.kind !== 'rollBack' && usesInOrder(uses).at(-1) === (use.number ?? 0);
  if (!isSame) await writeUses(directory, { ...uses, uses: [...uses.uses, use] });
}

const cardOf = (model: Uint8Array, report: LearningReport): Omit<PolicyVersionCard, 'number'> => {
  const { sources, learned, held, before, after, gate } = report;
  const digest = modelDigest(model);
  return { version: 1, madeMs: report.endedMs, digest, report: { sources, learned, held, before, after, gate } };
};

/** A folder beside the versions that has all of the new one but its card, which says its number. */
async function unfinished(
  directory: string,
  { model, report }: { readonly model: Uint8Array; readonly report: LearningReport },
): Promise<string> {
  if (model.length > MOST_MODEL_BYTES) throw new StoreError(`${NOT_KEPT}: its model file is too large.`);
  let fresh: string | undefined;
  try {
    await mkdir(join(directory, VERSIONS), { recursive: true });
    await sweep(directory);
    fresh = await mkdtemp(join(directory, `new-${process.pid}-`));
    await writeThrough(join(fresh, MODEL_FILE), model);
    await writeThrough(join(fresh, REPORT_FILE), `${JSON.stringify(report)}\n`);
    return fresh;
  } catch (error) {
    if (fresh !== undefined) await rm(fresh, { recursive: true, force: true });
    throw storeError(NOT_KEPT, error);
  }
}

async function finish(
  directory: string,
  fresh: string,
  about: Omit<PolicyVersionCard, 'number'>,
): Promise<PolicyVersion> {
  const versions = join(directory, VERSIONS);
  const uses = await usesToChange(directory);
  const number = Math.max(uses.last, ...(await numbersIn(versions))) + 1;
  const card: PolicyVersionCard = { ...about, number };
  await writeThrough(join(fresh, CARD_FILE), `${JSON.stringify(card, undefined, 2)}\n`);
  await syncFolder(fresh);
  await writeUses(directory, { ...uses, last: number });
  const folder = join(versions, versionName(number));
  await moveInto(fresh, folder);
  return { number, file: join(folder, MODEL_FILE), card };
}

/** Takes away what killed processes left of versions that they had begun to keep. */
async function sweep(directory: string): Promise<void> {
  await sweepUnfinished(directory);
  for (const name of await namesIn(directory)) {
    const pid = /^new-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    await rm(join(directory, name), { recursive: true, force: true });
  }
}
