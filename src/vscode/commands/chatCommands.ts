/** Commands about conversations and answers. */
import * as vscode from 'vscode';
import type { Command } from './parts.ts';

export const newConversation: Command = async ({ chat, panels }) => {
  await chat().newConversation();
  await panels.show({ type: 'compose' });
};

export const showHistory: Command = async ({ chat, panels }) => panels.show(await chat().history(''));

export const acceptLastAnswer: Command = async ({ chat }) => {
  if (await chat().acceptLast())
    void vscode.window.setStatusBarMessage(vscode.l10n.t('The last answer is accepted.'), MESSAGE_MS);
};

export const openInEditor: Command = ({ panels }) => panels.openInEditor();

/** A link of a hover: lines of a workspace path or a path under `~docs/`. */
export const openPlace: Command = async ({ places }, given) => {
  const { path, start, end } = (given ?? {}) as Record<string, unknown>;
  if (typeof path !== 'string' || !isLine(start) || !isLine(end)) return;
  await places.open([{ path, start, end, lines: [] }], { beside: false });
};

const MESSAGE_MS = 4_000;

const isLine = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
