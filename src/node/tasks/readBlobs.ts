/** Contents of files by their ids, straight from git's store. */
import type { ToolFailure } from '#core/agent/tools.ts';
import { gitFailure } from '#node/history/git.ts';
import { decodeText, isBinary } from '#node/textDecoding.ts';
import type { RepositorySource } from './repositorySource.ts';

/** Text by id; without what is missing, no text, or longer than `MAX_BLOB_BYTES`. All of it is held in memory. */
export async function readBlobs(
  source: RepositorySource,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string> | ToolFailure> {
  const texts = new Map<string, string>();
  if (!ids.length) return texts;
  const take = createBatchReader((id, bytes) => {
    if (!isBinary(bytes)) texts.set(id, decodeText(bytes).text);
  });
  const input = [...new Set(ids)].map((id) => `${id}\n`).join('');
  const result = await source.run(['cat-file', '--batch'], take, input);
  return result.outcome === 'ended' && result.code === 0 ? texts : gitFailure(result, source.directory);
}

export const MAX_BLOB_BYTES = 400_000;

/** Reads `ID blob SIZE\n`, the bytes and `\n`, again and again; `ID missing\n` has no bytes. */
function createBatchReader(onBlob: (id: string, bytes: Buffer) => void): (chunk: Buffer) => void {
  let head = '';
  let blob: { readonly id: string; readonly parts: Buffer[]; readonly isKept: boolean; left: number } | undefined;
  const body = (part: Buffer, current: NonNullable<typeof blob>): void => {
    if (current.isKept) current.parts.push(part);
    current.left -= part.length;
    if (current.left > 0) return;
    if (current.isKept) onBlob(current.id, Buffer.concat(current.parts).subarray(0, -1));
    blob = undefined;
  };
  const heading = (text: string): void => {
    const [id, type, size] = text.split(' ');
    if (size === undefined) return;
    blob = { id: id!, parts: [], isKept: type === 'blob' && Number(size) <= MAX_BLOB_BYTES, left: Number(size) + 1 };
  };
  return (chunk) => {
    for (let at = 0; at < chunk.length;) {
      if (blob) {
        const part = chunk.subarray(at, at + blob.left);
        at += part.length;
        body(part, blob);
        continue;
      }
      const end = chunk.indexOf(10, at);
      head += chunk.subarray(at, end < 0 ? undefined : end).toString('latin1');
      at = end < 0 ? chunk.length : end + 1;
      if (end < 0) continue;
      heading(head);
      head = '';
    }
  };
}
