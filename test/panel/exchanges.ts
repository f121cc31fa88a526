/** Exchanges in all states, about a small program that uploads files. */
import type { Answer, Citation, Exchange, ExchangeProse, PanelState, Token, TrailCall } from '#vscode/messages.ts';

export const RETRY = `/** Runs a task again after a growing delay until it succeeds or \`MAX_RETRIES\` is reached. */
export async function withBackoff<T>(task: () => Promise<T>, wait = sleep): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await task();
    } catch (error) {
      if (tries >= MAX_RETRIES || isFinal(error)) throw error;
      await wait(2 ** tries * 100);
    }
  }
}`.split('\n');

const QUEUE = `    /** Sends one upload; the others wait. */
    async send(upload: Upload): Promise<Receipt> {
      return withBackoff(() => this.post(upload));
    }`.split('\n');

const call = (
  tool: TrailCall['tool'],
  what: string,
  said: string,
  ms: number,
  more: Partial<TrailCall> = {},
): TrailCall => ({
  tool,
  what: what.split(' '),
  said,
  ms,
  ...more,
});

export const CALLS = {
  grep: call('grep', 'retry upload backoff', '38 hits in 12 files', 31),
  history: { ...call('history', '', '4 commits', 3), what: ['failed upload'] },
  docs: call('docs', 'retry', '2 sections', 1),
  read: call('read', 'src/net/retry.ts:1-40', 'lines 1–40', 1, {
    read: { path: 'src/net/retry.ts', start: 1, end: 40 },
  }),
  symbols: call('symbols', 'withBackoff', '1 definition', 12),
  slow: call('history', 'backoff', 'Git took longer than 2 s; its history was left out.', 2000, { failure: 'timeout' }),
} as const;

export const TRAIL: Answer['trail'] = [
  { turn: 1, calls: [CALLS.grep, CALLS.history, CALLS.docs, CALLS.read], ms: 48 },
  { turn: 2, calls: [CALLS.symbols, CALLS.slow], ms: 61 },
];

export const CITATIONS: readonly Citation[] = [
  {
    number: 1,
    path: 'src/net/retry.ts',
    start: 12,
    end: 22,
    score: 0.94,
    why: ['defines withBackoff', 'matches "retry", "failed"'],
    symbol: { name: 'withBackoff', kind: 'function', inside: [] },
    lines: RETRY,
  },
  {
    number: 2,
    path: 'src/net/queue.ts',
    start: 88,
    end: 91,
    score: 0.71,
    why: ['defines send', 'has withBackoff (from a source)'],
    symbol: { name: 'send', kind: 'method', inside: ['UploadQueue'] },
    lines: QUEUE,
  },
  {
    number: 3,
    path: 'docs/uploads.md',
    start: 14,
    end: 16,
    score: 0.42,
    why: ['section "Retries"'],
    lines: ['## Retries', '', 'An upload is tried five times, each time after a longer pause.'],
  },
];

export const ANSWER: Answer = {
  question: 'where do we retry failed uploads?',
  sentences: [
    { text: '`withBackoff` is a function in src/net/retry.ts, lines 12–22.', citations: [1] },
    { text: 'Its comment says: “Runs a task again after a growing delay until it succeeds.”', citations: [1] },
    { text: '`withBackoff` is used by `UploadQueue.send` in src/net/queue.ts.', citations: [2] },
    { text: 'It is described in the section “Retries” of docs/uploads.md, lines 14–16.', citations: [3] },
  ],
  citations: CITATIONS,
  files: CITATIONS.map(({ path }) => path),
  found: true,
  confidence: 0.9,
  sure: 'high',
  notes: [],
  trail: TRAIL,
  stopReason: 'answered',
  timings: { total: 214, tools: 160, policy: 20, answer: 12 },
};

export const exchange = (id: string, change: Partial<Exchange> = {}): Exchange => ({
  id,
  question: ANSWER.question,
  scope: [],
  askedMs: 1_760_000_000_000,
  state: 'answered',
  trail: TRAIL,
  answer: ANSWER,
  feedback: { ticks: {}, places: [] },
  ...change,
});

/** An exchange without an answer. */
export function without(id: string, state: Exchange['state'], change: Partial<Exchange> = {}): Exchange {
  const { answer: _, ...rest } = exchange(id, { state, trail: [], ...change });
  return rest;
}

export const UNSURE: Answer = {
  ...ANSWER,
  sure: 'low',
  confidence: 0.2,
  sentences: [{ text: 'I am not sure. These are the nearest places.', citations: [] }, ...ANSWER.sentences.slice(0, 1)],
  notes: ['The docs index is not complete yet: 12 of 40 files.'],
};

export const NOT_FOUND: Answer = {
  ...ANSWER,
  found: false,
  sure: 'low',
  confidence: 0.05,
  sentences: [
    { text: 'Nothing in this workspace answers that: 312 files were searched.', citations: [] },
    { text: 'The nearest places are `withBackoff` in src/net/retry.ts; and src/net/queue.ts.', citations: [1, 2] },
  ],
  citations: CITATIONS.slice(0, 2),
};

/** As a model might write, with what it got from nowhere. */
export const PROSE: ExchangeProse = {
  model: 'qwen2.5-coder:7b',
  state: 'done',
  notes: [],
  sentences: [
    { text: 'Failed uploads are tried again by `withBackoff`, which waits longer after each failure.', citations: [1] },
    { text: '`UploadQueue.send` wraps every task in it.', citations: [2] },
    { text: 'Most people find five attempts enough.', citations: [] },
    { text: 'The delay doubles each time.', citations: [1, 3], begins: 'item' },
    { text: 'After the last attempt the error is thrown.', citations: [1], begins: 'item' },
    {
      text: "await withBackoff(() => upload(file), 5);\n\nthrow new Error('a line that is much wider than the panel');",
      citations: [],
      begins: 'code',
    },
    { text: 'The docs say the same.', citations: [3], begins: 'paragraph' },
  ],
};

export const panelState = (exchanges: readonly Exchange[] = [], change: Partial<PanelState> = {}): PanelState => ({
  conversation: { id: 'c1', title: ANSWER.question, exchanges },
  workspace: 'ready',
  examples: [
    'where is `withBackoff` defined?',
    'how are uploads retried?',
    'what does docs/uploads.md say about limits?',
  ],
  asked: ['where is the port set?', ANSWER.question],
  status: { policy: 'shipped 1', model: '', docs: { sections: 212, complete: true, paused: false } },
  ...change,
});

/** Colours as a grammar would give them, roughly; each token's text is a part of the line. */
export const tokensOf = (
  lines: readonly string[],
  [keyword, name, comment]: readonly [string, string, string],
): readonly (readonly Token[])[] =>
  lines.map((line) =>
    /^\s*\/\*\*|^##/.test(line)
      ? [{ text: line, color: comment, italic: true }]
      : line
          .split(/(\b(?:export|async|function|for|let|try|return|await|catch|if|throw|this)\b|\b\w+(?=[(<]))/)
          .filter(Boolean)
          .map((text) => {
            if (/^(export|async|function|for|let|try|return|await|catch|if|throw|this)$/.test(text))
              return { text, color: keyword };
            return /^\w+$/.test(text) ? { text, color: name } : { text };
          }),
  );
