/** The package of this platform, as people install it. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

/** Packs the sources as they are now and returns the full path of the file. */
export function packedExtension(): string {
  const target = `${process.platform}-${process.arch}`;
  const printed = execFileSync(process.execPath, ['scripts/package.mjs', target], { cwd: ROOT, encoding: 'utf8' });
  const path = /^(\S+\.vsix)/m.exec(printed)?.[1];
  if (path === undefined) throw new Error(`scripts/package.mjs names no package: ${printed}`);
  return join(ROOT, path);
}
