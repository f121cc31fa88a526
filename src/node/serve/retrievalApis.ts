/**
 * The retrieval APIs of two code bases that train language models to search, as their own servers speak them.
 *
 * R1-Searcher (https://github.com/RUCAIBox/R1-Searcher): `train/wiki_corpus_load.py` is the server; the clients are
 * `experience_maker.py` of its OpenRLHF and `evaluation/eval_search_loacl.py`. Search-R1
 * (https://github.com/PeterGriffinJin/Search-R1): `search_r1/search/retrieval_server.py`; `search_r1/llm_agent/generation.py`
 * and `infer.py` are the clients.
 */
import type { RetrievedDocument } from './retrievedDocument.ts';
import type { Documents } from './retrievalQueue.ts';

export interface RetrievalCall {
  readonly queries: readonly string[];
  /** Documents of a query. */
  readonly most: number;
  /** What is sent back: for each query its documents, at most `most`. */
  reply(found: readonly Documents[]): object;
}

export interface RetrievalApi {
  readonly name: string;
  /** The call that a JSON body is, or what is wrong with it, a sentence. */
  parse(body: unknown): RetrievalCall | string;
}

/** Their servers' own defaults. */
const DEFAULT_DOCUMENTS = 3;
/** What a training step asks at once: prompts of a batch times samples of each. */
export const MAX_QUERIES = 16_384;
const MAX_ASKED = 1_000;

/** `{"queries": [text…], "k": 3}` → `{"queries": [text…], "answers": [["1\tTitle: … Text: …"…]…]}`. */
const r1Searcher: RetrievalApi = {
  name: 'R1-Searcher',
  parse(body) {
    const asked = parseAsked(body, 'k');
    if (typeof asked === 'string') return asked;
    const { queries } = asked;
    return { ...asked, reply: (found) => ({ queries, answers: found.map((documents) => documents.map(corpusLine)) }) };
  },
};

/** A line of its corpora: a number that its clients take off, a tab, title and text. */
const corpusLine = ({ title, text }: RetrievedDocument, i: number): string => `${i}\tTitle: ${title} Text:\n${text}`;

/**
 * `{"queries": [text…], "topk": 3, "return_scores": true}` → `{"result": [[{"document": {…}, "score": 0.9}…]…]}`; without
 * scores the documents alone. Of a document its clients read `contents`, whose first line is the title.
 */
const searchR1: RetrievalApi = {
  name: 'Search-R1',
  parse(body) {
    const asked = parseAsked(body, 'topk');
    if (typeof asked === 'string') return asked;
    const scores = (body as Record<string, unknown>)['return_scores'] ?? false;
    if (typeof scores !== 'boolean') return '"return_scores" takes true or false.';
    const shown = (one: RetrievedDocument): object =>
      scores ? { document: corpusRow(one), score: one.score } : corpusRow(one);
    return { ...asked, reply: (found) => ({ result: found.map((documents) => documents.map(shown)) }) };
  },
};

const corpusRow = ({ title, text }: RetrievedDocument): object => ({
  id: title,
  title,
  text,
  contents: `"${title}"\n${text}`,
});

export const RETRIEVAL_APIS: ReadonlyMap<string, RetrievalApi> = new Map([
  ['/queries', r1Searcher],
  ['/retrieve', searchR1],
]);

/** Fields that are not known are passed over, as their servers do; so is what says "as many as usual": null and 0. */
function parseAsked(body: unknown, field: string): Pick<RetrievalCall, 'queries' | 'most'> | string {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'The body is no JSON object.';
  const { queries, [field]: most } = body as Record<string, unknown>;
  if (!isTexts(queries)) return '"queries" takes a list of texts.';
  if (queries.length > MAX_QUERIES)
    return `There are ${queries.length} queries; at most ${MAX_QUERIES} come at a time.`;
  if (most === undefined || most === null || most === 0) return { queries, most: DEFAULT_DOCUMENTS };
  if (Number.isSafeInteger(most) && Number(most) > 0 && Number(most) <= MAX_ASKED)
    return { queries, most: Number(most) };
  return `"${field}" takes a whole number from 1 to ${MAX_ASKED}.`;
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');
