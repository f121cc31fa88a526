/** A temporary folder that is gone afterwards: at the end of its use, and when the program is stopped. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CliEnvironment } from '#cli/environment.ts';

export async function withTempFolder<T>(
  environment: Pick<CliEnvironment, 'onStop'>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'spoor-'));
  // A killed program may write its last file while the folder is emptied; then it is emptied again.
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  const forget = environment.onStop(remove);
  try {
    return await use(folder);
  } finally {
    remove();
    forget();
  }
}
