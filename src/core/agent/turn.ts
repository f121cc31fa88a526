/** Runs the calls of one turn side by side; what they return is evidence, for the pool to take in. */
import type { Action } from '#core/agent/action.ts';
import type { Candidate } from '#core/agent/candidates.ts';
import type { EpisodeEvent, TrailCall, TrailTurn } from '#core/agent/event.ts';
import type { EvidencePool } from '#core/agent/pool.ts';
import type {
  CallContext,
  DocsState,
  GrepResult,
  HistoryState,
  TermHits,
  ToolFailure,
  ToolName,
  ToolResult,
  Tools,
} from '#core/agent/tools.ts';
import type { Question } from '#core/search/question.ts';
import type { Clock } from '#core/rl/types.ts';
import type { Span } from '#core/search/span.ts';
import type { Term } from '#core/search/words.ts';

/** One call as the budget counts it. */
export interface Call {
  readonly tool: ToolName;
  readonly what: readonly string[];
  readonly actions: readonly Action[];
}

interface TurnSetup {
  readonly turn: number;
  readonly calls: readonly Call[];
  readonly question: Question;
  readonly candidates: readonly Candidate[];
  readonly tools: Tools;
  readonly clock: Clock;
  readonly context: CallContext;
  readonly emit: ((event: EpisodeEvent) => void) | undefined;
}

/** What an action brought. */
export interface Evidence {
  readonly action: Action;
  readonly apply: (pool: EvidencePool) => void;
}

export interface TurnOutcome {
  readonly turn: TrailTurn;
  /** At most one for each action. */
  readonly evidence: readonly Evidence[];
  readonly docs?: DocsState;
  readonly history?: HistoryState;
  readonly notes: readonly string[];
  readonly failed: readonly ToolName[];
}

const DOCS_LIMIT = 20;
const HISTORY_LIMIT = 100;
const CO_CHANGE_LIMIT = 50;
const CO_CHANGE_SEEDS = 4;

const TOOL_OF: Record<string, ToolName> = {
  grep: 'grep',
  docs: 'docs',
  history: 'history',
  'co-change': 'history',
  symbols: 'symbols',
  read: 'read',
};

/** Words that the trail shows for a search by the whole question, or by a whole query. */
const SHOWN_WORDS = 6;

/** How many calls the chosen actions come to: terms go by `termsPerGrep`, names of symbols together, the rest alone. */
export function countCalls(actions: readonly Action[], termsPerGrep: number): number {
  let [greps, symbols] = [0, 0];
  for (const { kind } of actions)
    if (kind === 'grep') greps++;
    else if (kind === 'symbols') symbols++;
  return Math.ceil(greps / termsPerGrep) + Math.min(symbols, 1) + actions.length - greps - symbols;
}

/** The chosen actions as `countCalls` counts them. */
export function callsOf(actions: readonly Action[], question: Question, termsPerGrep: number): Call[] {
  const calls: Call[] = [];
  const greps = actions.filter((action) => action.kind === 'grep');
  for (let i = 0; i < greps.length; i += termsPerGrep) {
    const some = greps.slice(i, i + termsPerGrep);
    calls.push({ tool: 'grep', what: some.map((action) => action.term.text), actions: some });
  }
  const symbols = actions.filter((action) => action.kind === 'symbols');
  if (symbols.length) calls.push({ tool: 'symbols', what: symbols.map((action) => action.name), actions: symbols });
  for (const action of actions)
    if (action.kind !== 'grep' && action.kind !== 'symbols')
      calls.push({ tool: TOOL_OF[action.kind]!, what: whatOf(action, question), actions: [action] });
  return calls;
}

function whatOf(action: Action, question: Question): string[] {
  if (action.kind === 'read') return [`${action.span.path}:${action.span.start}-${action.span.end}`];
  if (action.kind === 'co-change') return ['changed together'];
  return termsAsked(action, question)
    .slice(0, SHOWN_WORDS)
    .map(({ text }) => text);
}

