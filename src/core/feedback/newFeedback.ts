/**
 * What feedback adds to feedback that is there. Nothing that is there changes its meaning by it: an answer with a known
 * id never takes the place of the known one, and what is older than the latest word on an answer is left out.
 */
import type { ReasonCounter } from '#core/feedback/countReasons.ts';
import type { FeedbackEvent } from '#core/feedback/feedbackEvent.ts';
import { foldFeedback } from '#core/feedback/foldFeedback.ts';

type Answered = Extract<FeedbackEvent, { type: 'answered' }>;

/** An answer, if it is there, and all that is said about it. */
interface Group {
  answered?: Answered;
  events: FeedbackEvent[];
}

/**
 * The events of `incoming` to be added to `known`, in their order, those of each answer together. Left out, and counted:
 * answers that are there, by id or by question, verdict and time; lines that are there or came too late.
 */
export function newFeedback(
  known: Iterable<FeedbackEvent>,
  incoming: Iterable<FeedbackEvent>,
  counter: ReasonCounter,
): FeedbackEvent[] {
  const there = groupsOf(known);
  const twins = new Set([...there.values()].map(twinKey));
  const added: FeedbackEvent[] = [];
  for (const [id, group] of groupsOf(incoming)) {
    const before = there.get(id);
    if (before?.answered) added.push(...laterEvents(before, group, counter));
    else if (!group.answered) counter.add('lines about answers that are not there', group.events.length);
    else if (twins.has(twinKey(group))) counter.add('answers that are there already');
    else {
      twins.add(twinKey(group));
      added.push(group.answered, ...withoutDoubles(group.events, counter));
    }
  }
  return added;
}

/** By the answers' ids, in the order of the answers. An answer that is there again begins anew, as in `foldFeedback`. */
function groupsOf(events: Iterable<FeedbackEvent>): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const event of events) {
    if (event.type === 'answered') {
      groups.delete(event.id);
      groups.set(event.id, { answered: event, events: [] });
      continue;
    }
    const group = groups.get(event.id) ?? { events: [] };
    groups.set(event.id, group);
    group.events.push(event);
  }
  return groups;
}

/** The same question with the same verdict at the same time, under whatever id. */
function twinKey({ answered, events }: Group): string {
  if (!answered) return '';
  const [record] = foldFeedback([answered, ...events]);
  return JSON.stringify([answered.searchedFor, answered.timeMs, record?.verdict ?? '']);
}

/** What is said about a known answer after the latest word on it. */
function laterEvents(before: Group, { answered, events }: Group, counter: ReasonCounter): FeedbackEvent[] {
  if (answered && answered.timeMs !== before.answered!.timeMs) {
    counter.add('other answers with the id of one that is there');
    return [];
  }
  if (answered) counter.add('answers that are there already');
  const lines = new Set(before.events.map(lineKey));
  const fresh = withoutDoubles(events, counter).filter((event) => !lines.has(lineKey(event)));
  const latestMs = before.events.reduce((latest, { timeMs }) => Math.max(latest, timeMs), -Infinity);
  const later = fresh.filter(({ timeMs }) => timeMs >= latestMs);
  counter.add('lines that are older than what is there about their answer', fresh.length - later.length);
  return later;
}

function withoutDoubles(events: readonly FeedbackEvent[], counter: ReasonCounter): FeedbackEvent[] {
  const different = [...new Map(events.map((event) => [lineKey(event), event])).values()];
  counter.add('lines that are there twice', events.length - different.length);
  return different;
}

const lineKey = (event: FeedbackEvent): string => JSON.stringify(event);
