import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pruneCaches, UNUSED_DAYS } from '#node/pruneCaches.ts';

const OWN = /^[0-9a-f]{4}\.db(?:-wal)?$/;
const NOW = new Date('2026-11-01T00:00:00Z');
const DAY_MS = 86_400_000;
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spoor-prune-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function put(name: string, ageDays: number): void {
  const then = new Date(NOW.getTime() - ageDays * DAY_MS);
  writeFileSync(join(directory, name), '');
  utimesSync(join(directory, name), then, then);
}

it('deletes old databases of its own, and nothing else', () => {
  for (const name of ['aaaa.db', 'aaaa.db-wal', 'used.txt']) put(name, UNUSED_DAYS + 1);
  put('bbbb.db', UNUSED_DAYS - 1);
  pruneCaches(directory, join(directory, 'cccc.db'), OWN, NOW);
  expect(readdirSync(directory).sort()).toEqual(['bbbb.db', 'used.txt']);
});

it('keeps the one in use, however old, and marks it as used', () => {
  for (const name of ['aaaa.db', 'aaaa.db-wal']) put(name, UNUSED_DAYS + 1);
  pruneCaches(directory, join(directory, 'aaaa.db'), OWN, NOW);
  expect(readdirSync(directory).sort()).toEqual(['aaaa.db', 'aaaa.db-wal']);
  expect(statSync(join(directory, 'aaaa.db')).mtime).toEqual(NOW);
});

it('is quiet where there is no folder', () => {
  expect(() => pruneCaches(join(directory, 'none'), join(directory, 'none', 'aaaa.db'), OWN, NOW)).not.toThrow();
});
