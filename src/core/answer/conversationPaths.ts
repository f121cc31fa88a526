/** An exchange's workspace paths, put into another form where they stand as paths; what was said stays as it is. */
import type { TrailCall, TrailTurn } from '#core/agent/event.ts';
import type { Answer } from '#core/answer/answer.ts';
import type { Exchange } from '#core/answer/conversation.ts';
import type { Span } from '#core/search/span.ts';

type PathMap = (path: string) => string;

export function mapPaths(exchange: Exchange, map: PathMap): Exchange {
  const { scope, selection, trail, answer, feedback } = exchange;
  return {
    ...exchange,
    scope: scope.map(map),
    ...(selection && { selection: mapSpan(selection, map) }),
    trail: mapTrail(trail, map),
    ...(answer && { answer: mapAnswer(answer, map) }),
    feedback: { ...feedback, places: feedback.places.map((place) => mapSpan(place, map)) },
  };
}

const mapAnswer = (answer: Answer, map: PathMap): Answer => ({
  ...answer,
  citations: answer.citations.map((citation) => mapSpan(citation, map)),
  files: answer.files.map(map),
  trail: mapTrail(answer.trail, map),
});

const mapSpan = <S extends Span>(span: S, map: PathMap): S => ({ ...span, path: map(span.path) });

const mapTrail = (trail: readonly TrailTurn[], map: PathMap): TrailTurn[] =>
  trail.map((turn) => ({ ...turn, calls: turn.calls.map((call) => mapCall(call, map)) }));

/** A read asks for `path:start-end`. */
function mapCall(call: TrailCall, map: PathMap): TrailCall {
  if (call.tool !== 'read') return call;
  const what = call.what.map((text) => {
    const colon = text.lastIndexOf(':');
    return colon < 0 ? map(text) : `${map(text.slice(0, colon))}${text.slice(colon)}`;
  });
  return { ...call, what, ...(call.read && { read: mapSpan(call.read, map) }) };
}
