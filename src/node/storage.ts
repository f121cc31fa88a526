/** Where Spoor keeps what it can make again: docs index and commits. Safe to delete at any time. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export function cacheDirectory(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (env['SPOOR_CACHE']) return env['SPOOR_CACHE'];
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'spoor', 'Cache');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'spoor');
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'spoor');
}
