/** What the events of a feedback file add up to: one record for each answer. */
import type { FeedbackEvent, PlaceText } from '#core/feedback/feedbackEvent.ts';
import type { Span } from '#core/search/span.ts';

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
  const records = new Map<string, FeedbackRecord>();
  for (const event of events) {
    if (event.type === 'answered') {
      records.delete(event.id);
      records.set(event.id, { id: event.id, answered: event, ticks: new Map(), places: [], opened: [], copied: [] });
      continue;
    }
    const record = records.get(event.id);
    if (record) records.set(event.id, withEvent(record, event));
  }
  return [...records.values()];
}

function withEvent(record: FeedbackRecord, event: Exclude<FeedbackEvent, Answered>): FeedbackRecord {
  switch (event.type) {
    case 'verdict': {
      const { verdict: _verdict, ...rest } = record;
      return event.verdict === 'none' ? rest : { ...rest, verdict: event.verdict };
    }
    case 'tick':
      return isCited(record, event.number) ? { ...record, ticks: withTick(record.ticks, event) } : record;
    case 'place':
      return { ...record, places: withPlace(record.places, event) };
    case 'signal':
      if (!isCited(record, event.number)) return record;
      return { ...record, [event.signal]: [...new Set([...record[event.signal], event.number])] };
  }
}

const isCited = ({ answered }: FeedbackRecord, number: number): boolean => number <= answered.citations.length;

function withTick(
  ticks: FeedbackRecord['ticks'],
  { number, tick }: Extract<FeedbackEvent, { type: 'tick' }>,
): FeedbackRecord['ticks'] {
  const changed = new Map(ticks);
  if (tick === 'none') changed.delete(number);
  else changed.set(number, tick);
  return changed;
}

function withPlace(
  places: readonly PlaceText[],
  { place, taken }: Extract<FeedbackEvent, { type: 'place' }>,
): readonly PlaceText[] {
  const others = places.filter((known) => !isSame(known, place));
  if (taken === 'removed') return others;
  return others.length < places.length ? places : [...places, place];
}

const isSame = (a: Span, b: Span): boolean => a.path === b.path && a.start === b.start && a.end === b.end;
