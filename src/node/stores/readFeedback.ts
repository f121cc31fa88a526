/** Reads a file of feedback, whoever has written it: line by line, within bounds, whatever stands in it. */
import { open, stat, type FileHandle } from 'node:fs/promises';
import type { FeedbackEvent } from '#core/feedback/feedbackEvent.ts';
import { parseFeedbackLine } from '#core/feedback/parseFeedbackLine.ts';

export interface StoredFeedback {
  /** In the order in which they were added. */
  readonly events: readonly FeedbackEvent[];
  /** Lines that could not be read, a sentence each, with their numbers. */
  readonly unreadable: readonly string[];
  /** Set when not all of the file was read: a sentence that says how much of it. */
  readonly partial?: string;
}

/** Bytes of a file that are read; of a longer one the last, which are the newest lines. */
const MAX_FEEDBACK_BYTES = 128 << 20;
/** UTF-16 units of a line; a longer one is not parsed. An answer with ten screens of code has some 50,000. */
const MAX_FEEDBACK_LINE = 2 << 20;

/** Rejects as the file system does, and for what is no file: a pipe would be waited for. */
export async function readFeedback(file: string, maxBytes = MAX_FEEDBACK_BYTES): Promise<StoredFeedback> {
  if (!(await stat(file)).isFile()) throw new Error(`${file} is no file`);
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - maxBytes);
    const text = await readFrom(handle, from, size - from);
    // What a cut begins with is the rest of a line.
    const whole = from > 0 ? text.slice(text.indexOf('\n') + 1) : text;
    return {
      ...parseLines(whole),
      ...(from > 0 && { partial: `Only the last ${maxBytes >> 20} MiB of ${file} were read, which are the newest.` }),
    };
  } finally {
    await handle.close();
  }
}

async function readFrom(handle: FileHandle, position: number, length: number): Promise<string> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.toString('utf8', 0, filled);
}

function parseLines(text: string): Pick<StoredFeedback, 'events' | 'unreadable'> {
  const events: FeedbackEvent[] = [];
  const unreadable: string[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const parsed =
      line.length > MAX_FEEDBACK_LINE
        ? ({ ok: false, message: 'This line is too long.' } as const)
        : parseFeedbackLine(line);
    if (parsed.ok) events.push(parsed.event);
    else unreadable.push(`Line ${i + 1}: ${parsed.message}`);
  }
  return { events, unreadable };
}
