/** Tells "nothing was found" from "nothing could be searched". */
import type { Answer } from '#core/answer/answer.ts';

/** Why the workspace could not be searched, in the tools' own words; undefined if it could. */
export function searchFailure(answer: Pick<Answer, 'trail' | 'stopReason'>): string | undefined {
  const calls = answer.trail.flatMap((turn) => turn.calls);
  const greps = calls.filter((call) => call.tool === 'grep');
  const hasNoGrep = greps.length > 0 && greps.every((call) => call.failure === 'missing');
  if (answer.stopReason !== 'failed' && !hasNoGrep) return undefined;
  const said = (hasNoGrep ? greps : calls).filter((call) => call.failure).map((call) => call.said);
  return [...new Set(said)].join(' ') || 'The workspace could not be searched.';
}
