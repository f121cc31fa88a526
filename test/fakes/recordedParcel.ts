/** Tasks about test/fixtures/workspace, with their worlds recorded from a real git repository by the real tools. */
import { join } from 'node:path';
import type { Task } from '../../src/core/agent/task.ts';
import { recordWorlds } from '../../src/node/worlds/recordWorlds.ts';
import { runGit } from './gitRepository.ts';
import { makeParcelWorkspace } from './parcelWorkspace.ts';

export interface RecordedParcel {
  readonly tasks: readonly Task[];
  /** Folder of the worlds. */
  readonly worlds: string;
}

const QUESTIONS: readonly [id: string, question: string, goldFile: string, start: number, end: number][] = [
  ['retry', 'Where do we retry failed uploads by withBackoff?', 'src/upload/backoff.ts', 10, 30],
  ['queue', 'How does the UploadQueue log errors of failed uploads?', 'src/upload/queue.ts', 20, 50],
  ['spool', 'Where are files spooled to disk before they are uploaded?', 'src/upload/spool.ts', 5, 20],
  ['bucket', 'How does the bucket put a file in parts?', 'src/storage/bucket.ts', 5, 20],
  ['config', 'Where is the configured number of tries read?', 'src/config.ts', 5, 20],
  ['token', 'How does the agent read its token?', 'agent/main.go', 20, 60],
];

/** @param base an empty folder; the caller removes it. */
export async function recordParcel(base: string): Promise<RecordedParcel> {
  const [repos, worlds] = [join(base, 'repos'), join(base, 'worlds')];
  const repository = join(repos, 'parcel/service');
  makeParcelWorkspace(repository);
  const commit = runGit(repository, ['rev-parse', 'HEAD']).trim();
  const tasks = QUESTIONS.map(([id, question, path, start, end]): Task => {
    const gold = { goldFiles: [path], goldSpans: [{ path, start, end }] };
    return { id, repo: 'parcel/service', commit, source: 'commit', question, ...gold };
  });
  const { signal } = new AbortController();
  const plan = { repos, out: worlds, workDirectory: join(base, 'work'), signal, episodes: 6 };
  const { recorded } = await recordWorlds(tasks, plan);
  if (recorded !== tasks.length) throw new Error(`Of ${tasks.length} worlds ${recorded} were recorded.`);
  return { tasks, worlds };
}
