import type * as vscode from 'vscode';

/** Does work that is aborted when the editor's token is cancelled. */
export async function withSignal<T>(
  token: vscode.CancellationToken,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const control = new AbortController();
  if (token.isCancellationRequested) control.abort();
  const listener = token.onCancellationRequested(() => control.abort());
  try {
    return await work(control.signal);
  } finally {
    listener.dispose();
  }
}
