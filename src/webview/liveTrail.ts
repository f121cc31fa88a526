import type { EpisodeEvent, TrailCall, TrailTurn } from '#vscode/messages.ts';

/** A call that runs, or has run when it is `done`. */
export interface LiveCall {
  readonly tool: TrailCall['tool'];
  readonly what: readonly string[];
  readonly done?: TrailCall;
}

export interface LiveTurn {
  readonly turn: number;
  readonly calls: readonly LiveCall[];
}

/** The trail after the event. */
export function followTrail(turns: readonly LiveTurn[], event: EpisodeEvent): readonly LiveTurn[] {
  if (event.type === 'turn-started')
    return turns.some(({ turn }) => turn === event.turn)
      ? turns
      : [...turns, { turn: event.turn, calls: event.calls.map(({ tool, what }) => ({ tool, what })) }];
  if (event.type === 'call-ended')
    return turns.map((turn) => (turn.turn === event.turn ? { ...turn, calls: ended(turn.calls, event.call) } : turn));
  return turns;
}

export const settledTrail = (trail: readonly TrailTurn[]): readonly LiveTurn[] =>
  trail.map(({ turn, calls }) => ({ turn, calls: calls.map((done) => ({ tool: done.tool, what: done.what, done })) }));

/** Calls of a turn run side by side: the first that waits for this result has it. */
function ended(calls: readonly LiveCall[], done: TrailCall): readonly LiveCall[] {
  const waits = calls.findIndex((call) => !call.done && call.tool === done.tool && same(call.what, done.what));
  const call: LiveCall = { tool: done.tool, what: done.what, done };
  return waits < 0 ? [...calls, call] : calls.with(waits, call);
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((word, i) => word === b[i]);
