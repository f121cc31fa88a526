/**
 * How long the retrieval server takes for one request and for fifty at a time, as training sends them:
 * `node scripts/node.mjs scripts/serveSpeed.ts [--workspace DIR] [--jobs N] [--parallel 50] [--warm]`.
 *
 * The queries are what commits of the workspace say, each used once. A step of training draws several answers to each
 * question, which begin alike: `groups of 16` and `groups of 5` (R1-Searcher, Search-R1) ask the same as often. `--warm`
 * asks 200 other ones first, as a run that has been going for a while has. The server and its processes run here, so
 * whatever else the machine does is in the times; its load is printed.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { quantile } from '#cli/batchSummary.ts';
import { openRetrievalPool } from '#node/serve/retrievalPool.ts';
import { startRetrievalServer } from '#node/serve/retrievalServer.ts';
import { createRetriever } from '#node/serve/retriever.ts';

export interface ServeSpeed {
  /** Milliseconds of requests sent one after the other, ascending. */
  readonly singleMs: readonly number[];
  /** Milliseconds of each of the requests that were sent at once, ascending, by how many of them asked the same. */
  readonly parallelMs: ReadonlyMap<number, readonly number[]>;
}

export interface SpeedOptions {
  readonly workspace: string;
  readonly storage: string;
  readonly queries: readonly string[];
  readonly processes: number;
  readonly parallel: number;
  /** How many requests of those sent at once ask the same. */
  readonly groups: readonly number[];
  /** Requests sent one after the other. */
  readonly singles: number;
  readonly warm?: boolean;
}

/** Rejects when a request is answered by an error. */
export async function serveSpeed(options: SpeedOptions): Promise<ServeSpeed> {
  const { workspace, storage, processes, parallel } = options;
  const searcher = { directories: [workspace], storage, frozen: true };
  const setup = { searcher, ask: { policy: 'learned', turns: 2 }, lines: 20 };
  const pool = await openRetrievalPool({ setup, processes, log: (text) => process.stderr.write(`${text}\n`) });
  const retriever = createRetriever(pool, { frozen: true });
  const quiet = { health: () => ({}), log: (text: string) => void process.stderr.write(`${text}\n`) };
  const server = await startRetrievalServer({ host: '127.0.0.1', port: 0, retriever, ...quiet });
  const unused = [...options.queries];
  const next = (): string => {
    const query = unused.pop();
    if (query === undefined) throw new Error('The workspace has too few commits to take queries from.');
    return query;
  };
  try {
    if (options.warm) for (let i = 0; i < WARM_QUERIES; i++) await ask(server.url, next());
    const singleMs: number[] = [];
    const single = async (): Promise<void> => void singleMs.push(await ask(server.url, next()));
    const parallelMs = new Map<number, readonly number[]>();
    for (const group of options.groups) {
      for (let i = 0; i < options.singles; i++) await single();
      const queries = Array.from({ length: Math.ceil(parallel / group) }, next);
      const all = Array.from({ length: parallel }, (_, i) => ask(server.url, queries[i % queries.length]!));
      parallelMs.set(group, ascending(await Promise.all(all)));
    }
    return { singleMs: ascending(singleMs), parallelMs };
  } finally {
    await server.close();
    await pool.close();
  }
}

const WARM_QUERIES = 200;
const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

/** One request as Search-R1 sends it. */
async function ask(url: string, query: string): Promise<number> {
  const begin = performance.now();
  const response = await fetch(`${url}/retrieve`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ queries: [query], topk: 3, return_scores: true }),
  });
  const { result } = (await response.json()) as { readonly result?: readonly unknown[] };
  if (!response.ok || result?.length !== 1) throw new Error(`Answered by ${response.status}.`);
  return performance.now() - begin;
}

/** What the workspace's commits say, newest last, none twice. */
export function commitQueries(workspace: string): string[] {
  const log = execFileSync('git', ['log', '--format=%s', '--no-merges'], { cwd: workspace, encoding: 'utf8' });
  return [...new Set(log.split('\n').filter((line) => line.split(' ').length > 2))].reverse();
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      workspace: { type: 'string', default: '.' },
      jobs: { type: 'string', default: String(Math.min(8, Math.max(1, availableParallelism() >> 1))) },
      parallel: { type: 'string', default: '50' },
      warm: { type: 'boolean', default: false },
    },
  });
  const workspace = resolve(values.workspace);
  const [processes, parallel] = [Number(values.jobs), Number(values.parallel)];
  const storage = mkdtempSync(join(tmpdir(), 'spoor-serve-speed-'));
  const groups = [parallel, 16, 5, 1];
  try {
    const queries = commitQueries(workspace);
    const options = { workspace, storage, queries, processes, parallel, groups, singles: 10, warm: values.warm };
    const { singleMs, parallelMs } = await serveSpeed(options);
    const load = loadavg()[0]!.toFixed(1);
    console.log(`${processes} processes, ${availableParallelism()} cores, load ${load}${values.warm ? ', warm' : ''}`);
    const row = (what: string, ms: readonly number[]): void => {
      const [p50, p95] = [quantile(ms, 0.5), quantile(ms, 0.95)];
      const times = p95 / quantile(singleMs, 0.5);
      console.log(`${what.padEnd(34)} p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms, ${times.toFixed(1)} × one`);
    };
    row('one at a time', singleMs);
    for (const [group, ms] of parallelMs) row(`${parallel} at once, groups of ${group}`, ms);
  } finally {
    rmSync(storage, { recursive: true, force: true });
  }
}
