/**
 * One HTTP exchange with a language model's server, by `fetch`, so that the editor's proxy settings hold. Bounded in time
 * and bytes. Redirects are refused: the key belongs to one origin.
 */
import type { CancelSignal } from '#core/agent/tools.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import type { EndpointAddress } from './endpointAddress.ts';
import { connectionFailure } from './endpointFailure.ts';

export interface EndpointTimeouts {
  /**
   * From the request to the first words of the reply, and between two signs of life before them: a local model is loaded
   * and reads the prompt in this time. 180 s by default.
   */
  readonly firstWordsMs?: number;
  /** Between two pieces of the reply after that. 60 s by default. */
  readonly idleMs?: number;
  /** From the request to the reply's end. 600 s by default. */
  readonly totalMs?: number;
}

export interface EndpointCall {
  readonly address: EndpointAddress;
  readonly path: string;
  /** Sent by POST as JSON. Without it the path is asked for by GET. */
  readonly body?: object;
  readonly key: string | undefined;
  readonly timeouts: EndpointTimeouts | undefined;
  readonly signal: CancelSignal;
}

/**
 * What the reader of a reply wants next. `first`: nothing of what is asked for has come yet. `settling`: it has all, what
 * still comes is taken for a moment.
 */
export type Wanted = 'first' | 'more' | 'settling' | 'nothing';

/** A reply that is no success. */
export interface Refusal {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const DEFAULTS = { firstWordsMs: 180_000, idleMs: 60_000, totalMs: 600_000 };
/** A reply of 30,000 tokens has some 8 MB as events. */
const MAX_BYTES = 32 << 20;
const MAX_REFUSAL_CHARACTERS = 16_000;
/** A server may leave the connection open after the last event. One that ends the reply lets it be used again. */
const END_MS = 300;
const REASON_MS = 5_000;

/**
 * Gives the text of a successful reply to `take`, piece by piece, and resolves to undefined, or to what refused it.
 * Rejects with a `ModelFailure`. The connection is closed at once by cancelling, by a timeout, and where nothing more is
 * wanted.
 */
export async function callEndpoint(call: EndpointCall, take: (text: string) => Wanted): Promise<Refusal | undefined> {
  const watch = startWatch(call);
  let isAnswered = false;
  try {
    const response = await fetch(call.address.at(call.path), { ...requestOf(call), signal: watch.signal });
    isAnswered = true;
    if (!response.ok) return await refusalOf(response, watch);
    await readBody(response, watch, take);
    return undefined;
  } catch (error) {
    throw watch.failure() ?? connectionFailure(error, call.address.origin, isAnswered);
  } finally {
    watch.end();
  }
}

function requestOf({ body, key }: EndpointCall): RequestInit {
  const headers: Record<string, string> = { accept: 'text/event-stream, application/json', 'user-agent': 'Spoor' };
  if (body) headers['content-type'] = 'application/json';
  if (key !== undefined) headers['authorization'] = `Bearer ${sendable(key)}`;
  return { method: body ? 'POST' : 'GET', headers, redirect: 'manual', ...(body && { body: JSON.stringify(body) }) };
}

/** What `fetch` says about a header that it cannot send has the header in it. */
function sendable(key: string): string {
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new ModelFailure('key', 'The key has spaces, line ends or other signs that no key has. Set it again.');
}

interface Watch {
  readonly signal: AbortSignal;
  /** Says what is waited for from now on. */
  expect(what: 'first' | 'more' | 'the end' | 'the reason'): void;
  /** Why the exchange was ended from this side. */
  failure(): ModelFailure | undefined;
  /** Closes the connection, unless the reply was read to its end. */
  end(): void;
}

function startWatch({ address: { origin }, timeouts, signal }: EndpointCall): Watch {
  const { firstWordsMs, idleMs, totalMs } = { ...DEFAULTS, ...timeouts };
  const controller = new AbortController();
  let failure: ModelFailure | undefined;
  const fail = (kind: 'cancelled' | 'timeout', message: string): void => {
    failure ??= new ModelFailure(kind, message);
    controller.abort(failure);
  };
  const late = (ms: number, what: string): NodeJS.Timeout =>
    setTimeout(() => fail('timeout', `${what} within ${secondsText(ms)}. Ask again, or choose a faster model.`), ms);
  const cancel = (): void => fail('cancelled', 'The reply was cancelled.');
  const total = late(totalMs, `The reply of ${origin} was not whole`);
  const lateFirst = (): NodeJS.Timeout => late(firstWordsMs, `${origin} did not begin its reply`);
  let wait = lateFirst();
  signal.addEventListener('abort', cancel);
  if (signal.aborted) cancel();
  return {
    signal: controller.signal,
    failure: () => failure,
    expect(what) {
      clearTimeout(wait);
      if (what === 'first') wait = lateFirst();
      else if (what === 'more') wait = late(idleMs, `Nothing more came from ${origin}`);
      else wait = setTimeout(() => controller.abort(), what === 'the end' ? END_MS : REASON_MS);
    },
    end() {
      clearTimeout(wait);
      clearTimeout(total);
      signal.removeEventListener('abort', cancel);
      controller.abort();
    },
  };
}

const secondsText = (ms: number): string => `${ms / 1_000} ${ms === 1_000 ? 'second' : 'seconds'}`;

/** A reply whose reader has all may break off as it likes. */
async function readBody({ body }: Response, watch: Watch, take: (text: string) => Wanted): Promise<void> {
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  let wanted: Wanted = 'first';
  let room = MAX_BYTES;
  while (reader && wanted !== 'nothing') {
    const part = await reader.read().catch((error: unknown) => {
      if (wanted === 'settling') return { done: true, value: undefined } as const;
      throw error;
    });
    if (part.done) break;
    room -= part.value.length;
    if (room < 0) throw tooLarge();
    const before = wanted;
    wanted = take(decoder.decode(part.value, { stream: true }));
    if (wanted === 'first' || wanted === 'more') watch.expect(wanted);
    else if (wanted === 'settling' && before !== 'settling') watch.expect('the end');
  }
  if (wanted === 'first' || wanted === 'more') take(decoder.decode());
}

const tooLarge = (): ModelFailure =>
  new ModelFailure('malformed', `The reply has more than ${MAX_BYTES >> 20} MB and was broken off.`);

async function refusalOf(response: Response, watch: Watch): Promise<Refusal> {
  let text = '';
  watch.expect('the reason');
  await readBody(response, watch, (piece) => {
    text += piece;
    return text.length < MAX_REFUSAL_CHARACTERS ? 'settling' : 'nothing';
  }).catch(() => {
    const failure = watch.failure();
    if (failure) throw failure;
  });
  return { status: response.status, headers: response.headers, text: text.slice(0, MAX_REFUSAL_CHARACTERS) };
}
