/**
 * The grep tool: one process of ripgrep for each workspace folder and call, for all terms at once.
 *
 * Ripgrep proposes lines by literals, `termMatcher.ts` decides which terms are in them. Bounds, all deterministic but
 * the last: files up to `MAX_FILE_BYTES`, `MAX_LINES_PER_FILE` proposed lines of a file, `MAX_COLUMNS` bytes of a line,
 * `MAX_LITERALS` literals (terms beyond them find nothing), and `MAX_OUTPUT_BYTES` of output in a pass.
 *
 * Not searched: what git ignores, `.ignore` and `.spoorignore` name, secrets, lock files and minified bundles,
 * installed packages, binary files, symbolic links, and files whose names are not UTF-8. Files that `within` names are
 * searched whether ignored or not, secrets excepted. Where the ignore files leave nothing at all (a tracked folder that
 * is ignored), first those above the folder and then git's are left out of account.
 */
import { existsSync } from 'node:fs';
import type { CallContext, GrepRequest, GrepResult, GrepTool, ToolFailure, ToolResult } from '#core/agent/tools.ts';
import { matcherOf } from '#core/search/termMatcher.ts';
import type { Term } from '#core/search/words.ts';
import { runProgram, type RunOutcome, type RunResult } from '#node/childProcesses.ts';
import type { Workspace } from '#node/workspace.ts';
import { findRipgrep } from './findRipgrep.ts';
import { createHitCollector, type HitCollector } from './hitCollector.ts';
import { MAX_COLUMNS, searchArguments, type Ignoring } from './ripgrepArguments.ts';
import { createOutputParser, type SearchStats } from './ripgrepOutput.ts';
import { hasEntries, planSearch, plainName, type Pass } from './searchPlan.ts';

export function createGrepTool(options: GrepToolOptions): GrepTool {
  let found: string | undefined;
  return {
    async search(request, context) {
      const binary = found === undefined ? findRipgrep({ setting: options.rg, appRoot: options.appRoot }) : undefined;
      if (binary && !binary.ok) return binary;
      found ??= binary?.value.file;
      const plan = planSearch(options.workspace, request.within);
      if (!plan.ok) return plan;
      return search({ rg: found!, passes: plan.value, notes: plan.partial ? [plan.partial] : [] }, request, context);
    },
  };
}

export interface GrepToolOptions {
  readonly workspace: Workspace;
  /** Full path of the ripgrep program, set by the user; found by `findRipgrep` without it. */
  readonly rg?: string | undefined;
  /** VS Code's folder, where there may be a ripgrep too. */
  readonly appRoot?: string | undefined;
}

/** Literals of a call at most. */
export const MAX_LITERALS = 200;
/** Output of a pass that is read. */
const MAX_OUTPUT_BYTES = 64_000_000;

interface Plan {
  readonly rg: string;
  readonly passes: readonly Pass[];
  readonly notes: readonly string[];
}

async function search(
  { rg, passes, notes }: Plan,
  { terms }: GrepRequest,
  context: CallContext,
): Promise<ToolResult<GrepResult>> {
  const searched = searchableTerms(terms);
  const matcher = matcherOf(searched);
  const collector = createHitCollector(matcher, terms.length);
  const endMs = performance.now() + context.timeoutMs;
  const call = { rg, literals: matcher.literals, collector, signal: context.signal, endMs };
  const ends = matcher.literals.length ? await Promise.all(passes.map((pass) => runPass(pass, call))) : [];
  const failure = failureOf(ends, collector);
  if (failure) return failure;
  const cut =
    searched.length < terms.length ? [`Only the first ${searched.length} of ${terms.length} terms were searched.`] : [];
  return resultOf(ends, collector, [...notes, ...cut, ...new Set(ends.flatMap((end) => end.note ?? []))]);
}

/** As many of the terms, from the first, as have room on a command line. */
function searchableTerms(terms: readonly Term[]): readonly Term[] {
  let count = terms.length;
  while (count > 1 && matcherOf(terms.slice(0, count)).literals.length > MAX_LITERALS)
    count = Math.ceil(count * 0.8) - 1;
  return terms.slice(0, count);
}

