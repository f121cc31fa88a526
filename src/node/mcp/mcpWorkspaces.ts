/** The searcher of the folders that clients ask about: opened by the first call, kept for the next, one at a time. */
import type { AgentTools } from '#node/agentTools/agentTools.ts';
import { createAgentTools, type AgentToolsOptions } from '#node/agentTools/createAgentTools.ts';
import { createSearcher, type SearcherOptions, type WorkspaceSearcher } from '#node/searcher.ts';

export interface McpWorkspaces {
  /** What was opened for other folders is closed when its last call ends. Rejects with what `work` and opening reject with. */
  use<T>(directories: readonly string[], work: (tools: AgentTools) => Promise<T>): Promise<T>;
  /** Opens them, so that the first call is quick and its answer complete. */
  warm(directories: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface McpWorkspacesOptions {
  readonly searcher: Omit<SearcherOptions, 'directories'>;
  readonly ask: NonNullable<AgentToolsOptions['ask']>;
}

export function createMcpWorkspaces(options: McpWorkspacesOptions): McpWorkspaces {
  let current: Lease | undefined;
  let isClosed = false;
  const closings = new Set<Promise<void>>();
  const retire = (lease: Lease): void => {
    const closing = lease.unused.promise.then(() => closeSearcher(lease)).finally(() => closings.delete(closing));
    closings.add(closing);
    if (lease === current) current = undefined;
    if (lease.users === 0) lease.unused.resolve();
  };
  const leaseOf = (directories: readonly string[]): Lease => {
    const key = JSON.stringify(directories);
    if (current?.key === key) return current;
    if (current) retire(current);
    const lease: Lease = { key, opened: open(directories, options), users: 0, unused: Promise.withResolvers() };
    current = lease;
    // A folder that cannot be opened may be there at the next call.
    lease.opened.catch(() => lease === current && (current = undefined));
    return lease;
  };
  const use: McpWorkspaces['use'] = async (directories, work) => {
    if (isClosed) throw new Error('The server was closed.');
    const lease = leaseOf(directories);
    lease.users++;
    clearTimeout(lease.refreshing);
    try {
      return await work((await lease.opened).tools);
    } finally {
      lease.users--;
      if (lease !== current && lease.users === 0) lease.unused.resolve();
      else if (lease.users === 0) refreshLater(lease);
    }
  };
  return {
    use,
    warm: (directories) => use(directories, () => Promise.resolve()),
    async close() {
      isClosed = true;
      if (current) retire(current);
      await Promise.all(closings);
    },
  };
}

interface Lease {
  readonly key: string;
  readonly opened: Promise<Opened>;
  users: number;
  refreshing?: NodeJS.Timeout;
  /** Resolves when it is no longer the current one and its last call has ended. */
  readonly unused: PromiseWithResolvers<void>;
}

interface Opened {
  readonly searcher: WorkspaceSearcher;
  readonly tools: AgentTools;
  readonly refresh: () => void;
}

/** Agents ask several times in a row; what is indexed meanwhile would hold them up. */
const QUIET_MS = 1_000;

/** What was changed is found by the next call after a pause. */
function refreshLater(lease: Lease): void {
  lease.refreshing = setTimeout(() => {
    lease.opened.then(({ refresh }) => refresh()).catch(() => undefined);
  }, QUIET_MS);
}

async function open(directories: readonly string[], { searcher: how, ask }: McpWorkspacesOptions): Promise<Opened> {
  const searcher = await createSearcher({ ...how, directories });
  const { docs = true, history = true } = how;
  const refresh = (): void => {
    if (docs) searcher.tools.docs.refresh();
  };
  refresh();
  if (history) searcher.tools.history.ready().catch(() => undefined);
  // A policy that cannot be used is told with the question.
  searcher.choosePolicy(ask.policy).catch(() => undefined);
  return { searcher, tools: createAgentTools(searcher, { ask, docs, history }), refresh };
}

async function closeSearcher({ opened, refreshing }: Lease): Promise<void> {
  clearTimeout(refreshing);
  const open = await opened.catch(() => undefined);
  await open?.searcher.close();
}