/** What a call came to: what the trail says, and what it adds to the pool. */
interface CallEnd {
  readonly said: string;
  readonly failure?: ToolFailure;
  readonly partial?: string;
  readonly read?: Span;
  readonly evidence?: readonly Evidence[];
  readonly docs?: DocsState;
  readonly history?: HistoryState;
}

export async function runTurn(setup: TurnSetup): Promise<TurnOutcome> {
  const { turn, calls, clock, emit } = setup;
  emit?.({ type: 'turn-started', turn, calls: calls.map(({ tool, what }) => ({ tool, what })) });
  const startedMs = clock.nowMs();
  const sharedGrep = searchTerms(setup);
  const ended = await Promise.all(
    calls.map(async (call) => {
      const end = await runCall(call, setup, sharedGrep);
      const shown = trailCall(call, end, clock.nowMs() - startedMs);
      emit?.({ type: 'call-ended', turn, call: shown });
      return { end, shown };
    }),
  );
  const ms = clock.nowMs() - startedMs;
  emit?.({ type: 'turn-ended', turn, ms });
  return {
    turn: { turn, calls: ended.map(({ shown }) => shown), ms },
    evidence: ended.flatMap(({ end }) => end.evidence ?? []),
    ...summary(
      calls,
      ended.map(({ end }) => end),
    ),
  };
}

function summary(calls: readonly Call[], ends: readonly CallEnd[]): Omit<TurnOutcome, 'turn' | 'evidence'> {
  const docs = ends.find((end) => end.docs)?.docs;
  const history = ends.find((end) => end.history)?.history;
  return {
    ...(docs && { docs }),
    ...(history && { history }),
    notes: ends.flatMap((end) => [end.partial, end.failure?.message].filter((note) => note !== undefined)),
    failed: calls.filter((_, i) => ends[i]!.failure).map((call) => call.tool),
  };
}

const trailCall = ({ tool, what }: Call, { said, failure, read }: CallEnd, ms: number): TrailCall => ({
  tool,
  what,
  said,
  ms,
  ...(failure && { failure: failure.reason }),
  ...(read && { read }),
});

/** All terms of the turn in one search, whatever the number of grep calls. */
function searchTerms({ calls, tools, context }: TurnSetup): Promise<ToolResult<GrepResult>> | undefined {
  const terms = calls.flatMap(termsOf);
  return terms.length ? tools.grep.search({ terms }, context) : undefined;
}

const termsOf = (call: Call): Term[] => call.actions.flatMap((action) => (action.kind === 'grep' ? [action.term] : []));

function runCall(
  call: Call,
  setup: TurnSetup,
  sharedGrep: Promise<ToolResult<GrepResult>> | undefined,
): Promise<CallEnd> {
  const action = call.actions[0]!;
  if (action.kind === 'grep') return endGrep(call, setup, sharedGrep!);
  if (action.kind === 'symbols') return callSymbols(call, setup);
  if (action.kind === 'docs') return callDocs(action, setup);
  if (action.kind === 'history') return callHistory(action, setup);
  if (action.kind === 'co-change') return callCoChange(action, setup);
  if (action.kind === 'read') return callRead(action, setup);
  return Promise.resolve({ said: '' });
}

async function endGrep(call: Call, setup: TurnSetup, sharedGrep: Promise<ToolResult<GrepResult>>): Promise<CallEnd> {
  const result = await sharedGrep;
  if (!result.ok) return failed(result);
  const first = setup.calls.slice(0, setup.calls.indexOf(call)).flatMap(termsOf).length;
  const found = result.value.terms.slice(first, first + call.actions.length);
  const hits = found.reduce((sum, term) => sum + term.matches, 0);
  return {
    ...partly(result),
    said: hits ? `${counted(hits, 'hit')} in ${counted(countFiles(found), 'file')}` : 'no hits',
    evidence: termsOf(call).map((term, i) => ({
      action: call.actions[i]!,
      apply: (pool) => pool.addGrep([term], { ...result.value, terms: found.slice(i, i + 1) }),
    })),
  };
}

