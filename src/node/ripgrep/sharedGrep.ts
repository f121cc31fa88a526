/**
 * A grep tool for many questions at a time about files that do not change: what is asked for while a pass runs is searched
 * for in one pass after it. A pass costs about the same for thirty terms as for three.
 */
import type { CallContext, GrepRequest, GrepResult, GrepTool, ToolFailure, ToolResult } from '#core/agent/tools.ts';
import { grepKey } from '#core/agent/worldRecord.ts';
import { matcherOf } from '#core/search/termMatcher.ts';
import type { Term } from '#core/search/words.ts';
import { MAX_LITERALS } from './grepTool.ts';

/** Each call gets what `grep` would have given for it alone, the notes of a pass that was not whole included. */
export function sharedGrep(grep: GrepTool): GrepTool {
  const waiting: Call[] = [];
  let isRunning = false;
  const runAll = async (): Promise<void> => {
    // Others of the same moment may still come.
    await Promise.resolve();
    while (waiting.length) {
      const { calls, terms } = takeCalls(waiting);
      await runPass(grep, calls, terms);
    }
    isRunning = false;
  };
  return {
    search(request, context) {
      if (context.signal.aborted) return Promise.resolve(CANCELLED);
      const { promise, resolve } = Promise.withResolvers<ToolResult<GrepResult>>();
      const call: Call = { request, context, isDone: false, settle };
      const cancel = (): void => settle(CANCELLED);
      function settle(result: ToolResult<GrepResult>): void {
        call.isDone = true;
        context.signal.removeEventListener('abort', cancel);
        call.onDone?.();
        resolve(result);
      }
      context.signal.addEventListener('abort', cancel);
      waiting.push(call);
      if (!isRunning) {
        isRunning = true;
        void runAll();
      }
      return promise;
    },
  };
}

interface Call {
  readonly request: GrepRequest;
  readonly context: CallContext;
  /** Answered or cancelled. */
  isDone: boolean;
  onDone?: () => void;
  settle(result: ToolResult<GrepResult>): void;
}

const CANCELLED: ToolFailure = { ok: false, reason: 'cancelled', message: 'The search was cancelled.' };

/** The first call and, in their order, those of the same places whose terms have room beside its own. */
function takeCalls(waiting: Call[]): { readonly calls: readonly Call[]; readonly terms: readonly Term[] } {
  const terms = new Map<string, Term>();
  const calls: Call[] = [];
  const places = placesOf(waiting[0]!);
  for (const call of [...waiting]) {
    if (!call.isDone && placesOf(call) !== places) continue;
    const fresh = call.request.terms.filter((term) => !terms.has(grepKey(term)));
    const hasRoom = literalsOf([...terms.values(), ...fresh]) <= MAX_LITERALS;
    if (!call.isDone && calls.length && !hasRoom) break;
    waiting.splice(waiting.indexOf(call), 1);
    if (call.isDone) continue;
    calls.push(call);
    for (const term of fresh) terms.set(grepKey(term), term);
  }
  return { calls, terms: [...terms.values()] };
}

const placesOf = ({ request }: Call): string => JSON.stringify(request.within ?? null);
const literalsOf = (terms: readonly Term[]): number => matcherOf(terms).literals.length;

async function runPass(grep: GrepTool, calls: readonly Call[], terms: readonly Term[]): Promise<void> {
  const [first] = calls;
  if (!first) return;
  const stopping = new AbortController();
  for (const call of calls) call.onDone = () => calls.every(({ isDone }) => isDone) && stopping.abort();
  const timeoutMs = Math.max(...calls.map(({ context }) => context.timeoutMs));
  try {
    const found = await grep.search({ ...first.request, terms }, { signal: stopping.signal, timeoutMs });
    const places = new Map(terms.map((term, i) => [grepKey(term), i]));
    for (const call of calls) if (!call.isDone) call.settle(found.ok ? partOf(found, call.request, places) : found);
  } catch (error) {
    for (const call of calls) if (!call.isDone) call.settle({ ok: false, reason: 'failed', message: String(error) });
  }
}

function partOf(
  found: ToolResult<GrepResult> & { readonly ok: true },
  { terms }: GrepRequest,
  places: ReadonlyMap<string, number>,
): ToolResult<GrepResult> {
  const own = terms.map((term) => found.value.terms[places.get(grepKey(term))!]!);
  return { ...found, value: { ...found.value, terms: own } };
}
