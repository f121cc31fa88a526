/** The service in the process that searches: the searcher and the modules around it, behind the editor's contract. */
import { DEFAULT_BUDGET } from '#core/agent/budget.ts';
import type { EpisodeEvent } from '#core/agent/event.ts';
import type { PlaceText } from '#core/feedback/feedbackEvent.ts';
import { createAgentTools } from '#node/agentTools/createAgentTools.ts';
import { CrawlError } from '#node/docsSite/crawlError.ts';
import { crawlSite } from '#node/docsSite/crawlSite.ts';
import { commitText } from '#node/explain/commitText.ts';
import { explainSymbol } from '#node/explain/explainSymbol.ts';
import { PolicyError } from '#node/policy/policies.ts';
import { QuestionError, type Search } from '#node/searcher.ts';
import { createSearcherPolicies, type ChosenPolicy } from '#node/searcherPolicies.ts';
import { callAgentTool } from '#node/service/agentCalls.ts';
import { runChecks } from '#node/service/checks.ts';
import { createColorer } from '#node/service/colors.ts';
import type { DocsWatch } from '#node/service/docsWatch.ts';
import { folderStates } from '#node/service/folderStates.ts';
import {
  askedPolicy,
  createLiveWorkspace,
  type LiveWorkspace,
  type OpenWorkspace,
} from '#node/service/liveWorkspace.ts';
import { locatePlaces } from '#node/service/locate.ts';
import { docsFound, namedFiles } from '#node/service/namedFiles.ts';
import { policyCardText, policyStatus } from '#node/service/policyStatus.ts';
import {
  ServiceError,
  type AskReply,
  type AskRequest,
  type CrawlProgress,
  type CrawlRequest,
  type DocsStatus,
  type SearchService,
  type ServiceEvent,
  type ServiceSettings,
} from '#node/service/searchService.ts';
import { WorkspaceError } from '#node/workspace.ts';

export interface RunningService extends SearchService {
  /** From the next call on; what runs goes on as it began. */
  configure(settings: ServiceSettings): void;
  /** Ends everything that runs. */
  close(): Promise<void>;
}

export function createService(settings: ServiceSettings, onEvent: (event: ServiceEvent) => void): RunningService {
  const live = createLiveWorkspace(settings, (status) => onEvent({ type: 'docs', status }));
  const colorer = createColorer();
  const use = <T>(work: (open: OpenWorkspace) => Promise<T>): Promise<T> => live.use(work).catch(asServiceError);
  const useFor = <T>(paths: readonly string[], work: (open: OpenWorkspace) => Promise<T>): Promise<T> =>
    use(async (open) => {
      const { workspace, tools } = open.searcher;
      await docsFound(workspace, open.settings.docs ? tools.docs : undefined, paths);
      return work(open);
    });
  return {
    configure: live.configure,
    close: live.close,
    ask: (request, emit, signal) => use((open) => ask(open, request, live.settings, emit, signal)),
    explain: (request, signal) => use((open) => explainSymbol(request, explainParts(open), signal)),
    agentTool: (name, input, signal) =>
      use((open) => callAgentTool(agentTools(open, live.settings), name, input, signal)),
    commit: (id, signal) =>
      use(async (open) => (open.settings.history ? commitText(id, explainParts(open), signal) : undefined)),
    look: (look) => Promise.resolve(colorer.look(look)),
    color: (places) => useFor(pathsOf(places), ({ searcher }) => colorer.color(places, searcher.tools.read)),
    locate: (places) => useFor(pathsOf(places), ({ searcher }) => locatePlaces(places, searcher.tools.read)),
    resolve: (paths) => useFor(paths, async ({ searcher }) => namedFiles(searcher.workspace, paths)),
    examples: () => use(({ examples }) => examples()),
    complete: (text, limit) => use(({ paths }) => paths.complete(text, limit)),
    docs: (command) => use(({ docs }) => Promise.resolve(commandDocs(command, docs, live))),
    policy: () => withPolicy(live, policyStatus).catch(asServiceError),
    card: () => withPolicy(live, policyCardText).catch(asServiceError),
    check: async () => runChecks(live.settings, await docsStatus(live)),
    crawl: (request, emit, signal) => crawl(request, emit, signal).finally(live.docsChanged).catch(asServiceError),
  };
}

