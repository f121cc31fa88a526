/** What went wrong, as the user is told: a sentence, and in the panel the button that helps. */
import type { Failure, Remedy } from '#core/answer/conversation.ts';
import { ServiceError, type AskReply, type Check } from '#node/service/searchService.ts';
import type { ChatHost } from './chatHost.ts';

/** Undefined when the question was cancelled, which is no failure. */
export function failureOf(error: unknown, otherwise: string): Failure | undefined {
  if (!(error instanceof ServiceError)) return { message: otherwise, remedy: 'show-log' };
  return error.kind === 'cancelled' ? undefined : { message: error.message, remedy: REMEDIES[error.kind] };
}

const REMEDIES: Readonly<Record<Exclude<ServiceError['kind'], 'cancelled'>, Remedy>> = {
  question: 'retry',
  policy: 'open-settings',
  workspace: 'open-folder',
  ended: 'retry',
  failed: 'run-doctor',
};

/**
 * Without ripgrep nothing could be searched, so that nothing was found says nothing about the workspace. An answer from
 * docs stands, with its trail.
 */
export function missingTool({ answer }: AskReply): Failure | undefined {
  if (answer.citations.length > 0) return undefined;
  const calls = answer.trail.flatMap((turn) => turn.calls);
  const grep = calls.find((call) => call.tool === 'grep' && call.failure === 'missing');
  return grep && { message: grep.said, remedy: 'run-doctor' };
}

/** For what was asked of the chat and was not done. */
export function tellError(error: unknown, host: ChatHost): void {
  host.log(error);
  host.tell(error instanceof Error ? error.message : host.sentences.unexpected);
}

/** What stands in the way of every question. */
export function troubleOf(checks: readonly Check[]): Failure | undefined {
  const failed = checks.find(({ name, ok }) => name === 'ripgrep' && !ok);
  return failed && { message: [failed.found, failed.remedy ?? ''].join(' ').trim(), remedy: 'run-doctor' };
}
