/** The list of repositories to learn from, and of those that nothing may be learned from. */
import { readFileSync } from 'node:fs';
import { shippedFile } from '#node/shippedFile.ts';

export interface CorpusRepository {
  /** `owner/name`. */
  readonly repo: string;
  /** The newest commit to use. */
  readonly commit?: string;
  /** Days before that commit that are left out. */
  readonly leaveNewestDays?: number;
}

export interface Corpus {
  readonly repositories: readonly CorpusRepository[];
  /** What results are measured on. */
  readonly neverTrainOn: readonly string[];
}

/** The path of the list that Spoor comes with; undefined if it is not there. */
export const shippedCorpus = (start?: string): string | undefined => shippedFile('corpus.json', start);

/** The list in a file, or a sentence that says why there is none. */
export function readCorpus(file: string): Corpus | string {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, ''));
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return `The list of repositories cannot be read from ${file}. ${isMissing ? 'There is no such file' : 'It is not JSON'}.`;
  }
  const { repositories, neverTrainOn } = (value ?? {}) as Record<string, unknown>;
  if (!Array.isArray(repositories)) return `${file} is no list of repositories: it has no "repositories".`;
  const bad = repositories.findIndex((entry) => !isRepository(entry));
  if (bad >= 0)
    return `${file} names no repository in entry ${bad + 1} of "repositories": {"repo": "owner/name", "commit", "leaveNewestDays"} is wanted.`;
  if (neverTrainOn !== undefined && !(Array.isArray(neverTrainOn) && neverTrainOn.every(isRepositoryName)))
    return `${file} has a "neverTrainOn" that is no list of names like owner/name.`;
  return { repositories, neverTrainOn: neverTrainOn ?? [] };
}

/** `owner/name`, without a part that leads elsewhere. */
export const isRepositoryName = (value: unknown): value is string =>
  typeof value === 'string' && /^(?!\.{1,2}\/)[\w.-]+\/(?!\.{1,2}$)[\w.-]+$/.test(value);

function isRepository(entry: unknown): entry is CorpusRepository {
  if (typeof entry !== 'object' || entry === null) return false;
  const { repo, commit, leaveNewestDays } = entry as Record<string, unknown>;
  const hasCommit = commit === undefined || (typeof commit === 'string' && /^[0-9a-f]{7,64}$/.test(commit));
  const hasDays =
    leaveNewestDays === undefined || (Number.isSafeInteger(leaveNewestDays) && Number(leaveNewestDays) >= 0);
  return isRepositoryName(repo) && hasCommit && hasDays;
}
