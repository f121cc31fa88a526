/**
 * Why a server gave no reply, as sentences. What a server says about itself is hostile text: it is shortened, made
 * printable, and freed of the key.
 */
import { printable } from '#core/answer/plainText.ts';
import { ModelFailure, type ModelFailureKind } from '#core/llm/modelFailure.ts';
import { retryAfterMs } from '#node/retryAfter.ts';
import { isRecord } from '#node/service/shapes.ts';
import type { Refusal } from './endpointCall.ts';

export interface Asked {
  readonly origin: string;
  /** Of the model; undefined where all were asked for. */
  readonly name?: string;
  readonly key: string | undefined;
}

/** For a reply whose status is no success. */
export function refusalFailure({ status, headers, text }: Refusal, asked: Asked): ModelFailure {
  if (status >= 300 && status < 400) return redirected(headers.get('location'), asked);
  const said = saidBy(text, asked.key);
  const kind = kindOf(status, text);
  const wait = retryAfterMs(headers.get('retry-after') ?? undefined, Date.now());
  return new ModelFailure(kind, `${sentenceFor(kind, status, asked, wait)}${said && ` It says: ${said}`}`);
}

/** For an error object in the middle of a reply, whose status was a success. */
export function toldFailure(error: unknown, asked: Asked): ModelFailure {
  const code = isRecord(error) ? Number(error['code'] ?? error['status']) : NaN;
  const status = code >= 400 && code < 600 ? code : 500;
  return refusalFailure({ status, headers: new Headers(), text: JSON.stringify({ error }) }, asked);
}

/** For what `fetch` or the reading of a reply threw. Nothing of it is kept as cause: it may hold what was sent. */
export function connectionFailure(error: unknown, origin: string, isAnswered: boolean): ModelFailure {
  if (error instanceof ModelFailure) return error;
  if (isAnswered) return broken(origin);
  const code = codeOf(error);
  const [kind, sentence] = reasonOf(code);
  return new ModelFailure(kind, sentence.replace('{at}', () => origin).replace('{code}', code));
}

export const broken = (origin: string): ModelFailure =>
  new ModelFailure('broken', `The reply of ${origin} broke off in the middle. Ask again.`);

/** The server's own words between quotes; empty where it has none that are worth showing. */
export function saidBy(text: string, key: string | undefined): string {
  const words = wordsOf(text).trim();
  if (words === '' || words.startsWith('<')) return '';
  const safe = printable((key ? words.replaceAll(key, '…') : words).slice(0, 2_000).replaceAll(/\s+/g, ' '));
  return `"${safe.length > MAX_SAID ? `${safe.slice(0, MAX_SAID)}…` : safe}"`;
}

const MAX_SAID = 200;

