/** A temporary folder that is gone afterwards: at the end of its use, or of this process if that comes first. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export async function withTempFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'spoor-'));
  // A killed program may write its last file while the folder is emptied; then it is emptied again.
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  process.once('exit', remove);
  try {
    return await use(folder);
  } finally {
    remove();
    process.removeListener('exit', remove);
  }
}
