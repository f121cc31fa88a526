/** Records questions about one repository, at one of its commits after the other. */
import { mkdirSync } from 'node:fs';
import type { WorldRecord } from '#core/agent/worldRecord.ts';
import { recordWorld } from '#node/worlds/recordWorld.ts';
import { narrowedWorld } from '#node/worlds/narrowedWorld.ts';
import { openWorldTools, type WorldTools, type WorldToolsOptions } from '#node/worlds/worldTools.ts';
import { openWorktree, type Worktree } from '#node/worktree.ts';

export interface RepositoryRecorder extends Pick<Worktree, 'commitTimes'> {
  /** Lays out a commit; those of neighbours change few files. Throws a `WorktreeError`. */
  moveTo(commit: string): Promise<void>;
  /** In the state of the last `moveTo`; narrowed to a scope's files and folders if it has some. Throws a `RecordingError`. */
  record(question: string, scope?: readonly string[]): Promise<WorldRecord>;
  close(): Promise<void>;
}

export interface RepositoryRecorderOptions extends Pick<WorldToolsOptions, 'docs' | 'rg' | 'appRoot'> {
  /** A repository, bare or with a work tree; it is only read. */
  readonly source: string;
  /** Where its commits are laid out; the caller removes it. */
  readonly directory: string;
  /** Folder for the indexes. */
  readonly storage: string;
  readonly signal: AbortSignal;
  /** Episodes of chance for each world. */
  readonly episodes?: number;
}

/** Throws a `WorktreeError` if there is no repository at `source` or git cannot work. */
export async function openRepositoryRecorder(options: RepositoryRecorderOptions): Promise<RepositoryRecorder> {
  const { source, directory, storage, signal, episodes } = options;
  mkdirSync(directory, { recursive: true });
  const worktree = await openWorktree(source, directory, signal);
  let tools: WorldTools | undefined;
  return {
    commitTimes: (commits) => worktree.commitTimes(commits),
    async moveTo(commit) {
      await worktree.moveTo(commit);
      tools ??= openWorldTools([directory], storage, options);
      await tools.update();
    },
    record(question, scope = []) {
      if (!tools) throw new Error('No commit was laid out to record questions at.');
      const places = { scope, docs: options.docs ?? true, hasAddedDocs: false };
      const own = scope.length ? narrowedWorld(tools, question, places) : tools;
      return recordWorld(question, own, { signal, ...(episodes !== undefined && { episodes }) });
    },
    close: async () => tools?.close(),
  };
}