function resultOf(ends: readonly PassEnd[], collector: HitCollector, notes: readonly string[]): ToolResult<GrepResult> {
  const complete = ends.every((end) => end.stats);
  const sum = (pick: (stats: SearchStats) => number): number =>
    ends.reduce((all, { stats }) => all + (stats ? pick(stats) : 0), 0);
  const value: GrepResult = {
    terms: collector.hits(),
    filesSearched: complete
      ? sum((stats) => stats.filesSearched)
      : Math.max(
          collector.files(),
          sum((stats) => stats.filesSearched),
        ),
    bytesSearched: complete
      ? sum((stats) => stats.bytesSearched)
      : Math.max(
          collector.bytes(),
          sum((stats) => stats.bytesSearched),
        ),
  };
  return notes.length ? { ok: true, value, partial: notes.join(' ') } : { ok: true, value };
}

// ---- one pass ------------------------------------------------------------------------------------------------------

interface Call {
  readonly rg: string;
  readonly literals: readonly string[];
  readonly collector: HitCollector;
  readonly signal: CallContext['signal'];
  readonly endMs: number;
}

interface PassEnd {
  readonly outcome: RunOutcome | 'failed';
  readonly stats?: SearchStats | undefined;
  /** Why the pass failed or is not whole. */
  readonly note?: string | undefined;
}

async function runPass(pass: Pass, call: Call): Promise<PassEnd> {
  const end = await runFirmly(pass, call, 'git');
  if (end.stats?.filesSearched !== 0 || !hasEntries(pass)) return end;
  const inside = await runFirmly(pass, call, 'inside');
  return inside.stats?.filesSearched === 0 ? runFirmly(pass, call, 'own') : inside;
}

/** Ripgrep refuses to start over a rule that is no valid glob; the ignore file itself is read with more patience. */
async function runFirmly(pass: Pass, call: Call, ignoring: Ignoring): Promise<PassEnd> {
  const end = await runOnce(pass, call, ignoring, true);
  return end.outcome === 'failed' && pass.ownIgnore?.firmRules.length ? runOnce(pass, call, ignoring, false) : end;
}

async function runOnce(pass: Pass, call: Call, ignoring: Ignoring, firm: boolean): Promise<PassEnd> {
  const parser = createOutputParser(call.collector.sinkOf(pass), MAX_COLUMNS);
  const run = await runProgram(call.rg, searchArguments(call.literals, { ...pass, ignoring, firm }), {
    cwd: pass.directory,
    signal: call.signal,
    timeoutMs: call.endMs - performance.now(),
    maxBytes: MAX_OUTPUT_BYTES,
    onStdout: parser.push,
  });
  return endOf(run, parser.end(), pass, call.rg);
}

function endOf(run: RunResult, stats: SearchStats | undefined, { directory }: Pass, rg: string): PassEnd {
  const said = plainName(run.stderr.split('\n')[0]!);
  if (run.outcome === 'missing') return existsSync(directory) ? notStarted(rg, said) : gone(directory);
  if (run.outcome === 'timeout')
    return { ...run, stats, note: 'The search ran out of time; it found what stands here.' };
  if (run.outcome === 'too-much')
    return { ...run, stats, note: 'The search was stopped because too many lines match.' };
  if (run.outcome === 'cancelled' || run.code === 0 || run.code === 1) return { outcome: run.outcome, stats };
  if (!stats)
    return { outcome: 'failed', note: `The search program ended with an error: ${said || `code ${run.code}`}.` };
  return { outcome: 'ended', stats, note: `Some files could not be searched (${said}).` };
}

const notStarted = (rg: string, said: string): PassEnd => ({
  outcome: 'missing',
  note: `The search program ${rg} could not be started (${said}). Reinstall it, or set SPOOR_RG to another ripgrep.`,
});

const gone = (directory: string): PassEnd => ({
  outcome: 'failed',
  note: `The folder ${plainName(directory)} is no longer there. Open the workspace anew.`,
});

/** The failure of a whole call: no pass, or nothing but passes without a result. */
function failureOf(ends: readonly PassEnd[], collector: HitCollector): ToolFailure | undefined {
  const missing = ends.find((end) => end.outcome === 'missing');
  if (missing) return { ok: false, reason: 'missing', message: missing.note! };
  if (ends.some((end) => end.outcome === 'cancelled'))
    return { ok: false, reason: 'cancelled', message: 'The search was cancelled.' };
  if (collector.files() > 0 || ends.some((end) => end.stats)) return undefined;
  if (ends.some((end) => end.outcome === 'timeout'))
    return {
      ok: false,
      reason: 'timeout',
      message: 'The search found nothing before it ran out of time. Allow it more, or narrow it to a folder.',
    };
  const failed = ends.find((end) => end.outcome === 'failed');
  return failed && { ok: false, reason: 'failed', message: failed.note! };
}
