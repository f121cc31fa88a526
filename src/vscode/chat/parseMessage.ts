/**
 * Checks what the panel's page says. The page holds only our script, but the workspace's text goes through it, so its
 * word is taken for nothing more than its shape allows.
 */
import type { FromPanel, MaxText, Remedy } from '#vscode/messages.ts';

/** The message, or undefined for what is none. Fields that do not belong to it are dropped. */
export function parseMessage(value: unknown): FromPanel | undefined {
  if (!isRecord(value) || typeof value['type'] !== 'string' || !Object.hasOwn(SHAPES, value['type'])) return undefined;
  const fields = Object.entries(SHAPES[value['type'] as FromPanel['type']]);
  const message: Record<string, unknown> = { type: value['type'] };
  for (const [name, check] of fields) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    if (!check(given)) return undefined;
    if (given !== undefined) message[name] = given;
  }
  return message as FromPanel;
}

type Check = (value: unknown) => boolean;

export const MAX_TEXT: MaxText = 100_000;
export const MAX_PATHS = 100;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text: Check = (value) => typeof value === 'string' && value.length <= MAX_TEXT;
const whole: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const yesOrNo: Check = (value) => typeof value === 'boolean';
const paths: Check = (value) => Array.isArray(value) && value.length <= MAX_PATHS && value.every(text);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && values.includes(value);
const selection: Check = (value) =>
  isRecord(value) && text(value['path']) && whole(value['start']) && whole(value['end']) && text(value['text']);

const REMEDIES: readonly Remedy[] = [
  'retry',
  'open-folder',
  'manage-trust',
  'run-doctor',
  'open-settings',
  'resume-docs',
  'choose-model',
  'set-model-key',
  'show-log',
];

/** Fields of each message. */
const SHAPES: { readonly [T in FromPanel['type']]: Readonly<Record<string, Check>> } = {
  ready: {},
  ask: { question: text, scope: paths, selection: optional(selection) },
  cancel: { id: text },
  retry: { id: text },
  write: { id: text },
  open: { id: text, number: whole, beside: yesOrNo },
  'open-place': { path: text, start: whole, end: whole },
  'open-all': { id: text },
  copy: { id: text, number: optional(whole) },
  verdict: { id: text, verdict: oneOf('accepted', 'rejected', 'none') },
  tick: { id: text, number: whole, tick: oneOf('right', 'wrong', 'none') },
  place: { id: text, remove: optional(whole) },
  complete: { request: whole, text },
  'new-conversation': {},
  history: { query: text },
  'open-conversation': { id: text },
  'rename-conversation': { id: text, title: text },
  'delete-conversation': { id: text },
  'export-conversation': { id: text },
  remedy: {
    remedy: oneOf(...REMEDIES),
  },
  'show-policy': {},
  'choose-model': {},
  'show-docs': {},
};
