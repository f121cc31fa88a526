/** Events of feedback for tests. */
import type { FeedbackEvent, FeedbackStep, PlaceText } from '#core/feedback/feedbackEvent.ts';

type Answered = Extract<FeedbackEvent, { type: 'answered' }>;

/** An answer with citations of these places; `timeMs` is when. */
export const answered = (
  id: string,
  timeMs: number,
  citations: readonly PlaceText[],
  more: Partial<Answered> = {},
): Answered => ({
  version: 1,
  id,
  timeMs,
  type: 'answered',
  question: `where is retry ${id}?`,
  searchedFor: `where is retry ${id}?`,
  scope: [],
  folders: [{ name: '' }],
  policy: { name: 'learned', digest: '' },
  steps: [
    {
      action: { kind: 'grep', term: { text: 'retry', parts: ['retry'], key: 'retri' }, origin: 'question', lead: 0 },
      logProb: -0.5,
      legal: 4,
    },
    { action: { kind: 'answer' }, logProb: -0.1, legal: 2 },
  ],
  citations,
  found: true,
  confidence: 0.8,
  ...more,
});

/** A place was chosen among several: of a rejected answer this is made less likely. */
export const CHOICE: FeedbackStep = {
  action: { kind: 'cite', span: { path: 'a.ts', start: 1, end: 1 }, candidate: 0 },
  logProb: -0.7,
  legal: 3,
};

export const placeOf = (path: string, start: number, ...lines: readonly string[]): PlaceText => ({
  path,
  start,
  end: start + lines.length - 1,
  lines,
});

export const verdict = (id: string, timeMs: number, said: 'accepted' | 'rejected' | 'none'): FeedbackEvent => ({
  version: 1,
  id,
  timeMs,
  type: 'verdict',
  verdict: said,
});

export const tick = (id: string, timeMs: number, number: number, said: 'right' | 'wrong' | 'none'): FeedbackEvent => ({
  version: 1,
  id,
  timeMs,
  type: 'tick',
  number,
  tick: said,
});

export const pointedOut = (id: string, timeMs: number, place: PlaceText): FeedbackEvent => ({
  version: 1,
  id,
  timeMs,
  type: 'place',
  place,
  taken: 'added',
});

export const signal = (id: string, timeMs: number, number: number, said: 'opened' | 'copied'): FeedbackEvent => ({
  version: 1,
  id,
  timeMs,
  type: 'signal',
  number,
  signal: said,
});

export const linesOf = (events: readonly FeedbackEvent[]): string =>
  events.map((event) => `${JSON.stringify(event)}\n`).join('');
