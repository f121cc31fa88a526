/**
 * What the editor's side and the process that searches tell each other, and the shapes by which each of them checks
 * what it is told. Both sides read the one table of methods: a method of `SearchService` is a row of it.
 */
import type { SearchService, ServiceError, ServiceEvent, ServiceSettings } from '#node/service/searchService.ts';
import { CALLED_TOOLS } from './agentCalls.ts';
import { count, flag, isRecord, list, nothing, oneOf, optional, record, text, type Shape } from './shapes.ts';

export type ServiceMethod = keyof SearchService;

export type ToService =
  | { readonly kind: 'settings'; readonly settings: ServiceSettings }
  | { readonly kind: 'call'; readonly id: number; readonly method: ServiceMethod; readonly args: readonly unknown[] }
  | { readonly kind: 'cancel'; readonly id: number };

export type FromService =
  /** What a call tells while it runs. */
  | { readonly kind: 'event'; readonly id: number; readonly event: unknown }
  | { readonly kind: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: Pick<ServiceError, 'kind' | 'message'> }
  /** What belongs to no call. */
  | { readonly kind: 'notice'; readonly event: ServiceEvent };

export interface MethodForm {
  readonly takes: readonly Shape[];
  readonly gives: Shape;
  /** Whether it takes a function after its data that is told what happens, and then a signal that cancels it. */
  readonly tells?: true;
  readonly cancels?: true;
}

const span = record({ path: text, start: count, end: count });
const placeText = record({ path: text, start: count, end: count, lines: list(text) });
const grammar = record({ scope: text, file: text, files: list(text) });
const docsStatus = record({ sectionsIndexed: count, complete: flag, paused: flag, leftOut: list(text) });

const askRequest = record({
  question: text,
  scope: list(text),
  selection: optional(record({ path: text, start: count, end: count, text })),
  earlier: list(text),
});
const explainRequest = record({
  name: text,
  path: text,
  line: count,
  definitions: optional(list(span)),
  references: optional(list(span)),
});
const editorLook = record({
  kind: oneOf('light', 'dark', 'high-contrast', 'high-contrast-light'),
  theme: optional(text),
  grammars: list(grammar),
});
const serviceSettings = record({
  folders: list(text),
  storage: text,
  docsFolders: list(text),
  docs: flag,
  history: flag,
  policy: text,
  policyFile: optional(text),
  policies: optional(record({ workspace: text, user: text })),
  turns: count,
  rg: optional(text),
  appRoot: optional(text),
  runtime: oneOf('auto', 'native', 'wasm'),
});

const policyStatus = record({
  name: text,
  kind: oneOf('shipped', 'workspace', 'user', 'team', 'file', 'hand', 'uniform'),
  version: text,
  number: optional(count),
  file: optional(text),
  digest: text,
  note: optional(text),
});

export const METHODS: { readonly [M in ServiceMethod]: MethodForm } = {
  ask: { takes: [askRequest], gives: record({ answer: isRecord, episode: isRecord }), tells: true, cancels: true },
  explain: { takes: [explainRequest], gives: optional(record({ name: text })), cancels: true },
  agentTool: { takes: [oneOf(...CALLED_TOOLS), isRecord], gives: record({ text, notes: list(text) }), cancels: true },
  commit: { takes: [text], gives: optional(text), cancels: true },
  locate: { takes: [list(placeText)], gives: list(record({ state: oneOf('same', 'moved', 'stale') })) },
  look: { takes: [editorLook], gives: nothing },
  color: { takes: [list(placeText)], gives: list(optional(list(list(record({ text }))))) },
  examples: { takes: [], gives: list(text) },
  complete: { takes: [text, count], gives: list(text) },
  docs: { takes: [oneOf('status', 'pause', 'resume', 'rebuild')], gives: docsStatus },
  policy: { takes: [], gives: policyStatus },
  card: { takes: [], gives: text },
  check: { takes: [], gives: list(record({ name: text, ok: flag, found: text, remedy: optional(text) })) },
  resolve: { takes: [list(text)], gives: list(optional(record({ file: text, url: optional(text) }))) },
  crawl: {
    takes: [record({ url: text, directory: text })],
    gives: record({ pages: count, notes: list(text) }),
    tells: true,
    cancels: true,
  },
};

const isMethod = (name: unknown): name is ServiceMethod => typeof name === 'string' && Object.hasOwn(METHODS, name);

function fits({ takes }: MethodForm, args: unknown): boolean {
  return Array.isArray(args) && args.length === takes.length && takes.every((shape, i) => shape(args[i]));
}

/** The message, or undefined for what is none. */
export function parseToService(said: unknown): ToService | undefined {
  if (!isRecord(said)) return undefined;
  const { kind, id, method, args, settings } = said;
  if (kind === 'settings' && serviceSettings(settings)) return said as unknown as ToService;
  if (!count(id)) return undefined;
  const isCall = kind === 'call' && isMethod(method) && fits(METHODS[method], args);
  return isCall || kind === 'cancel' ? (said as unknown as ToService) : undefined;
}

const failure = record({
  kind: oneOf('question', 'policy', 'workspace', 'ended', 'cancelled', 'failed'),
  message: text,
});
const notice = record({ type: oneOf('docs'), status: docsStatus });

/** The message, or undefined for what is none. What a reply holds is checked by its method's `gives`. */
export function parseFromService(said: unknown): FromService | undefined {
  if (!isRecord(said)) return undefined;
  const { kind, id, event, error } = said;
  const isAnyOf =
    (kind === 'notice' && notice(event)) ||
    (count(id) &&
      (kind === 'reply' || (kind === 'event' && isRecord(event)) || (kind === 'failure' && failure(error))));
  return isAnyOf ? (said as unknown as FromService) : undefined;
}
