/**
 * The entry of a process that searches for the retrieval server, forked by `retrievalPool.ts`: searching blocks a thread.
 * It ends when its channel closes, whatever became of the server.
 */
import { searchFailure } from '#core/answer/searchFailure.ts';
import { createSearcher, type WorkspaceSearcher } from '#node/searcher.ts';
import { documentsOf, type RetrievedDocument } from './retrievedDocument.ts';
import type { FromRetrieval, RetrievalSetup, ToRetrieval } from './retrievalWire.ts';

serve();

type Search = (query: string, signal: AbortSignal) => Promise<readonly RetrievedDocument[]>;

function serve(): void {
  if (!process.send) throw new Error('This process can only be started by "spoor serve".');
  let opening: Promise<Search> | undefined;
  const running = new Map<number, AbortController>();
  process.on('message', (said: ToRetrieval) => {
    if (said.kind === 'cancel') running.get(said.id)?.abort();
    else if (said.kind === 'search') void answer(opening, said, running);
    else {
      opening = open(said.setup);
      opening.then(
        () => send({ kind: 'opened' }),
        (error: unknown) => send({ kind: 'failed', why: sentenceOf(error) }),
      );
    }
  });
  process.on('disconnect', () => process.exit());
  // Ctrl-C reaches every process of a terminal; when to stop is the server's decision.
  process.on('SIGINT', () => undefined);
}

async function open({ searcher: options, ask, lines }: RetrievalSetup): Promise<Search> {
  const searcher = await createSearcher(options);
  const { policy } = await searcher.choosePolicy(ask.policy);
  await searcher.ready();
  // What is loaded only once is not at the cost of the first query.
  await search(searcher, ask, WARM_UP, new AbortController().signal);
  return async (query, signal) => {
    const outcome = await search(searcher, ask, query, signal);
    if (!outcome) return [];
    const failure = searchFailure(outcome);
    if (failure !== undefined) throw new Error(failure);
    return documentsOf(outcome, policy.rank(outcome.observation), lines);
  };
}

const WARM_UP = 'where does the program start';

/** A model that learns asks for anything: without a word to search for nothing is found. */
async function search(searcher: WorkspaceSearcher, ask: RetrievalSetup['ask'], query: string, signal: AbortSignal) {
  try {
    return (await searcher.play(query, { ...ask, signal })).outcome;
  } catch (error) {
    if (error instanceof Error && error.name === 'QuestionError') return undefined;
    throw error;
  }
}

async function answer(
  opening: Promise<Search> | undefined,
  { id, query }: ToRetrieval & { readonly kind: 'search' },
  running: Map<number, AbortController>,
): Promise<void> {
  const stopping = new AbortController();
  running.set(id, stopping);
  try {
    if (!opening) throw new Error('A query came before the workspace.');
    send({ kind: 'found', id, documents: await (await opening)(query, stopping.signal) });
  } catch (error) {
    send({ kind: 'failed', id, why: sentenceOf(error) });
  } finally {
    running.delete(id);
  }
}

/** Fails only when the server is gone; then this process ends anyway. */
const send = (message: FromRetrieval): void => void process.send!(message, () => undefined);

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
