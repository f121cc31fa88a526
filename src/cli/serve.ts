/** `spoor serve`: the retrieval server for the training of language models. */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { printable } from '#core/answer/plainText.ts';
import { numberOption, optionValue, type ParsedArguments } from '#cli/arguments.ts';
import { CliError, EXIT, UsageError, type CliEnvironment } from '#cli/environment.ts';
import { checkFolders } from '#cli/folderCheck.ts';
import { measuredPolicy, searchOptions } from '#cli/searchOptions.ts';
import { isModelPolicy } from '#node/policy/modelPolicies.ts';
import { isLoopback } from '#node/serve/refuseForeign.ts';
import { RetrievalError } from '#node/serve/retrievalError.ts';
import { openRetrievalPool, type RetrievalPool } from '#node/serve/retrievalPool.ts';
import { startRetrievalServer, type RetrievalServer } from '#node/serve/retrievalServer.ts';
import { MAX_DOCUMENT_LINES } from '#node/serve/retrievedDocument.ts';
import type { RetrievalSetup } from '#node/serve/retrievalWire.ts';
import { createRetriever, type Retriever } from '#node/serve/retriever.ts';
import { Workspace } from '#node/workspace.ts';

export async function serve(parsed: ParsedArguments, environment: CliEnvironment): Promise<number> {
  const plan = planOf(parsed, environment);
  const { stderr } = environment;
  // Text of a workspace may be in it.
  const log = (text: string): void => void stderr.write(`spoor: ${text.split('\n').map(printable).join('\n')}\n`);
  stderr.write(`Opening the workspace, in ${plan.processes} ${plan.processes === 1 ? 'process' : 'processes'}.\n`);
  const pool = await openPool(plan, log);
  try {
    const server = await listen(plan, pool, log);
    try {
      environment.stdout.write(`${server.url}\n`);
      stderr.write(greeting(plan));
      await stopped(environment.signal);
    } finally {
      await server.close();
    }
  } finally {
    await pool.close();
  }
  return EXIT.interrupted;
}

interface Plan {
  readonly setup: RetrievalSetup;
  readonly processes: number;
  readonly host: string;
  readonly port: number;
}

const MOST_BY_DEFAULT = 8;
const DEFAULT_LINES = 20;
const DEFAULT_TURNS = 2;

function planOf(parsed: ParsedArguments, { env, cwd }: CliEnvironment): Plan {
  if (parsed.operands.length) throw new UsageError('spoor serve takes options only. Name a folder by --workspace DIR.');
  const options = searchOptions(parsed, { env });
  const policy = measuredPolicy(options);
  if (isModelPolicy(policy))
    throw new UsageError('spoor serve searches for a language model, not with one. Choose another --policy.');
  const port = numberOption(parsed, 'port', 0, 65_535) ?? 8_000;
  const processes = numberOption(parsed, 'jobs', 1, 64) ?? defaultProcesses();
  const lines = numberOption(parsed, 'lines', 1, MAX_DOCUMENT_LINES) ?? DEFAULT_LINES;
  const named = (parsed.options.get('workspace') ?? ['.']).map((directory) => resolve(cwd, directory));
  const directories = Workspace.open(named).roots.map((root) => root.directory);
  checkFolders(directories);
  const searcher = { directories, ...options.searcher, frozen: parsed.options.has('frozen') };
  const ask = { turns: DEFAULT_TURNS, ...options.ask, policy };
  return { setup: { searcher, ask, lines }, processes, port, host: optionValue(parsed, 'host') ?? '127.0.0.1' };
}

/** Ripgrep and the parsers take the other half of the cores. */
const defaultProcesses = (): number => Math.min(Math.max(1, availableParallelism() >> 1), MOST_BY_DEFAULT);

async function openPool({ setup, processes }: Plan, log: (text: string) => void): Promise<RetrievalPool> {
  try {
    return await openRetrievalPool({ setup, processes, log });
  } catch (error) {
    throw error instanceof RetrievalError ? new CliError(error.message) : error;
  }
}

async function listen(plan: Plan, pool: RetrievalPool, log: (text: string) => void): Promise<RetrievalServer> {
  const { host, port, setup } = plan;
  let answered = 0;
  const { find } = createRetriever(pool, setup.searcher);
  const counting: Retriever = {
    async find(queries, signal) {
      const found = await find(queries, signal);
      answered += queries.length;
      return found;
    },
  };
  const health = (): object => ({
    policy: setup.ask.policy,
    frozen: setup.searcher.frozen,
    processes: pool.processIds.length,
    waiting: pool.waiting,
    answered,
  });
  try {
    return await startRetrievalServer({ host, port, retriever: counting, health, log });
  } catch (error) {
    throw new CliError(listenFault(error as NodeJS.ErrnoException, host, port));
  }
}

function listenFault({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE')
    return `Port ${port} of ${host} is taken. Choose another one by --port, or end what has it.`;
  if (code === 'EACCES') return `Port ${port} may not be listened on. Choose one above 1023 by --port.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `${host} is no address of this machine. Choose another one by --host.`;
  return `The server could not be started: ${message}.`;
}

function greeting({ host, setup }: Plan): string {
  const frozen = setup.searcher.frozen ? '' : ' With --frozen it is faster, if the files do not change.';
  const lines = [
    `R1-Searcher asks POST /queries, Search-R1 asks POST /retrieve. Ctrl-C ends it.${frozen}`,
    ...(isLoopback(host) ? [] : [`Everybody who reaches ${host} can read the workspace through it.`]),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal.aborted) done();
    signal.addEventListener('abort', () => done(), { once: true });
  });
