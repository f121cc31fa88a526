/** A commit as text to read: who, when, the message, the diff. */
import type { CallContext } from '#core/agent/tools.ts';
import { printable } from '#core/answer/plainText.ts';
import { gitFor, type ChangeParts } from '#node/explain/lastChange.ts';
import { PLAIN_LOG, runGit } from '#node/history/git.ts';

/** Bytes of a commit that are shown. */
const MAX_SHOWN_BYTES = 1_000_000;
const TIMEOUT_MS = 10_000;

/** The first folder's repository that has the commit is asked. Undefined for what is no full id, and if none has it. */
export async function commitText(id: string, parts: ChangeParts, signal: AbortSignal): Promise<string | undefined> {
  if (!/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(id)) return undefined;
  const context: CallContext = { signal, timeoutMs: TIMEOUT_MS };
  for (const { directory } of parts.workspace.roots) {
    const text = await showIn(directory, id, parts, context);
    if (text !== undefined) return text;
  }
  return undefined;
}

async function showIn(
  directory: string,
  id: string,
  parts: ChangeParts,
  context: CallContext,
): Promise<string | undefined> {
  const { git, end } = gitFor(parts, context);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    const args = [
      'show',
      ...PLAIN_LOG,
      '--encoding=UTF-8',
      '--format=medium',
      '--date=iso',
      '--stat',
      '--patch',
      '-M',
      id,
      '--',
    ];
    const shown = await runGit(git, directory, args, (chunk) => {
      if (size < MAX_SHOWN_BYTES) chunks.push(chunk);
      size += chunk.length;
    });
    if (shown.outcome !== 'ended' || shown.code !== 0) return undefined;
    const text = new TextDecoder().decode(Buffer.concat(chunks).subarray(0, MAX_SHOWN_BYTES));
    const plain = text.split('\n').map(plainLine).join('\n');
    return size > MAX_SHOWN_BYTES ? `${plain}\n… The rest of this commit is not shown.\n` : plain;
  } finally {
    end();
  }
}

/** Tabs stay: they are the code's. */
const plainLine = (line: string): string => line.replace(/\r$/, '').split('\t').map(printable).join('\t');
