/** The changes of some commits, read from git a few hundred commits at a time. */
import { devNull } from 'node:os';
import type { ToolFailure } from '#core/agent/tools.ts';
import { PLAIN_LOG, gitFailure } from '#node/history/git.ts';
import type { ChangedFile } from './commitLog.ts';
import { createPatchParser, PATCH_FORMAT, type FilePatch } from './patchParser.ts';
import { DIED } from './readBlobs.ts';
import type { RepositorySource } from './repositorySource.ts';

/** What is asked for: of a commit, the changes of these files. */
export interface PatchWish {
  readonly id: string;
  readonly files: readonly ChangedFile[];
  /** Place in git's order: neighbours are read together, which git is quicker at. */
  readonly order: number;
}

/** A file with its changes. */
export interface ReadPatch extends FilePatch {
  readonly path: string;
}

export interface ReadPatches {
  /** By commit; without those that could not be read. */
  readonly patches: ReadonlyMap<string, readonly ReadPatch[]>;
  /** Commits whose contents are not in this clone. */
  readonly missing: number;
}

/** `context`: unchanged lines around each change. At most a few hundred wishes at a time. */
export async function readPatches(
  source: RepositorySource,
  wishes: readonly PatchWish[],
  context: number,
): Promise<ReadPatches | ToolFailure> {
  const byId = new Map(wishes.map((wish) => [wish.id, wish]));
  const patches = new Map<string, readonly ReadPatch[]>();
  let left = [...wishes].sort((a, b) => a.order - b.order);
  let missing = 0;
  while (left.length > 0) {
    const before = patches.size;
    const parser = createPatchParser(
      (id, oldId, newId) => fileOf(byId.get(id), oldId, newId) !== undefined,
      ({ id, files }) => patches.set(id, named(files, byId.get(id))),
    );
    const ids = left.map(({ id }) => `${id}\n`).join('');
    const result = await source.run([...LOG, `-U${context}`, '--stdin'], (chunk) => parser.add(chunk), ids);
    if (result.outcome !== 'ended' || (result.code !== 0 && result.code !== DIED))
      return gitFailure(result, source.directory);
    if (result.code === 0) {
      parser.end();
      break;
    }
    // Git gives up at the first commit that it lacks something of; what it said before is whole.
    left = left.filter(({ id }) => !patches.has(id));
    if (patches.size > before) continue;
    // A clone without contents has none of them: do not ask for each.
    const lost = patches.size === 0 && missing >= MAX_TRIES ? left.length : 1;
    left = left.slice(lost);
    missing += lost;
  }
  return { patches, missing };
}

const MAX_TRIES = 20;

const fileOf = (wish: PatchWish | undefined, oldId: string, newId: string): ChangedFile | undefined =>
  wish?.files.find((file) => file.oldId === oldId && file.newId === newId);

/** The same change made to several files is one patch for each of them. */
function named(patches: readonly FilePatch[], wish: PatchWish | undefined): ReadPatch[] {
  const byChange = new Map(patches.map((patch) => [`${patch.oldId} ${patch.newId}`, patch]));
  return (wish?.files ?? []).flatMap((file) => {
    const patch = byChange.get(`${file.oldId} ${file.newId}`);
    return patch ? [{ ...patch, path: file.path }] : [];
  });
}

const LOG = [
  'log',
  '--no-walk=unsorted',
  '--patch',
  '--full-index',
  '--no-renames',
  `--format=${PATCH_FORMAT}`,
  '--diff-algorithm=myers',
  '--indent-heuristic',
  '--inter-hunk-context=0',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--ignore-submodules=all',
  `-O${devNull}`,
  ...PLAIN_LOG,
];
