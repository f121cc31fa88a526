/**
 * The commit that explains a definition as it is now: the newest one that any of its lines comes from, told by git's
 * blame without changes of white space and without the commits that the repository says to pass over.
 *
 * The lines are those of HEAD and not of the work tree, because git would run the repository's filters on the latter.
 */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { CallContext } from '#core/agent/tools.ts';
import type { Explanation } from '#core/answer/explanation.ts';
import type { Span } from '#core/search/span.ts';
import { readContent } from '#node/docs/docsFile.ts';
import { chooseChange, parseBlame } from '#node/explain/blame.ts';
import { linesBefore } from '#node/explain/linesBefore.ts';
import { runGit, type GitProgram } from '#node/history/git.ts';
import { findRepository, readHead, type Repository } from '#node/history/repository.ts';
import { linesOf } from '#node/textDecoding.ts';
import { readWholeText } from '#node/textFiles.ts';
import type { Workspace } from '#node/workspace.ts';

export interface ChangeParts {
  readonly workspace: Workspace;
  readonly git?: string;
}

const MAX_FILE_BYTES = 2 << 20;
/** Of a longer definition the first lines are looked at. */
const MAX_LINES = 400;

/** Undefined where there is no repository, the file is not in HEAD, or git fails or takes too long. */
export async function lastChange(span: Span, parts: ChangeParts, context: CallContext): Promise<Explanation['change']> {
  const place = rootOf(span.path, parts.workspace);
  if (!place) return undefined;
  const { git, end } = gitFor(parts, context);
  try {
    const repository = await findRepository(git, place.directory);
    if (!repository || 'ok' in repository) return undefined;
    return await changeIn(repository, place.path, span, git, parts);
  } finally {
    end();
  }
}

async function changeIn(
  repository: Repository,
  path: string,
  span: Span,
  git: GitProgram,
  { workspace }: ChangeParts,
): Promise<Explanation['change']> {
  const { directory, prefix } = repository;
  const passedOver = passedOverFile(repository);
  const [head, committed, now] = await Promise.all([
    readHead(git, repository),
    runGit(git, directory, ['cat-file', 'blob', `HEAD:${prefix}${path}`]),
    readWholeText(workspace, span.path, MAX_FILE_BYTES),
  ]);
  if ('ok' in head || committed.code !== 0 || !now.ok) return undefined;
  const end = Math.min(span.end, span.start + MAX_LINES - 1);
  const range = linesBefore({ start: span.start, end }, now.lines, linesOf(committed.stdout));
  if (!range) return undefined;
  const blamed = await runGit(git, directory, [
    ...['blame', '--porcelain', '-w', '--no-textconv', '--no-ext-diff', '--no-ignore-revs-file'],
    ...(passedOver === undefined ? [] : ['--ignore-revs-file', passedOver]),
    ...['-L', `${range.start},${range.end}`, 'HEAD', '--', path],
  ]);
  if (blamed.outcome !== 'ended' || blamed.code !== 0) return undefined;
  // In a shallow clone everything older than it seems to come from its oldest commits.
  return chooseChange(parseBlame(blamed.stdout).filter(({ id }) => !head.boundary.has(id)));
}

const PASSED_OVER = '.git-blame-ignore-revs';
const MAX_PASSED_OVER_BYTES = 1 << 20;

/** The list of commits that only format, as many repositories keep it; git refuses one with other things in it. */
function passedOverFile({ directory, prefix }: Repository): string | undefined {
  const top = prefix
    .split('/')
    .slice(1)
    .map(() => '..');
  const file = join(directory, ...top, PASSED_OVER);
  // A link could lead anywhere.
  if (!lstatSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
  const lines = readContent(file, MAX_PASSED_OVER_BYTES)?.text?.split('\n');
  return lines?.every((line) => COMMIT_LINE.test(line)) ? file : undefined;
}

const COMMIT_LINE = /^\s*(?:[0-9a-f]{40}(?:[0-9a-f]{24})?\s*)?(?:#.*)?$/;

/** The folder of a workspace path, and the path inside of it; undefined for docs from outside. */
function rootOf(path: string, { roots }: Workspace): { directory: string; path: string } | undefined {
  for (const { label, directory } of roots) {
    if (label === '') return path.startsWith('~docs/') ? undefined : { directory, path };
    if (path.startsWith(`${label}/`)) return { directory, path: path.slice(label.length + 1) };
  }
  return undefined;
}

/** Git with the call's cancel and deadline. `end` takes the listeners away. */
export function gitFor(
  { git = 'git' }: ChangeParts,
  { signal, timeoutMs }: CallContext,
): { git: GitProgram; end: () => void } {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  const timer = setTimeout(abort, timeoutMs);
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  return {
    git: { program: git, signal: stop.signal },
    end: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    },
  };
}
