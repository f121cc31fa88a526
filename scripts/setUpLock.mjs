/** Lets one set-up at a time into a clone. A lock is stale when the set-up and the npm that it started are both gone. */
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from './installation.mjs';

const LOCK = join(ROOT, '.setup-lock');

/** Waits for another set-up to end. The lock is a file with the ids of the processes that hold it. */
export async function takeLock() {
  for (let waited = false; !tryToTake(); waited = true) {
    const holders = readHolders();
    if (holders && !holders.some(isAlive)) breakLock(holders);
    else await waitForOther(holders, waited);
  }
  return {
    /** The lock holds until this process has ended too, should ours be killed before it. */
    alsoHeldBy: (pid) => write(`${process.pid} ${pid}`),
    release: () => rmSync(LOCK, { force: true }),
  };
}

function tryToTake() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw new Error(`Spoor cannot write to ${ROOT} (${error.message}). Use a clone that you may write to.`);
  }
}

function write(text) {
  const next = `${LOCK}.${process.pid}`;
  writeFileSync(next, text);
  renameSync(next, LOCK);
}

/** Ids of the holders; none if the file is old and empty, undefined if it is gone or being written. */
function readHolders() {
  try {
    const holders = readFileSync(LOCK, 'utf8')
      .split(' ')
      .map(Number)
      .filter((pid) => pid > 0);
    const isNew = Date.now() - statSync(LOCK).mtimeMs < 10_000;
    return holders.length || !isNew ? holders : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Moves the stale lock away before removing it: of two that break it, the second must not remove the first's new one. */
function breakLock(holders) {
  const away = `${LOCK}.stale-${process.pid}`;
  try {
    renameSync(LOCK, away);
    const moved = readFileSync(away, 'utf8').split(' ').map(Number);
    if (moved.some((pid) => pid > 0 && !holders.includes(pid))) renameSync(away, LOCK);
    else rmSync(away);
  } catch {
    // Another one was faster; the next attempt sees what it left.
  }
}

async function waitForOther(holders, waited) {
  const who = holders?.[0];
  if (!waited && who)
    process.stderr.write(`Waiting for another set-up (process ${who}). If none is running, delete ${LOCK}.\n`);
  await delay(200);
}
