/**
 * Tasks as lines of JSON: one line is one task, in the form that `spoor batch` reads too. The names of the fields are
 * those of the public sets of such questions (`gold_files`, `gold_spans`), so that these can be read as tasks.
 */
import { codeFamilyOf, type CodeFamily } from '#core/search/codeFamily.ts';
import { plainSpan, type Span } from '#core/search/span.ts';
import type { Task, TaskSource } from './task.ts';

/** One line without its line end. `fixCommit` is the commit that answers: what later runs leave out by. */
export function formatTaskLine(task: Task, fixCommit?: string): string {
  const [first] = task.goldFiles;
  const language = first === undefined ? undefined : languageOf(first);
  return JSON.stringify({
    id: task.id,
    repo: task.repo,
    commit: task.commit,
    question: task.question,
    source: task.source,
    ...(language === undefined ? {} : { language }),
    gold_files: task.goldFiles,
    gold_spans: task.goldSpans.map(plainSpan),
    ...(task.knownWrong && { known_wrong: task.knownWrong.map(plainSpan) }),
    ...(fixCommit === undefined ? {} : { fix_commit: fixCommit }),
  });
}

/**
 * The task of a line, or a sentence that says why it is none. Fields that a task does not have are passed over, so are
 * spans outside of its gold files; a source that is not known counts as `commit`.
 */
export function parseTaskLine(line: string): Task | string {
  const row = parseObject(line);
  if (typeof row === 'string') return row;
  const missing = ['id', 'repo', 'commit', 'question'].find((name) => typeof row[name] !== 'string' || !row[name]);
  if (missing !== undefined) return `The task has no "${missing}".`;
  if (!isRepoName(row['repo'])) return 'The task\'s "repo" is not of the form owner/name.';
  if (!COMMIT_NAME.test(row['commit'] as string)) return 'The task\'s "commit" is no commit id.';
  const goldFiles = row['gold_files'];
  const source = SOURCES.find((name) => name === row['source']) ?? 'commit';
  const mayBeEmpty = source === 'wrong-repository' || source === 'accepted-answer';
  if (!Array.isArray(goldFiles) || !(mayBeEmpty || goldFiles.length) || !goldFiles.every(isWorkspacePath))
    return 'The task has no "gold_files", or one of them is no path inside of the workspace.';
  const spans = row['gold_spans'] ?? [];
  if (!Array.isArray(spans) || !spans.every(isSpan)) return 'A span of "gold_spans" has no path, start and end.';
  const knownWrong = row['known_wrong'];
  if (knownWrong !== undefined && !(Array.isArray(knownWrong) && knownWrong.every(isSpan)))
    return 'A span of "known_wrong" has no path, start and end.';
  const text = row as Record<'id' | 'repo' | 'commit' | 'question', string>;
  return {
    id: text.id,
    repo: text.repo,
    commit: text.commit,
    source,
    question: text.question,
    goldFiles: [...new Set(goldFiles)],
    goldSpans: spans.filter(({ path }) => goldFiles.includes(path)).map(plainSpan),
    ...(knownWrong && { knownWrong: knownWrong.map(plainSpan) }),
  };
}

/** `owner/name`: two names that a path can be made of, and that lead nowhere else. */
export const isRepoName = (repo: unknown): boolean =>
  typeof repo === 'string' && /^(?!\.{1,2}\/)[\w.-]+\/(?!\.{1,2}$)[\w.-]+$/.test(repo);

/** Git must not take it for an option. Of a workspace as it is now it is any text that says which state that is. */
const COMMIT_NAME = /^[^-\p{Cc}][^\p{Cc}]{0,999}$/u;

const SOURCES: readonly TaskSource[] = [
  'commit',
  'changelog',
  'test',
  'doc-comment',
  'accepted-answer',
  'wrong-repository',
];

function parseObject(line: string): Record<string, unknown> | string {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    return 'The line is no JSON object.';
  } catch {
    return 'The line is not JSON.';
  }
}

/** Whether a task may name it: relative, without parts that lead elsewhere. */
export const isWorkspacePath = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && !/^\/|(^|\/)\.\.?(\/|$)|\0/.test(value);

function isSpan(value: unknown): value is Span {
  if (typeof value !== 'object' || value === null) return false;
  const { path, start, end } = value as Record<string, unknown>;
  return isWorkspacePath(path) && isLine(start) && isLine(end) && start <= end;
}

const isLine = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1;

/** Names of languages as the public sets write them, where ours differ. */
const LANGUAGES: Partial<Record<CodeFamily, string>> = { js: 'javascript', ts: 'typescript' };

export function languageOf(path: string): string | undefined {
  const family = codeFamilyOf(path);
  if (family === undefined || family === 'mixed') return undefined;
  return LANGUAGES[family] ?? family;
}
