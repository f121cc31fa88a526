/** Worlds on disk, a file each, in a folder for each repository. A file is whole or not there. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Task } from '#core/agent/task.ts';
import type { WorldRecord } from '#core/agent/worldRecord.ts';
import { writeWholeSync } from '#node/stores/writeWholeSync.ts';
import { decodeWorld, encodeWorld } from '#node/worlds/worldCodec.ts';

/** The first bytes of a world; the number goes up with every change of what follows. */
const MARK = Buffer.from('SpoorWorld 1\n');
const ANY_MARK = Buffer.from('SpoorWorld ');
const CHECKSUM_BYTES = 4;
const LONGEST_NAME = 120;

export interface WorldFailure {
  readonly ok: false;
  /** `outdated`: written by another version of Spoor, or for another question. */
  readonly reason: 'missing' | 'outdated' | 'damaged';
  /** One sentence: what is wrong and what to do. */
  readonly message: string;
}

export type LoadedWorld = { readonly ok: true; readonly value: WorldRecord } | WorldFailure;

/** Where a task's world is kept. What is no plain letter of a file name is encoded, long ids are shortened. */
export const worldFile = (directory: string, { repo, id }: Pick<Task, 'repo' | 'id'>): string =>
  join(directory, repo.split('/').map(fileName).join('+'), `${fileName(id)}.world`);

function fileName(text: string): string {
  const encode = (sign: string): string => `%${sign.codePointAt(0)!.toString(16)}`;
  const name = text.replace(/^\.|[^\w.+-]/gu, encode);
  if (name.length <= LONGEST_NAME) return name;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return `${name.slice(0, LONGEST_NAME - hash.length - 1)}-${hash}`;
}

export function saveWorld(file: string, record: WorldRecord): void {
  mkdirSync(dirname(file), { recursive: true });
  const content = encodeWorld(record);
  writeWholeSync(file, Buffer.concat([MARK, checksumOf(content), content]));
}

/** Never throws. */
export function loadWorld(file: string): LoadedWorld {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return isMissing
      ? failure('missing', `There is no world ${file}. Record the worlds of these tasks first.`)
      : failure('damaged', `The world ${file} cannot be read (${(error as Error).message}). Check its folder.`);
  }
  if (!bytes.subarray(0, MARK.length).equals(MARK))
    return bytes.subarray(0, ANY_MARK.length).equals(ANY_MARK)
      ? failure('outdated', `The world ${file} was written by another version. Delete it and record it anew.`)
      : failure('damaged', `${file} is no recorded world. Delete it and record it anew.`);
  const content = bytes.subarray(MARK.length + CHECKSUM_BYTES);
  try {
    if (checksumOf(content).equals(bytes.subarray(MARK.length, MARK.length + CHECKSUM_BYTES)))
      return { ok: true, value: decodeWorld(content) };
  } catch {
    // A checksum may be right by chance, or by intent.
  }
  return failure('damaged', `The world ${file} is damaged. Delete it and record it anew.`);
}

/** As `loadWorld`; a task is told by its id, and its question may have changed since. */
export function loadTaskWorld(directory: string, task: Pick<Task, 'repo' | 'id' | 'question'>): LoadedWorld {
  const file = worldFile(directory, task);
  const loaded = loadWorld(file);
  if (!loaded.ok || loaded.value.question === task.question) return loaded;
  return failure('outdated', `The world ${file} was recorded for another question. Delete it and record it anew.`);
}

/** Damage that unpacks all the same must not be learned from. */
function checksumOf(content: Uint8Array): Buffer {
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  checksum.writeUInt32LE(crc32(content));
  return checksum;
}

const failure = (reason: WorldFailure['reason'], message: string): WorldFailure => ({ ok: false, reason, message });
