/** The trail of a search as progress notifications of MCP, for clients that have asked for them. */
import type { ServerContext } from '@modelcontextprotocol/server';
import type { EpisodeEvent } from '#core/agent/event.ts';
import { lineText } from '#node/agentTools/quotedText.ts';

/** Undefined where the client has not asked. How many calls there will be is not known, so there is no total. */
export function progressOf({ mcpReq }: ServerContext): ((event: EpisodeEvent) => void) | undefined {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return undefined;
  let progress = 0;
  return (event) => {
    const message = messageOf(event);
    if (message === undefined || mcpReq.signal.aborted) return;
    progress++;
    // It fails only when the connection is gone; then nobody waits for it.
    mcpReq
      .notify({ method: 'notifications/progress', params: { progressToken, progress, message } })
      .catch(() => undefined);
  };
}

const MAX_MESSAGE = 200;

function messageOf(event: EpisodeEvent): string | undefined {
  if (event.type === 'turn-started') {
    const tools = [...new Set(event.calls.map(({ tool }) => tool))].join(', ');
    return `Turn ${event.turn}: ${tools}`;
  }
  if (event.type !== 'call-ended') return undefined;
  const { tool, what, said } = event.call;
  return lineText(`${tool} ${what.join(' ')}: ${said}`, MAX_MESSAGE);
}
