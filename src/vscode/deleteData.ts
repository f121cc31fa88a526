/** Deletes what Spoor keeps, and says how much that was. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoragePaths } from '#vscode/storagePaths.ts';

export interface DeletedData {
  readonly conversations: number;
  readonly sites: number;
  /** On disk, of everything. */
  readonly bytes: number;
  /** What could not be deleted, full paths. */
  readonly kept: readonly string[];
}

export async function deleteData(storage: StoragePaths): Promise<DeletedData> {
  const conversations = (await names(storage.conversations)).filter((name) => name.endsWith('.jsonl')).length;
  const sites = (await names(storage.sites)).length;
  let bytes = 0;
  const kept: string[] = [];
  for (const folder of Object.values(storage)) {
    const size = await sizeOf(folder);
    try {
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      bytes += size;
    } catch {
      kept.push(folder);
    }
  }
  return { conversations, sites, bytes, kept };
}

async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await entriesOf(folder)) {
    const info = entry.isFile() ? await stat(join(entry.parentPath, entry.name)).catch(() => undefined) : undefined;
    bytes += info?.size ?? 0;
  }
  return bytes;
}

const entriesOf = async (folder: string) => readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