/** The policy that answers: the one that the open workspace has, and without a folder one for the moment. */
async function withPolicy<T>(live: LiveWorkspace, tell: (chosen: ChosenPolicy) => T): Promise<T> {
  const { settings } = live;
  const wanted = askedPolicy(settings);
  if (settings.folders.length) return live.use(async ({ searcher }) => tell(await searcher.choosePolicy(wanted)));
  const policies = createSearcherPolicies(settings.runtime);
  try {
    return tell(await policies.choose(wanted));
  } finally {
    await policies.close();
  }
}

/** Undefined where no folder is open, or none that can be opened. */
const docsStatus = (live: LiveWorkspace): Promise<DocsStatus | undefined> =>
  live.use(({ docs }) => Promise.resolve(docs.status())).catch(() => undefined);

const pathsOf = (places: readonly PlaceText[]): string[] => places.map(({ path }) => path);

const explainParts = ({ searcher: { workspace, tools }, settings: { docs, history } }: OpenWorkspace) => ({
  workspace,
  tools,
  docs,
  history,
});

function commandDocs(
  command: 'status' | 'pause' | 'resume' | 'rebuild',
  docs: DocsWatch,
  live: LiveWorkspace,
): DocsStatus {
  if (command === 'rebuild') docs.rebuild();
  else if (command !== 'status') docs.pause(command === 'pause');
  if (command !== 'status') live.pauseLater(command === 'pause');
  return docs.status();
}

const crawl = ({ url, directory }: CrawlRequest, onProgress: (progress: CrawlProgress) => void, signal: AbortSignal) =>
  crawlSite(url, { directory, onProgress, signal });

async function ask(
  { searcher, settings: opening, docs }: OpenWorkspace,
  { question, scope, selection, earlier }: AskRequest,
  settings: ServiceSettings,
  emit: (event: EpisodeEvent) => void,
  signal: AbortSignal,
): Promise<AskReply> {
  const searching = searcher.search(question, {
    scope,
    earlier,
    turns: turnsOf(settings),
    emit,
    signal,
    policy: askedPolicy(settings),
    ...(selection && { selection }),
  });
  const { roots } = searcher.workspace;
  const [found, folders] = await Promise.all([
    searching,
    opening.history ? folderStates(roots, signal) : roots.map(({ label }) => ({ name: label })),
  ]);
  if (signal.aborted) throw new ServiceError('cancelled', 'This was cancelled.');
  // What was changed before this question is found by the next one; during it, indexing would only hold it up.
  docs.refresh();
  return { answer: found.answer, episode: { ...episodeOf(found), folders } };
}

const turnsOf = ({ turns }: ServiceSettings): number => Math.min(Math.max(turns, 1), DEFAULT_BUDGET.turns);

const agentTools = ({ searcher, settings: { docs, history } }: OpenWorkspace, settings: ServiceSettings) =>
  createAgentTools(searcher, { ask: { policy: askedPolicy(settings), turns: turnsOf(settings) }, docs, history });

const episodeOf = ({ searchedFor, policy, trajectory }: Search): Omit<AskReply['episode'], 'folders'> => ({
  searchedFor,
  policy,
  steps: trajectory.steps.map(({ decision, legal }) => ({
    action: legal[decision.index]!,
    logProb: decision.logProb,
    legal: legal.length,
  })),
});

/** What people can do something about keeps its sentence and gets its kind; the rest is told as it is. */
function asServiceError(error: unknown): never {
  if (error instanceof QuestionError) throw new ServiceError('question', error.message);
  if (error instanceof PolicyError) throw new ServiceError('policy', error.message);
  if (error instanceof CrawlError) throw new ServiceError(error.kind, error.message);
  if (error instanceof WorkspaceError) throw new ServiceError('workspace', error.message);
  throw error;
}
