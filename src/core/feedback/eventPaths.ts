/** Changes the paths in an event, wherever it has some. */
import type { Action } from '#core/agent/action.ts';
import type { FeedbackEvent } from '#core/feedback/feedbackEvent.ts';

export function withPaths(event: FeedbackEvent, change: (path: string) => string): FeedbackEvent {
  const moved = <T extends { readonly path: string }>(place: T): T => ({ ...place, path: change(place.path) });
  const acted = (action: Action): Action => ('span' in action ? { ...action, span: moved(action.span) } : action);
  if (event.type === 'place') return { ...event, place: moved(event.place) };
  if (event.type !== 'answered') return event;
  return {
    ...event,
    scope: event.scope.map(change),
    steps: event.steps.map((step) => ({ ...step, action: acted(step.action) })),
    citations: event.citations.map(moved),
  };
}
