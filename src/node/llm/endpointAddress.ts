/**
 * Where an OpenAI-compatible server is. People paste what they have: with `/v1` or without, with a slash at the end, or
 * the whole address of one of its paths. The protocol does not tell a model's context, so the address may:
 * `http://localhost:11434/v1?context=32768`. That is not sent.
 */
import { printable } from '#core/answer/plainText.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';

export interface EndpointAddress {
  /** `http://localhost:11434`: to show, and what a key belongs to. */
  readonly origin: string;
  /** Tokens that prompt and reply may have together, as the address says. */
  readonly contextTokens?: number;
  /** The address of a path below the base: `chat/completions`. */
  at(path: string): URL;
}

const KNOWN_PATHS = /\/(?:chat\/completions|completions|models)$/;

/** Throws a `ModelFailure` for what is no address, or one that Spoor does not ask. */
export function endpointAddress(text: string): EndpointAddress {
  const url = parse(text.trim());
  const path = url.pathname.replace(/\/+$/, '').replace(KNOWN_PATHS, '').replace(/\/+$/, '');
  const base = path === '' ? '/v1' : path;
  const contextTokens = takeContext(url);
  return {
    origin: url.origin,
    ...(contextTokens !== undefined && { contextTokens }),
    at(below) {
      const address = new URL(url);
      address.pathname = `${base}/${below}`;
      return address;
    },
  };
}

const LEAST_CONTEXT = 512;
const MOST_CONTEXT = 10_000_000;

/** Takes `context=` out of the address; what else stands behind its `?` is the server's, and stays as it is written. */
function takeContext(url: URL): number | undefined {
  const said = url.searchParams.get('context');
  if (said === null) return undefined;
  const others = url.search.slice(1).split('&');
  url.search = others.filter((part) => !part.startsWith('context=')).join('&');
  const tokens = /^\d{1,8}$/.test(said) ? Number(said) : 0;
  if (tokens >= LEAST_CONTEXT && tokens <= MOST_CONTEXT) return tokens;
  throw refused(
    `A model's context is a number of tokens from ${LEAST_CONTEXT} on, not "${printable(said.slice(0, 40))}". Write it like http://localhost:11434/v1?context=32768.`,
  );
}

function parse(text: string): URL {
  const example = 'Give one such as http://localhost:11434/v1.';
  const url = URL.parse(text);
  if (!url) throw refused(`"${printable(text.slice(0, 200))}" is not the address of a server. ${example}`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw refused(
      `The address of a model's server begins with http:// or https://, not ${printable(url.protocol)}. ${example}`,
    );
  if (url.username !== '' || url.password !== '')
    throw refused('The address has a name or password in it. Leave them out, and set them as the key.');
  url.hash = '';
  return url;
}

const refused = (message: string): ModelFailure => new ModelFailure('failed', message);