function wordsOf(text: string): string {
  const value = parsed(text);
  if (!isRecord(value)) return text;
  for (const said of [value['error'], value['message'], value['detail']]) {
    if (typeof said === 'string') return said;
    if (isRecord(said) && typeof said['message'] === 'string') return said['message'];
  }
  return '';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** In the words of OpenAI, llama.cpp, vLLM, Ollama, LM Studio and OpenRouter. */
const TOO_LONG =
  /context[ _](?:length|size|window)|maximum (?:model|input|context)|max_model_len|prompt is too long|too many tokens|input is too long|token count .{0,40}exceeds|`inputs` (?:tokens|must have)/i;
const NO_MODEL =
  /model_not_found|model\b.{0,300}(?:not found|does not exist|not exist|not loaded|is not available)|no models? (?:is )?(?:named|loaded)|not a valid model|unknown model|invalid model/is;
const FILTERED = /content[ _](?:filter|policy|management)/i;
const NO_QUOTA = /insufficient_quota|exceeded your current quota|insufficient (?:credits|balance)/i;

function kindOf(status: number, text: string): ModelFailureKind {
  if (status === 401 || status === 403) return 'key';
  if (status === 402 || status === 429 || status === 529 || NO_QUOTA.test(text)) return 'limit';
  if (status === 413 || TOO_LONG.test(text)) return 'too-long';
  if (status < 500 && NO_MODEL.test(text)) return 'no-model';
  if (status === 451 || (status < 500 && FILTERED.test(text))) return 'refused';
  if (status === 408 || status === 504 || status === 524) return 'timeout';
  if (status === 404 || status === 405) return 'malformed';
  return 'failed';
}

function sentenceFor(kind: ModelFailureKind, status: number, asked: Asked, waitMs: number | undefined): string {
  const { origin, name } = asked;
  const model = name === undefined ? 'the model' : `the model "${printable(name).slice(0, 100)}"`;
  if (kind === 'key') return keySentence(status, asked);
  if (kind === 'limit' && status === 402) return `${origin} asks for payment (402). Look at your account there.`;
  if (kind === 'limit') return `${origin} takes no more requests for now (${status}). ${waitSentence(waitMs)}`;
  if (kind === 'too-long') return `The prompt is too long for ${model}. Choose a model with a larger context.`;
  if (kind === 'no-model') return `${origin} does not have ${model}. Choose one that it has, or fetch it there first.`;
  if (kind === 'refused') return `${origin} refuses to answer this.`;
  if (kind === 'timeout')
    return `${origin} gave up waiting for ${model} (${status}). Ask again, or choose a faster model.`;
  if (kind === 'malformed')
    return `${origin} has no OpenAI-compatible service at this address (${status}). Check the address; most end with /v1.`;
  if (status === 503) return `${origin} is not ready (503): it may still be loading ${model}. ${waitSentence(waitMs)}`;
  return status >= 500
    ? `${origin} failed (${status}). Look at its log, or ask again.`
    : `${origin} refused the request (${status}).`;
}

function keySentence(status: number, { origin, key }: Asked): string {
  return key === undefined
    ? `${origin} asks for a key, and none is set (${status}). Set the key.`
    : `${origin} does not accept the key (${status}). Check that it is whole and meant for this server.`;
}

const waitSentence = (waitMs: number | undefined): string =>
  waitMs === undefined ? 'Ask again in a while.' : `It asks to wait ${Math.max(1, Math.ceil(waitMs / 1_000))} s.`;

function redirected(location: string | null, { origin }: Asked): ModelFailure {
  const to = location === null ? null : URL.parse(location, origin);
  const where = to && to.origin !== origin ? to.origin : 'another address';
  return new ModelFailure('failed', `${origin} leads to ${where}. Spoor follows no redirects; set the address itself.`);
}

const NO_HTTP = 'HTTPParserError';

/** The first code of Node, or of its `fetch`, among an error and its causes; empty where there is none. */
function codeOf(error: unknown): string {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    const { code } = cause as NodeJS.ErrnoException;
    if (cause.name === NO_HTTP) return NO_HTTP;
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code)) return code;
  }
  return '';
}

type Reason = readonly [kind: ModelFailureKind, sentence: string];

const NOBODY: Reason = ['unreachable', 'Nobody answers at {at}. Is the server running?'];
const UNTRUSTED: Reason = [
  'unreachable',
  'The certificate of {at} is not trusted ({code}). Check the address, or have this machine trust it.',
];
const LATE: Reason = ['timeout', 'No connection to {at} came about in time. Is the server running?'];

const REASONS: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: NOBODY,
  ENOTFOUND: ['unreachable', 'There is no server named as in {at}, or no network. Check the address.'],
  EAI_AGAIN: ['unreachable', 'The name in {at} cannot be looked up. Check the network.'],
  EHOSTUNREACH: ['unreachable', 'There is no way to {at}. Check the network.'],
  ENETUNREACH: ['unreachable', 'There is no way to {at}. Check the network.'],
  ETIMEDOUT: LATE,
  UND_ERR_CONNECT_TIMEOUT: LATE,
  UND_ERR_HEADERS_TIMEOUT: ['timeout', '{at} did not begin its reply in time. Ask again, or choose a faster model.'],
  [NO_HTTP]: ['malformed', 'What answers at {at} does not speak http. Check the address.'],
  ECONNRESET: ['broken', '{at} broke the connection off before it answered. Look at its log, or ask again.'],
  UND_ERR_SOCKET: ['broken', '{at} broke the connection off before it answered. Look at its log, or ask again.'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['unreachable', 'The certificate of {at} is for another name. Check the address.'],
};

function reasonOf(code: string): Reason {
  const known = REASONS[code];
  if (known) return known;
  if (/CERT|ISSUER|SIGNATURE/.test(code)) return UNTRUSTED;
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return ['unreachable', '{at} speaks no https ({code}). Try its address with http://.'];
  const why = code === '' ? '' : ' ({code})';
  return ['unreachable', `{at} cannot be reached${why}. Check the address and the proxy.`];
}
