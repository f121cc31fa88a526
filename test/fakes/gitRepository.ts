/** Small real git repositories for tests. The user's own git settings have no part in them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { dirname, join } from 'node:path';

/** Files of a commit by path; null removes one. */
export type Change = Readonly<Record<string, string | null>>;

/** Makes a repository with a commit for each change, a day apart, and returns their ids. */
export function makeRepository(directory: string, changes: readonly Change[]): string[] {
  mkdirSync(directory, { recursive: true });
  runGit(directory, ['-c', 'init.defaultBranch=main', 'init', '--quiet', '.']);
  return changes.map((change, day) => commitChange(directory, change, day));
}

export function commitChange(directory: string, change: Change, day: number): string {
  for (const [path, text] of Object.entries(change)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    if (text === null) rmSync(join(directory, path));
    else writeFileSync(join(directory, path), text);
  }
  runGit(directory, ['add', '--all', '--force']);
  runGit(directory, ['commit', '--quiet', '--allow-empty', '-m', `Change ${day}`], 1_700_000_000 + day * 86_400);
  return runGit(directory, ['rev-parse', 'HEAD']).trim();
}

export function runGit(cwd: string, args: readonly string[], timeS = 1_700_000_000): string {
  const date = `${timeS} +0000`;
  const who = {
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@example.org',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@example.org',
  };
  const config = {
    GIT_CONFIG_GLOBAL: devNull,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
  };
  return execFileSync('git', args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...who, ...config },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
