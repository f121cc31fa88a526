/**
 * A conversation as a file: one line with what a list shows, one with the conversation. A list reads the first line
 * only. Files are read with suspicion: what is not whole is damage.
 */
import { open } from 'node:fs/promises';
import type { Conversation } from '#core/answer/conversation.ts';
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

export function conversationText({ folders, conversation }: ConversationFile): string {
  const { id, title, updatedMs, exchanges } = conversation;
  const head = { version: VERSION, id, title, updatedMs, exchanges: exchanges.length, folders };
  return `${JSON.stringify(head)}\n${JSON.stringify(conversation)}\n`;
}

export function parseConversation(text: string): ConversationFile | Trouble {
  const [first = '', second = ''] = text.split('\n');
  const head = parseHead(first);
  if (typeof head === 'string') return head;
  const conversation = parsed(second) as Conversation;
  const isWhole = !isConversation(conversation, '') && conversation.id === head.id;
  return isWhole ? { folders: head.folders, conversation } : 'damaged';
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

type Head = ConversationHead & { readonly folders: readonly NamedFolder[] };

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

/** What the panel relies on; the rest is as it was written, or the line would not be JSON. */
const isConversation = isObject({
  id: isText,
  title: isText,
  createdMs: isNumber,
  updatedMs: isNumber,
  exchanges: isListOf(
    isObject({
      id: isText,
      question: isText,
      scope: isTexts,
      selection: isOptional(isObject({ ...SPAN_FIELDS, text: isText })),
      askedMs: isNumber,
      state: isOneOf('running', 'answered', 'cancelled', 'failed', 'interrupted'),
      trail: isTrail,
      answer: isOptional(isAnswer),
      failure: isOptional(isObject({ message: isText, remedy: isText })),
      feedback: isObject({ ticks: isObject({}), places: isListOf(isSpan) }),
    }),
  ),
});
