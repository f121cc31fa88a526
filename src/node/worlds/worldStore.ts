/** Worlds on disk, a file each, in a folder for each repository. A file is whole or not there. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Task } from '#core/agent/task.ts';
import type { WorldRecord } from '#core/agent/worldRecord.ts';
import { replaceFile } from '#node/training/replaceFile.ts';
import { decodeWorld, encodeWorld } from '#node/worlds/worldCodec.ts';

/** The first bytes of a world; the number goes up with every change of what follows. */
const MARK = Buffer.from('SpoorWorld 1\n');
const ANY_MARK = Buffer.from('SpoorWorld ');
const LONGEST_NAME = 120;

export interface WorldFailure {
  readonly ok: false;
  /** `outdated`: written by another version of Spoor. */
  readonly reason: 'missing' | 'outdated' | 'damaged';
  /** One sentence: what is wrong and what to do. */
  readonly message: string;
}

export type LoadedWorld = { readonly ok: true; readonly value: WorldRecord } | WorldFailure;

/** Where a task's world is kept. Ids that are no file names are encoded, long ones shortened. */
export function worldFile(directory: string, { repo, id }: Pick<Task, 'repo' | 'id'>): string {
  return join(directory, fileName(repo.replace('/', '+')), `${fileName(id)}.world`);
}

function fileName(text: string): string {
  const name = encodeURIComponent(text).replace(/[.*~'()!]/g, (sign) =>
    sign === '.' ? sign : `%${sign.charCodeAt(0).toString(16)}`,
  );
  const safe = name.replace(/^\.+/, (dots) => '%2E'.repeat(dots.length));
  if (safe.length <= LONGEST_NAME) return safe;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return `${safe.slice(0, LONGEST_NAME - hash.length - 1)}-${hash}`;
}

export function saveWorld(file: string, record: WorldRecord): void {
  mkdirSync(dirname(file), { recursive: true });
  replaceFile(file, Buffer.concat([MARK, encodeWorld(record)]));
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
  try {
    return { ok: true, value: decodeWorld(bytes.subarray(MARK.length)) };
  } catch {
    return failure('damaged', `The world ${file} is damaged. Delete it and record it anew.`);
  }
}

const failure = (reason: WorldFailure['reason'], message: string): WorldFailure => ({ ok: false, reason, message });
