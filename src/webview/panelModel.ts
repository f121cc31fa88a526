/** All that the panel shows, and how messages and the user's acts change it. */
import type {
  ConversationSummary,
  Exchange,
  ExchangeProse,
  Failure,
  PanelState,
  PlaceState,
  Selection,
  Token,
  ToPanel,
} from '#vscode/messages.ts';
import type { Draft, Remembered } from './host.ts';
import { followTrail, settledTrail, type LiveTurn } from './liveTrail.ts';

export interface PanelModel {
  /** Undefined until the extension has said it. */
  readonly state: PanelState | undefined;
  /** The conversation that was open when the panel was last hidden. */
  readonly before: string | undefined;
  /** By the exchange's id, like what follows. */
  readonly live: Readonly<Record<string, readonly LiveTurn[]>>;
  readonly places: Readonly<Record<string, readonly PlaceState[]>>;
  readonly colors: Readonly<Record<string, readonly (Tokens | undefined)[]>>;
  /** The list of conversations, while it is open. */
  readonly history: { readonly conversations: readonly ConversationSummary[]; readonly query: string } | undefined;
  readonly completions: { readonly request: number; readonly paths: readonly string[] } | undefined;
  /** What the ask box is to take over; a new object each time. */
  readonly compose: Compose | undefined;
  /** Questions to ask when the running one has ended, in their order. */
  readonly waiting: readonly Draft[];
  /** The question that was sent and has not come back as an exchange. */
  readonly sent: Draft | undefined;
  /** Why the question that was sent last was not asked. */
  readonly refused: Failure | undefined;
  /** Conversations that the user has deleted from the list. */
  readonly deleted: readonly string[];
}

/** Lines of runs of text. */
export type Tokens = readonly (readonly Token[])[];

export interface Compose {
  readonly text?: string;
  readonly selection?: Selection;
  readonly scope?: readonly string[];
  /** Only when nothing is written there. */
  readonly ifEmpty?: boolean;
}

export type PanelAct =
  | ToPanel
  | { readonly type: 'wait'; readonly draft: Draft }
  | { readonly type: 'drop-waiting'; readonly index: number }
  /** The question has been sent; it was the first of those waiting if `waited`. */
  | { readonly type: 'sent'; readonly draft: Draft; readonly waited: boolean }
  | { readonly type: 'deleted'; readonly id: string }
  | { readonly type: 'close-history' };

export const emptyModel = ({ conversation, waiting = [] }: Remembered): PanelModel => ({
  state: undefined,
  before: conversation,
  live: {},
  places: {},
  colors: {},
  history: undefined,
  completions: undefined,
  compose: undefined,
  waiting,
  sent: undefined,
  refused: undefined,
  deleted: [],
});

export const exchangesOf = (model: PanelModel): readonly Exchange[] => model.state?.conversation.exchanges ?? [];

export const runningIn = (model: PanelModel): Exchange | undefined =>
  exchangesOf(model).findLast(({ state }) => state === 'running');

/** The first over whose answer a language model writes. */
export const writingIn = (model: PanelModel): Exchange | undefined =>
  exchangesOf(model).find(({ prose }) => prose?.state === 'running');

export function panelReducer(model: PanelModel, act: PanelAct): PanelModel {
  const { state } = model;
  switch (act.type) {
    case 'state':
      return withState(model, act.state);
    case 'title':
      return { ...model, state: state && withTitle(state, act.id, act.title) };
    case 'exchange':
      return withExchange(model, act.exchange);
    case 'events':
      return { ...model, live: { ...model.live, [act.id]: act.events.reduce(followTrail, model.live[act.id] ?? []) } };
    case 'prose':
      return withProse(model, act.id, act.prose);
    case 'places':
      return { ...model, places: { ...model.places, [act.id]: act.places } };
    case 'colors':
      return { ...model, colors: { ...model.colors, [act.id]: act.citations } };
    case 'status':
      return { ...model, state: state && { ...state, status: act.status } };
    case 'examples':
      return { ...model, state: state && { ...state, examples: act.examples } };
    case 'trouble':
      return { ...model, ...(act.trouble && { sent: undefined }), state: state && withTrouble(state, act.trouble) };
    case 'refused':
      return withRefused(model, act.failure);
    case 'history':
      return { ...model, history: { conversations: act.conversations, query: act.query } };
    case 'completions':
      return { ...model, completions: act };
    case 'compose':
      return { ...model, compose: act, history: undefined };
    case 'wait':
      return { ...model, waiting: [...model.waiting, act.draft] };
    case 'drop-waiting':
      return { ...model, waiting: model.waiting.toSpliced(act.index, 1) };
    case 'sent':
      return asSent(model, act.draft, act.waited);
    case 'deleted':
      return { ...model, deleted: [...model.deleted, act.id] };
    case 'close-history':
      return { ...model, history: undefined };
  }
}

