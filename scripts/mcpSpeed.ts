/**
 * Measures what the MCP server adds to a search: `node scripts/mcpSpeed.ts [--workspace DIR …] [--rounds N]`.
 *
 * Each question is asked of a warm searcher in this process and of a warm server in its own, in turns, so that a busy
 * machine slows both; who is first changes with each round. The medians of the rounds count. What both cite must be the
 * same. Ends with code 1 if it is not, or if the median of the questions' ratios is more than 1.2.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { quantile } from '#cli/batchSummary.ts';
import { SEARCH_CODEBASE_OUTPUT } from '#node/mcp/mcpSchemas.ts';
import { createSearcher } from '#node/searcher.ts';

const MOST = 1.2;
const QUESTIONS = [
  'Where is a citation verified?',
  'How are failed requests tried again?',
  'Where are command line options parsed?',
  'How is the cache invalidated?',
  'Where are errors reported to the user?',
  'How does logging work?',
  'Where is the configuration read?',
  'What happens when a connection is closed?',
  'How are tests run?',
  'Where is user input validated?',
];

const { values } = parseArgs({
  options: { workspace: { type: 'string', multiple: true, default: ['.'] }, rounds: { type: 'string', default: '15' } },
});
const directories = values.workspace.map((directory) => resolve(directory));
const rounds = Number(values.rounds);
const storage = mkdtempSync(join(tmpdir(), 'spoor-mcp-speed-'));
const searcher = await createSearcher({ directories, storage });
const server = new Client({ name: 'spoor-mcp-speed', version: '1.0.0' });
try {
  await searcher.ready();
  await server.connect(transport());
  await server.listTools();
  await measure();
} finally {
  await Promise.all([server.close(), searcher.close()]);
  rmSync(storage, { recursive: true, force: true });
}

function transport(): StdioClientTransport {
  const args = ['src/cli/main.ts', 'mcp', ...directories.flatMap((directory) => ['--workspace', directory])];
  const env = { ...(process.env as Record<string, string>), SPOOR_CACHE: storage };
  return new StdioClientTransport({ command: process.execPath, args, cwd: join(import.meta.dirname, '..'), env });
}

async function measure(): Promise<void> {
  // Once unmeasured: the policy is opened, compiled code is warm.
  for (const question of QUESTIONS) for (const ask of [askSearcher, askServer]) await ask(question);
  const ratios: number[] = [];
  console.log('searcher ms  server ms  ratio  question');
  for (const question of QUESTIONS) {
    const times = await askInTurns(question);
    const [own, served] = [quantile(times.searcher, 0.5), quantile(times.server, 0.5)];
    ratios.push(served / own);
    console.log(`${shown(own, 11)}  ${shown(served, 9)}  ${(served / own).toFixed(2)}   ${question}`);
  }
  const ratio = quantile(ratios, 0.5);
  console.log(`Median of the ratios: ${ratio.toFixed(2)}`);
  if (ratio > MOST) fail(`The server takes more than ${MOST} times as long.`);
}

async function askInTurns(question: string): Promise<{ searcher: number[]; server: number[] }> {
  const times = { searcher: [] as number[], server: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const turns = [
      () => timed(times.searcher, () => askSearcher(question)),
      () => timed(times.server, () => askServer(question)),
    ];
    const [first, second] = round % 2 ? turns.toReversed() : turns;
    const cited = [await first!(), await second!()];
    if (cited[0] !== cited[1]) fail(`Cited differently: ${question}\n${cited.join('\n')}`);
  }
  return times;
}

function shown(ms: number, width: number): string {
  return ms.toFixed(1).padStart(width);
}

async function timed<T>(times: number[], work: () => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  const result = await work();
  times.push(performance.now() - startedMs);
  return result;
}

async function askSearcher(question: string): Promise<string> {
  const { citations } = await searcher.ask(question);
  return citations.map(({ path, start, end }) => `${path}:${start}-${end}`).join(' ');
}

async function askServer(question: string): Promise<string> {
  const result = await server.callTool({ name: 'search_codebase', arguments: { question, places: 10 } });
  const { citations } = SEARCH_CODEBASE_OUTPUT.parse(result.structuredContent);
  return citations.map(({ path, start, end }) => `${path}:${start}-${end}`).join(' ');
}

function fail(sentence: string): void {
  console.error(sentence);
  process.exitCode = 1;
}