function countFiles(found: readonly TermHits[]): number {
  if (found.length === 1) return found[0]!.files.length;
  const paths = new Set<string>();
  for (const { files } of found) for (const { path } of files) paths.add(path);
  return paths.size;
}

/** Names are looked up in the question's order, whatever the order in which they were chosen. */
async function callSymbols(call: Call, { question, tools, context }: TurnSetup): Promise<CallEnd> {
  const ranks = new Map(question.names.map((name, rank) => [name, rank]));
  const names = [...call.what].sort((a, b) => (ranks.get(a) ?? ranks.size) - (ranks.get(b) ?? ranks.size));
  const result = await tools.symbols.definitions({ names }, context);
  if (!result.ok) return failed(result);
  const { length } = result.value;
  const said = length ? counted(length, 'definition') : 'no definitions';
  return { ...partly(result), said, ...brought(call.actions[0]!, (pool) => pool.addDefinitions(result.value)) };
}

async function callDocs(action: Action, { question, tools, context }: TurnSetup): Promise<CallEnd> {
  const result = await tools.docs.search({ terms: termsAsked(action, question), limit: DOCS_LIMIT }, context);
  if (!result.ok) return failed(result);
  const { sections, state } = result.value;
  const said = sections.length ? counted(sections.length, 'section') : 'no sections';
  return { ...partly(result), said, docs: state, ...brought(action, (pool) => pool.addSections(sections)) };
}

async function callHistory(action: Action, { question, tools, context }: TurnSetup): Promise<CallEnd> {
  const result = await tools.history.search({ terms: termsAsked(action, question), limit: HISTORY_LIMIT }, context);
  if (!result.ok) return failed(result);
  const { commits, state } = result.value;
  const said = commits.length ? counted(commits.length, 'commit') : 'no commits';
  return { ...partly(result), said, history: state, ...brought(action, (pool) => pool.addCommits(commits)) };
}

async function callCoChange(action: Action, { tools, candidates, context }: TurnSetup): Promise<CallEnd> {
  const paths = [...new Set(candidates.map(({ span }) => span.path))].slice(0, CO_CHANGE_SEEDS);
  const result = await tools.history.coChanges({ paths, limit: CO_CHANGE_LIMIT }, context);
  if (!result.ok) return failed(result);
  const { length } = result.value;
  const said = length ? counted(length, 'file') : 'no files';
  return { ...partly(result), said, ...brought(action, (pool) => pool.addCoChanges(result.value)) };
}

async function callRead(action: Action & { kind: 'read' }, { tools, context }: TurnSetup): Promise<CallEnd> {
  const { span } = action;
  const result = await tools.read.read({ path: span.path, range: span }, context);
  if (!result.ok) return failed(result);
  const { path, start, lines } = result.value;
  if (lines.length === 0)
    return { ...partly(result), said: 'no lines there', ...brought(action, (pool) => pool.addRead(result.value, [])) };
  const outline = await tools.symbols.outline(path, context);
  const read = { path, start, end: start + lines.length - 1 };
  return {
    ...partly(result),
    read,
    said: `lines ${read.start}–${read.end}`,
    ...brought(action, (pool) => pool.addRead(result.value, outline.ok ? outline.value : [])),
  };
}

const brought = (action: Action, apply: Evidence['apply']): { evidence: Evidence[] } => ({
  evidence: [{ action, apply }],
});

/** What a search by a whole text asks for. */
const termsAsked = (action: Action, { terms }: Question): readonly Term[] =>
  ((action.kind === 'docs' || action.kind === 'history') && action.terms) || terms.map(({ term }) => term);

const failed = (failure: ToolFailure): CallEnd => ({ said: failure.message, failure });

const partly = (result: { readonly partial?: string }): { partial?: string } =>
  result.partial === undefined ? {} : { partial: result.partial };

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
