/** Shows an episode on a terminal while it runs: a line for each call that ended, and what runs now. */
import type { EpisodeEvent } from '#core/agent/event.ts';
import type { Terminal } from '#cli/terminal.ts';
import { callLine, whatText } from '#cli/trailText.ts';

const WHAT_WIDTH = 40;

export function liveTrail(terminal: Terminal): (event: EpisodeEvent) => void {
  let turnShown = 0;
  return (event) => {
    if (event.type === 'turn-started')
      terminal.status(event.calls.map((call) => `${call.tool} ${whatText(call.what)}`).join(' · '));
    if (event.type === 'call-ended') {
      const turn = event.turn === turnShown ? undefined : event.turn;
      turnShown = event.turn;
      const width = { what: Math.min(WHAT_WIDTH, Math.floor(terminal.width / 3)), line: terminal.width };
      terminal.line(terminal.faint(callLine(turn, event.call, width)));
    }
    if (event.type === 'turn-ended') terminal.status('weighing what was found');
    if (event.type === 'stopped') terminal.clear();
  };
}
