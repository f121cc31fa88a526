import type { FromPanel, Selection, ToPanel } from '#vscode/messages.ts';

/** A question that is written or waits to be asked. */
export interface Draft {
  readonly text: string;
  readonly scope: readonly string[];
  readonly selection?: Selection;
}

/** What the panel finds again after it was hidden: the page is made anew then. */
export interface Remembered {
  /** The conversation that the other fields, but for the draft, belong to. */
  readonly conversation?: string;
  readonly draft?: Draft;
  readonly waiting?: readonly Draft[];
  /** What was opened or closed by hand, by the name of the fold. */
  readonly folds?: Readonly<Record<string, boolean>>;
  /** Pixels. */
  readonly scroll?: number;
  /** What was looked for in the list of conversations, while that is open. */
  readonly history?: string;
}

interface EditorApi {
  postMessage(message: FromPanel): void;
  getState(): Remembered | undefined;
  setState(state: Remembered): void;
}

declare function acquireVsCodeApi(): EditorApi;

const api = acquireVsCodeApi();
let remembered: Remembered = api.getState() ?? {};

export const send = (message: FromPanel): void => api.postMessage(message);

export const recall = (): Remembered => remembered;

export function remember(change: { readonly [K in keyof Remembered]: Remembered[K] | undefined }): void {
  remembered = { ...remembered, ...change } as Remembered;
  api.setState(remembered);
}

/** Calls `take` with each message of the extension, and with nothing else that reaches the page. */
export function listen(take: (message: ToPanel) => void): () => void {
  const listener = ({ data }: MessageEvent<unknown>): void => {
    if (isMessage(data)) take(data);
  };
  window.addEventListener('message', listener);
  return () => window.removeEventListener('message', listener);
}

const TYPES: Readonly<Record<ToPanel['type'], true>> = {
  state: true,
  title: true,
  exchange: true,
  events: true,
  prose: true,
  places: true,
  colors: true,
  status: true,
  trouble: true,
  refused: true,
  examples: true,
  history: true,
  completions: true,
  compose: true,
};

const isMessage = (data: unknown): data is ToPanel =>
  typeof data === 'object' &&
  data !== null &&
  'type' in data &&
  typeof data.type === 'string' &&
  Object.hasOwn(TYPES, data.type);
