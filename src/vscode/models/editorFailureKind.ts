/**
 * What kind of failure an editor's language model reports. The editor names three by a code; everything else comes as
 * whatever the model's extension threw, so its words are all there is to go by.
 */
import type { ModelFailureKind } from '#core/llm/modelFailure.ts';

/** @param error what `sendRequest` or its stream threw. */
export function editorFailureKind(error: unknown): ModelFailureKind {
  const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  if (typeof code === 'string' && Object.hasOwn(BY_CODE, code)) return BY_CODE[code]!;
  if (name === 'Canceled' || name === 'AbortError' || name === 'CancellationError') return 'cancelled';
  const said = wordsOf(error);
  return BY_WORDS.find(([words]) => words.test(said))?.[1] ?? 'failed';
}

/** Codes of `vscode.LanguageModelError`. */
const BY_CODE: Readonly<Record<string, ModelFailureKind>> = {
  NoPermissions: 'key',
  Blocked: 'limit',
  NotFound: 'no-model',
};

const BY_WORDS: readonly (readonly [RegExp, ModelFailureKind])[] = [
  [/\b429\b|rate.?limit|quota|too many requests/i, 'limit'],
  [/\b401\b|\b403\b|unauthori[sz]ed|sign(ed)? (in|out)|api.?key|forbidden/i, 'key'],
  [/\b413\b|too (long|large|many tokens)|context.?(length|window)|token limit|maximum.{0,20}tokens/i, 'too-long'],
  [/filter|content.?policy|\brefus|off.?topic|responsible ai/i, 'refused'],
  [/timed? ?out|ETIMEDOUT/i, 'timeout'],
  [/ECONNREFUSED|ENOTFOUND|ECONNRESET|EAI_AGAIN|fetch failed|offline|network/i, 'unreachable'],
  [/not found|unknown model/i, 'no-model'],
];

/** The error's words and those of its causes. */
function wordsOf(error: unknown): string {
  const said: string[] = [];
  let one = error;
  for (let depth = 0; one !== undefined && one !== null && depth < 4; depth++) {
    const { message, code, cause } = one as { readonly message?: unknown; readonly code?: unknown; cause?: unknown };
    said.push(typeof one === 'string' ? one : '', String(message ?? ''), String(code ?? ''));
    one = cause;
  }
  return said.join(' ').slice(0, 4_000);
}
