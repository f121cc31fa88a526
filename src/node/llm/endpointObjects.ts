/**
 * The JSON objects in the text of a reply: the events of a stream, or one object from servers that do not stream. An
 * error that a server tells in the middle comes as an object with `error`.
 */
import { createParser, type EventSourceParser, type ParseError } from 'eventsource-parser';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { isRecord } from '#node/service/shapes.ts';
import { broken } from './endpointFailure.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface ObjectReader {
  /** Throws a `ModelFailure` for what is not of the protocol. */
  push(text: string): void;
  /** When nothing more comes: takes what stands unfinished. Throws as `push` does. */
  end(): void;
  /** The server said that it has said all. */
  isDone(): boolean;
  /** It is no stream but one object, which is whole. */
  isObject(): boolean;
}

/** Of one event. A whole reply in one has some 100 KB. */
const MAX_EVENT_CHARACTERS = 4 << 20;
const MAX_BLANKS = 1_000;

export function createObjectReader(origin: string, take: (object: JsonObject) => void): ObjectReader {
  let start = '';
  let form: 'unknown' | 'events' | 'object' = 'unknown';
  let isDone = false;
  let isEnding = false;
  const parser = eventParser(
    origin,
    (data) => {
      if (data.trim() === '[DONE]') isDone = true;
      else if (!isDone) take(parsed(data, origin, isEnding));
    },
    take,
  );
  function feed(text: string): void {
    if (form !== 'events') start += text;
    if (form === 'unknown') form = formOf(start, origin);
    if (form === 'object' && start !== '' && isEnding) take(parsed(start, origin, false));
    if (form !== 'events') return;
    const fresh = start === '' ? text : start;
    start = '';
    parser.feed(fresh);
  }
  return {
    push: feed,
    end() {
      isEnding = true;
      feed(form === 'events' ? '\n\n' : '');
      if (form === 'unknown') throw malformed(origin, 'nothing');
    },
    isDone: () => isDone,
    isObject: () => form === 'object',
  };
}

function eventParser(
  origin: string,
  takeData: (data: string) => void,
  take: (object: JsonObject) => void,
): EventSourceParser {
  const takeError = (data: string): void => {
    const value = tryParse(data);
    take({ error: isRecord(value) ? (value['error'] ?? value) : data });
  };
  return createParser({
    maxBufferSize: MAX_EVENT_CHARACTERS,
    onEvent: ({ event, data }) => (event === 'error' ? takeError(data) : takeData(data)),
    onError({ type, field, value }: ParseError) {
      if (type === 'max-buffer-size-exceeded') throw malformed(origin, 'an event without end');
      // Older servers of llama.cpp say `error:` where the protocol has `data:`.
      if (type === 'unknown-field' && field === 'error') takeError(value ?? '');
    },
  });
}

/** By the first sign, since content types are often wrong. */
function formOf(start: string, origin: string): 'unknown' | 'events' | 'object' {
  const first = /\S/.exec(start)?.[0];
  if (first === '<') throw malformed(origin, 'a web page');
  if (first === '{' || first === '[') return 'object';
  if (first !== undefined) return 'events';
  if (start.length > MAX_BLANKS) throw malformed(origin, 'only blanks');
  return 'unknown';
}

/** `isCut`: the text may have been longer. */
function parsed(text: string, origin: string, isCut: boolean): JsonObject {
  const value = tryParse(text);
  if (isRecord(value)) return value;
  throw isCut ? broken(origin) : malformed(origin, 'something that is no JSON object');
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `what` was sent that is not of the protocol. */
export const malformed = (origin: string, what: string): ModelFailure =>
  new ModelFailure(
    'malformed',
    `${origin} does not answer as an OpenAI-compatible server does: it sent ${what}. Check the address; most end with /v1.`,
  );