/** Another conversation is shown at once, unless it stands in for one that was deleted from the list. */
function withState(model: PanelModel, state: PanelState): PanelModel {
  const before = model.state?.conversation.id ?? model.before;
  const another = before !== undefined && before !== state.conversation.id;
  return {
    ...model,
    state,
    sent: undefined,
    refused: undefined,
    live: liveOf(state.conversation.exchanges),
    places: another ? {} : model.places,
    colors: another ? {} : model.colors,
    history: another && !model.deleted.includes(before) ? undefined : model.history,
    ...(another && model.waiting.length > 0 && { waiting: [], compose: givenBack(model.waiting) }),
  };
}

function withExchange(model: PanelModel, exchange: Exchange): PanelModel {
  const { state } = model;
  if (!state) return model;
  const { conversation } = state;
  const at = conversation.exchanges.findIndex(({ id }) => id === exchange.id);
  const exchanges = at < 0 ? [...conversation.exchanges, exchange] : conversation.exchanges.with(at, exchange);
  return {
    ...model,
    ...(at < 0 && { sent: undefined }),
    ...(begins(exchange, conversation.exchanges[at]) && afresh(model, exchange)),
    state: { ...state, conversation: { ...conversation, exchanges } },
  };
}

function withProse(model: PanelModel, id: string, prose: ExchangeProse): PanelModel {
  const exchange = exchangesOf(model).find((one) => one.id === id);
  return exchange ? withExchange(model, { ...exchange, prose }) : model;
}

const begins = (exchange: Exchange, before: Exchange | undefined): boolean =>
  exchange.state === 'running' && before?.state !== 'running';

/** An exchange that runs has no places yet, or no longer those of the time before. */
const afresh = ({ live, places, colors }: PanelModel, exchange: Exchange): Partial<PanelModel> => ({
  live: { ...live, ...liveOf([exchange]) },
  places: { ...places, [exchange.id]: [] },
  colors: { ...colors, [exchange.id]: [] },
});

function asSent(model: PanelModel, draft: Draft, waited: boolean): PanelModel {
  const { state } = model;
  const asked = state && [...state.asked.filter((earlier) => earlier !== draft.text), draft.text];
  return {
    ...model,
    sent: draft,
    refused: undefined,
    waiting: waited ? model.waiting.slice(1) : model.waiting,
    state: state && asked && { ...state, asked },
  };
}

/** The question goes back to the ask box. */
const withRefused = (model: PanelModel, refused: Failure): PanelModel => ({
  ...model,
  sent: undefined,
  refused,
  ...(model.sent && { compose: { ...model.sent, ifEmpty: true } }),
});

function withTitle(state: PanelState, id: string, title: string): PanelState {
  const { conversation } = state;
  return conversation.id === id ? { ...state, conversation: { ...conversation, title } } : state;
}

function withTrouble(state: PanelState, trouble: PanelState['trouble']): PanelState {
  const { trouble: _, ...rest } = state;
  return trouble ? { ...rest, trouble } : rest;
}

const liveOf = (exchanges: readonly Exchange[]): PanelModel['live'] =>
  Object.fromEntries(
    exchanges.filter(({ state }) => state === 'running').map(({ id, trail }) => [id, settledTrail(trail)]),
  );

/** Questions that were not asked in their conversation go back to the ask box, not into another conversation. */
const givenBack = (waiting: readonly Draft[]): Compose => ({
  text: waiting.map(({ text }) => text).join('\n'),
  scope: [...new Set(waiting.flatMap(({ scope }) => scope))],
  ifEmpty: true,
});
