/**
 * What of a commit's message can be found: the stems of its words, with how often they stand in subject and body.
 */
import { stemsIn } from '#core/search/words.ts';

/** A stem's counts, both in one number: 12 bits for the body, above them the subject's. */
export type MessagePostings = ReadonlyMap<string, number>;

/** The stems of a message. Lines that only name people and ids (`Signed-off-by: …`) are left out. */
export function postingsIn(subject: string, body: string): MessagePostings {
  const packed = new Map<string, number>();
  const add = (text: string, most: number, unit: number): void => {
    const counts = new Map<string, number>();
    for (const stem of stemsIn(text)) if (stem.length <= MAX_STEM) counts.set(stem, (counts.get(stem) ?? 0) + 1);
    for (const [stem, count] of counts) packed.set(stem, (packed.get(stem) ?? 0) + Math.min(count, most) * unit);
  };
  add(subject, MAX_IN_SUBJECT, 4096);
  add(body.replaceAll(TRAILER, ''), MAX_IN_BODY, 1);
  return packed;
}

/** Stems of a message in all, at most 65,535. */
export function lengthOf(message: MessagePostings): number {
  let length = 0;
  for (const counts of message.values()) length += (counts >> 12) + (counts & 4095);
  return Math.min(length, 65_535);
}

/** Unpacks a segment's postings of one stem: offset in the segment, then counts, in 32 bits each. */
export function eachPostingOf(
  entries: Uint8Array,
  first: number,
  visit: (number: number, inSubject: number, inBody: number) => void,
): void {
  for (const entry of new Uint32Array(entries.slice().buffer))
    visit(first + (entry >>> 16), (entry >>> 12) & 15, entry & 4095);
}

const MAX_IN_SUBJECT = 15;
const MAX_IN_BODY = 4095;
const MAX_STEM = 64;
const TRAILER = /^[\w-]+-(?:by|id):.*$/gim;
