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
  let left = [...new Set(ids)];
  for (let tries = 0; left.length > 0 && tries < MAX_TRIES; tries++) {
    let answers = 0;
    const take = createBatchReader((id, bytes) => {
      answers++;
      if (bytes && !isBinary(bytes)) texts.set(id, decodeText(bytes).text);
    });
    const input = left.map((id) => `${id}\n`).join('');
    const result = await source.run(['cat-file', '--batch'], take, input);
    if (result.outcome === 'ended' && result.code === 0) break;
    if (result.outcome !== 'ended' || result.code !== DIED) return gitFailure(result, source.directory);
    // In a clone without all contents git gives up at the first that it lacks.
    left = left.slice(answers + 1);
  }
  return texts;
}

/** Git's exit code when it lacks something; others mean that it was called wrongly. */
export const DIED = 128;
/** After so many the rest counts as missing too. */
const MAX_TRIES = 20;
const MAX_BLOB_BYTES = 400_000;

/** Reads `ID blob SIZE\n`, the bytes and `\n`, again and again; `ID missing\n`, and what is too long, gives no bytes. */
function createBatchReader(onAnswer: (id: string, bytes: Buffer | undefined) => void): (chunk: Buffer) => void {
  let head = '';
  let blob: { readonly id: string; readonly parts: Buffer[]; readonly isKept: boolean; left: number } | undefined;
  const body = (part: Buffer, current: NonNullable<typeof blob>): void => {
    if (current.isKept) current.parts.push(part);
    current.left -= part.length;
    if (current.left > 0) return;
    onAnswer(current.id, current.isKept ? Buffer.concat(current.parts).subarray(0, -1) : undefined);
    blob = undefined;
  };
  const heading = (text: string): void => {
    const [id, type, size] = text.split(' ');
    if (size === undefined) return onAnswer(id!, undefined);
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
