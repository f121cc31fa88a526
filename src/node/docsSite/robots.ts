/** What a site's robots.txt allows programs to read, after RFC 9309. */
import robotsParser from 'robots-parser';
import { CrawlError } from './crawlError.ts';
import type { Pace } from './pace.ts';
import { request, type RequestOptions } from './request.ts';

export interface Robots {
  readonly isAllowed: (url: string) => boolean;
  /** Pause between two requests that it asks for; at most ten seconds. */
  readonly pauseMs: number;
  /** How many addresses it has refused. */
  refused(): number;
}

/** The name by which a site can address Spoor in its robots.txt. */
export const PRODUCT = 'Spoor';

/** Throws a `CrawlError` where the site gives no answer: then nothing may be read. */
export async function readRobots(start: URL, options: RequestOptions, pace: Pace): Promise<Robots> {
  const place = new URL('/robots.txt', start);
  const rules = parse(place.href, await robotsText(place, options, pace));
  let refused = 0;
  return {
    isAllowed(url) {
      const isAllowed = rules.isAllowed(url, PRODUCT) !== false;
      if (!isAllowed) refused++;
      return isAllowed;
    },
    pauseMs: Math.min(MAX_PAUSE_MS, 1_000 * (rules.getCrawlDelay(PRODUCT) ?? 0)),
    refused: () => refused,
  };
}

const MAX_HOPS = 5;
const MAX_PAUSE_MS = 10_000;
const MAX_BYTES = 512 << 10;

/** Empty where there is none: everything may be read. */
async function robotsText(place: URL, options: RequestOptions, pace: Pace): Promise<string> {
  let url = place;
  for (let hop = 0; hop <= MAX_HOPS; hop++) {
    await pace.turn();
    const reply = await request(url, { ...options, maxBytes: MAX_BYTES });
    options.signal.throwIfAborted();
    if (reply.kind === 'text') return reply.type === 'html' ? '' : reply.text;
    if (reply.kind === 'other') return '';
    if (reply.kind === 'redirect') {
      if (reply.to.origin !== place.origin) return '';
      url = reply.to;
      continue;
    }
    if (reply.kind === 'failed' && !reply.isForNow) return '';
    const why = reply.kind === 'failed' ? reply.why : 'it asks to wait';
    throw new CrawlError('failed', `${place.host} does not answer (${why}). Check the address, or try again later.`);
  }
  return '';
}

interface Rules {
  isAllowed(url: string, agent: string): boolean | undefined;
  getCrawlDelay(agent: string): number | undefined;
}

// The types of the package are those of an ES module, which it is not.
const parse = robotsParser as unknown as (url: string, text: string) => Rules;
