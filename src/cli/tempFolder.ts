/**
 * A temporary folder that is removed at the end of its use. A process that is stopped before leaves its folder, so that
 * it can end at once; the next one removes what processes that are gone have left.
 */
import { lstatSync, mkdtempSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { isProcessGone, machineId, processStart } from '#node/processIdentity.ts';

export async function withTempFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const parent = realpathSync(tmpdir());
  for (const folder of leftFolders(parent)) await remove(folder).catch(() => undefined);
  const owner: Owner = { pid: process.pid, start: processStart(process.pid) ?? '', machine: machineId() };
  const folder = mkdtempSync(join(parent, `spoor-${owner.pid}-${owner.start}-`));
  writeFileSync(join(folder, MARKER), JSON.stringify(owner), { flag: 'wx' });
  try {
    return await use(folder);
  } finally {
    await remove(folder);
  }
}

/** The file that tells a folder of ours from any other; nothing is removed without it. */
export const MARKER = '.spoor-temporary';

interface Owner {
  readonly pid: number;
  readonly start: string;
  readonly machine: string;
}

const NAME = /^spoor-\d+-\w*-[A-Za-z0-9]{6}$/;

function leftFolders(parent: string): string[] {
  try {
    const names = readdirSync(parent).filter((name) => NAME.test(name));
    return names.map((name) => join(parent, name)).filter(isLeft);
  } catch {
    return [];
  }
}

/** Whether it is a folder of this user's that a process of this machine made, which is gone. */
function isLeft(folder: string): boolean {
  try {
    const marker = join(folder, MARKER);
    const [folderStat, markerStat] = [lstatSync(folder), lstatSync(marker)];
    const isOurs = [folderStat, markerStat].every(({ uid }) => uid === (process.getuid?.() ?? uid));
    if (!folderStat.isDirectory() || !markerStat.isFile() || markerStat.size > 1_000 || !isOurs) return false;
    const { pid, start, machine } = JSON.parse(readFileSync(marker, 'utf8')) as Owner;
    if (!basename(folder).startsWith(`spoor-${pid}-${start}-`) || machine !== machineId()) return false;
    return isProcessGone(pid, start);
  } catch {
    return false;
  }
}

/** The marker goes last: a removal that is cut off can be taken up again. */
async function remove(folder: string): Promise<void> {
  // A killed program may write its last file while the folder is emptied; then it is emptied again.
  const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 20 };
  for (const name of readdirSync(folder)) if (name !== MARKER) await rm(join(folder, name), options);
  await rm(folder, options);
}
