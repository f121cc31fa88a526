/**
 * A conversation as a file: a line with what a list shows, then a line for each exchange. A list reads the first line
 * only, and a long conversation is read and written exchange by exchange, so that the thread is never held up for long.
 * Files are read with suspicion: what is not whole is damage.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { open } from 'node:fs/promises';
import type { Conversation, Exchange } from '#core/answer/conversation.ts';
import { isListOf, isNumber, isObject, isOneOf, isOptional, isText, SPAN_FIELDS } from '#core/feedback/checkShape.ts';
import type { NamedFolder } from './folderNames.ts';

/** What a list shows of a conversation. */
export interface ConversationHead {
  readonly id: string;
  readonly title: string;
  readonly updatedMs: number;
  /** How many there are. */
  readonly exchanges: number;
}

export interface ConversationFile {
  /** Names that the conversation's paths begin with. */
  readonly folders: readonly NamedFolder[];
  readonly conversation: Conversation;
}

/** `damaged`: it is no conversation, or not all of it. `newer`: made by a later version of Spoor. */
export type Trouble = 'damaged' | 'newer';

/** The lines of a file; `exchangeLine` gives an exchange as JSON, with the paths that are kept. */
export function* conversationLines(
  { folders, conversation }: ConversationFile,
  exchangeLine: (exchange: Exchange) => string,
): Generator<string> {
  const { exchanges, ...head } = conversation;
  yield `${JSON.stringify({ version: VERSION, ...head, exchanges: exchanges.length, folders })}\n`;
  for (const exchange of exchanges) yield `${exchangeLine(exchange)}\n`;
}

/** Does not hold up the thread for long. */
export async function parseConversation(text: string): Promise<ConversationFile | Trouble> {
  const lines = text.split('\n');
  const head = parseHead(lines[0]!);
  if (typeof head === 'string') return head;
  const { id, title, createdMs, updatedMs, folders } = head;
  const exchanges: Exchange[] = [];
  let units = 0;
  for (const line of lines.slice(1, -1)) {
    const exchange = parsed(line);
    if (isExchange(exchange, '')) return 'damaged';
    exchanges.push(exchange as Exchange);
    units += line.length;
    if (units < MAX_UNITS_AT_ONCE) continue;
    units = 0;
    await breathe();
  }
  const isWhole = exchanges.length === head.exchanges && lines.at(-1) === '';
  return isWhole ? { folders, conversation: { id, title, createdMs, updatedMs, exchanges } } : 'damaged';
}

/** Rejects as the file system does. */
export async function readHead(file: string): Promise<ConversationHead | Trouble> {
  const handle = await open(file, 'r');
  try {
    const start = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await handle.read(start, 0, HEAD_BYTES, 0);
    const end = start.subarray(0, bytesRead).indexOf(10);
    const line = end < 0 ? (await handle.readFile('utf8')).split('\n')[0]! : start.toString('utf8', 0, end);
    const head = parseHead(line);
    if (typeof head === 'string') return head;
    const { id, title, updatedMs, exchanges } = head;
    return { id, title, updatedMs, exchanges };
  } finally {
    await handle.close();
  }
}

const VERSION = 1;
const HEAD_BYTES = 8 << 10;
const MAX_UNITS_AT_ONCE = 200_000;

type Head = ConversationHead & { readonly createdMs: number; readonly folders: readonly NamedFolder[] };

function parseHead(line: string): Head | Trouble {
  const head = parsed(line) as (Head & { readonly version: number }) | undefined;
  if (isNumber(head?.version, '')) return 'damaged';
  if (head!.version > VERSION) return 'newer';
  return isHead(head, '') ? 'damaged' : head!;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

const isSpan = isObject(SPAN_FIELDS);
const isTexts = isListOf(isText);

const isHead = isObject({
  id: isText,
  title: isText,
  createdMs: isNumber,
  updatedMs: isNumber,
  exchanges: isNumber,
  folders: isListOf(isObject({ uri: isText, name: isText })),
});

const isTrail = isListOf(
  isObject({
    turn: isNumber,
    ms: isNumber,
    calls: isListOf(isObject({ tool: isText, what: isTexts, said: isText, ms: isNumber, read: isOptional(isSpan) })),
  }),
);

const isAnswer = isObject({
  question: isText,
  sentences: isListOf(isObject({ text: isText, citations: isListOf(isNumber) })),
  citations: isListOf(isObject({ ...SPAN_FIELDS, number: isNumber, why: isTexts, lines: isTexts })),
  files: isTexts,
  sure: isText,
  notes: isTexts,
  trail: isTrail,
});

const isProse = isObject({
  model: isText,
  sentences: isListOf(
    isObject({
      text: isText,
      citations: isListOf(isNumber),
      begins: isOptional(isOneOf('paragraph', 'item', 'code')),
    }),
  ),
  state: isOneOf('running', 'done', 'cut', 'failed', 'cancelled', 'interrupted'),
  notes: isTexts,
  failure: isOptional(isObject({ message: isText, remedy: isText })),
});

/** What the panel relies on; the rest is as it was written, or the line would not be JSON. */
const isExchange = isObject({
  id: isText,
  question: isText,
  scope: isTexts,
  selection: isOptional(isObject({ ...SPAN_FIELDS, text: isText })),
  askedMs: isNumber,
  state: isOneOf('running', 'answered', 'cancelled', 'failed', 'interrupted'),
  trail: isTrail,
  answer: isOptional(isAnswer),
  prose: isOptional(isProse),
  failure: isOptional(isObject({ message: isText, remedy: isText })),
  feedback: isObject({ ticks: isObject({}), places: isListOf(isSpan) }),
});
