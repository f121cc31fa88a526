/** What the events of a feedback file add up to: one record for each answer. */
import type { FeedbackEvent, PlaceText } from '#core/feedback/feedbackEvent.ts';

type Answered = Extract<FeedbackEvent, { type: 'answered' }>;

/** An answer and what its user has said about it in the end. */
export interface FeedbackRecord {
  readonly id: string;
  /** The answer as it was given; `timeMs` says when. */
  readonly answered: Answered;
  /** Absent when none was given, or when it was taken back. */
  readonly verdict?: 'accepted' | 'rejected';
  /** By the citation's number; those taken back are not there. */
  readonly ticks: ReadonlyMap<number, 'right' | 'wrong'>;
  /** What the user pointed out as right, in this order. */
  readonly places: readonly PlaceText[];
  /** Numbers of citations, each once, in the order in which it was done first. */
  readonly opened: readonly number[];
  readonly copied: readonly number[];
}

/**
 * One record for each answer, in the order of the answers. What is said about an answer that is not there is left out,
 * ticks on numbers that the answer does not have as well. An answer whose id is there already takes the place of the
 * earlier one and of all that was said about it: the question was asked again.
 */
export function foldFeedback(events: Iterable<FeedbackEvent>): FeedbackRecord[] {
  const records = new Map<string, OpenRecord>();
  for (const event of events) {
    if (event.type === 'answered') {
      records.delete(event.id);
      records.set(event.id, {
        answered: event,
        ticks: new Map(),
        places: new Map(),
        opened: new Set(),
        copied: new Set(),
      });
      continue;
    }
    const record = records.get(event.id);
    if (record) addEvent(record, event);
  }
  return [...records.values()].map(closed);
}

/** While events are added; changed in place, as there may be many about one answer. */
interface OpenRecord {
  readonly answered: Answered;
  verdict?: 'accepted' | 'rejected' | 'none';
  readonly ticks: Map<number, 'right' | 'wrong'>;
  readonly places: Map<string, PlaceText>;
  readonly opened: Set<number>;
  readonly copied: Set<number>;
}

function addEvent(record: OpenRecord, event: Exclude<FeedbackEvent, Answered>): void {
  switch (event.type) {
    case 'verdict':
      record.verdict = event.verdict;
      break;
    case 'tick':
      if (isCited(record, event.number)) addTick(record.ticks, event);
      break;
    case 'place':
      addPlace(record.places, event);
      break;
    case 'signal':
      if (isCited(record, event.number)) record[event.signal].add(event.number);
  }
}

const isCited = ({ answered }: OpenRecord, number: number): boolean => number <= answered.citations.length;

function addTick(ticks: OpenRecord['ticks'], { number, tick }: Extract<FeedbackEvent, { type: 'tick' }>): void {
  if (tick === 'none') ticks.delete(number);
  else ticks.set(number, tick);
}

/** One that is there already stays as it is. */
function addPlace(places: OpenRecord['places'], { place, taken }: Extract<FeedbackEvent, { type: 'place' }>): void {
  const key = `${place.start}-${place.end} ${place.path}`;
  if (taken === 'removed') places.delete(key);
  else if (!places.has(key)) places.set(key, place);
}

const closed = ({ answered, verdict = 'none', ticks, places, opened, copied }: OpenRecord): FeedbackRecord => ({
  id: answered.id,
  answered,
  ...(verdict !== 'none' && { verdict }),
  ticks,
  places: [...places.values()],
  opened: [...opened],
  copied: [...copied],
});
