/**
 * How much later the first words of a model are there when Spoor asks it than when it is asked barely: the prompt over the
 * evidence, the request, the reading of the stream, the sentences. Against a scripted server on this machine that answers
 * at once, so that nothing but this is measured.
 *
 *     node scripts/node.mjs scripts/proseOverhead.ts
 */
import type { Citation } from '#core/answer/answer.ts';
import { writeProse } from '#core/llm/writeProse.ts';
import { endpointModel } from '#node/llm/endpointModel.ts';
import { startModelServer } from '../test/fakes/modelServer.ts';
import { answerAbout } from '../test/fakes/scriptedSearcher.ts';

export interface ProseOverhead {
  /** Milliseconds to the first byte of a bare request, ascending. */
  readonly bareMs: readonly number[];
  /** Milliseconds to the first words in Spoor's prose, ascending. */
  readonly proseMs: readonly number[];
  /** The same for the first call in the process, which loads what it needs. */
  readonly firstMs: number;
}

/** Asks in turns, so that whatever else the machine does is the same for both. */
export async function proseOverhead(rounds: number): Promise<ProseOverhead> {
  const server = await startModelServer([{ text: 'Uploads are tried again by `again` [1].' }]);
  try {
    const firstMs = await proseMs(server.url);
    const [bare, prose]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      bare.push(await bareMs(server.url));
      prose.push(await proseMs(server.url));
    }
    return { bareMs: ascending(bare), proseMs: ascending(prose), firstMs };
  } finally {
    await server.close();
  }
}

const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);

/** Ten places of forty lines, more than most answers have. */
const places = Array.from({ length: 10 }, (_, i): Citation => {
  const lines = Array.from(
    { length: 40 },
    (_line, j) => `  const upload${j} = await again(() => send(part${i}, ${j}));`,
  );
  return { number: i + 1, path: `src/upload/part${i}.ts`, start: 1, end: 40, score: 1, why: [], lines };
});
const answer = answerAbout('Where are failed uploads tried again?', places);

async function proseMs(url: string): Promise<number> {
  const model = endpointModel({ url, name: 'tiny' });
  const begin = performance.now();
  let firstMs = NaN;
  const emit = ({ sentences }: { readonly sentences: readonly object[] }): void => {
    if (sentences.length && Number.isNaN(firstMs)) firstMs = performance.now() - begin;
  };
  await writeProse({ model, answer, emit }, new AbortController().signal);
  return firstMs;
}

async function bareMs(url: string): Promise<number> {
  const body = JSON.stringify({ model: 'tiny', stream: true, messages: [{ role: 'user', content: answer.question }] });
  const begin = performance.now();
  const response = await fetch(`${url}/chat/completions`, { method: 'POST', body });
  const reader = response.body!.getReader();
  await reader.read();
  const ms = performance.now() - begin;
  while (!(await reader.read()).done);
  return ms;
}

if (import.meta.main) {
  const rounds = 100;
  const { bareMs: bare, proseMs: prose, firstMs } = await proseOverhead(rounds);
  for (const [what, at] of [
    ['median', rounds / 2],
    ['lower quartile', rounds / 4],
  ] as const) {
    const [bareAt, proseAt] = [bare[at]!, prose[at]!];
    const more = (proseAt - bareAt).toFixed(1);
    process.stdout.write(`${what}: bare ${bareAt.toFixed(1)} ms, prose ${proseAt.toFixed(1)} ms, ${more} ms more\n`);
  }
  process.stdout.write(`first call: ${firstMs.toFixed(1)} ms\n`);
}
