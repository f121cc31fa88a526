/** What is wrong with what is kept on disk, as a sentence for people. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** `what` happened, and why by the file system. */
export function storeError(what: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { code, message, path } = error as NodeJS.ErrnoException;
  const why = REASONS[code ?? ''] ?? `${message}.`;
  const where = path === undefined || !REASONS[code ?? ''] ? '' : ` (${path})`;
  return new StoreError(`${what}${where}. ${why}`);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: make room and try again.',
  EDQUOT: 'The disk quota is used up: make room and try again.',
  EACCES: 'The permission is missing: allow writing there and try again.',
  EPERM: 'The permission is missing: allow writing there and try again.',
  EROFS: 'The disk is read-only: make it writable and try again.',
};
