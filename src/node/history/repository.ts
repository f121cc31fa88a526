/**
 * The git repository that a workspace folder belongs to, and where its HEAD stands.
 */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ToolFailure } from '#core/agent/tools.ts';
import { gitFailure, runGit, type GitProgram } from '#node/history/git.ts';

/** The repository around a folder; undefined when there is none. */
export async function findRepository(
  git: GitProgram,
  directory: string,
): Promise<Repository | ToolFailure | undefined> {
  const result = await runGit(git, directory, ['rev-parse', '--absolute-git-dir', '--git-common-dir', '--show-prefix']);
  if (result.outcome !== 'ended' || result.code !== 0) {
    const isNone = /not a git repository \(or any|cannot use bare repository/.test(result.stderr);
    return isNone && !existsSync(join(directory, '.git')) ? undefined : gitFailure(result, directory);
  }
  const lines = result.stdout.split('\n');
  if (lines.length !== 4)
    return {
      ok: false,
      reason: 'unsupported',
      message: `The path of ${directory} has a line break in it, so its history is not read.`,
    };
  const [gitDirectory, commonDirectory, prefix] = lines as [string, string, string];
  return { directory, gitDirectory, commonDirectory: realpathSync(resolve(directory, commonDirectory)), prefix };
}

export interface Repository {
  /** The workspace folder. */
  readonly directory: string;
  /** Of this work tree. */
  readonly gitDirectory: string;
  /** Shared by all work trees; symbolic links resolved. */
  readonly commonDirectory: string;
  /** The workspace folder inside of the repository: empty, or with a `/` at its end. */
  readonly prefix: string;
}

export interface Head {
  /** Undefined while there is no commit. */
  readonly id: string | undefined;
  /** Commits of a shallow clone whose parents are not there. */
  readonly boundary: ReadonlySet<string>;
}

export async function readHead(git: GitProgram, repository: Repository): Promise<Head | ToolFailure> {
  const boundary = new Set(textOf(join(repository.commonDirectory, 'shallow'))?.match(/^[0-9a-f]{40,64}$/gm));
  const result = await runGit(git, repository.directory, ['rev-parse', '--quiet', '--verify', 'HEAD']);
  if (result.outcome === 'ended' && result.code === 0) return { id: result.stdout.trim(), boundary };
  if (result.outcome === 'ended' && result.code === 1 && isUnborn(repository)) return { id: undefined, boundary };
  return gitFailure(result, repository.directory);
}

/** Changes when HEAD may have moved. Reads a few small files and starts no program. */
export function headMark({ gitDirectory, commonDirectory }: Repository): string {
  const head = textOf(join(gitDirectory, 'HEAD')) ?? '';
  const ref = refOf(head);
  const files = [
    join(commonDirectory, 'packed-refs'),
    join(commonDirectory, 'shallow'),
    join(gitDirectory, 'reftable', 'tables.list'),
    join(commonDirectory, 'reftable', 'tables.list'),
  ];
  return [
    head,
    ref && textOf(join(commonDirectory, ref)),
    ref && textOf(join(gitDirectory, ref)),
    ...files.map(stampOf),
  ].join('\n');
}

const refOf = (head: string): string | undefined => /^ref: (refs\/[^\n]+)/.exec(head)?.[1];

/** HEAD names a branch that nothing is known of: an empty repository, or an orphan branch. */
function isUnborn({ gitDirectory, commonDirectory }: Repository): boolean {
  const ref = refOf(textOf(join(gitDirectory, 'HEAD')) ?? '');
  if (ref === undefined) return false;
  const packed = textOf(join(commonDirectory, 'packed-refs')) ?? '';
  return !existsSync(join(commonDirectory, ref)) && !packed.includes(` ${ref}\n`);
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}

function stampOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false, bigint: true });
  return stats ? `${stats.ino}:${stats.size}:${stats.mtimeNs}` : '';
}
