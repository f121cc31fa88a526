/** What may be asked after a response. */
import * as vscode from 'vscode';
import type { TurnMetadata } from './agentParts.ts';

const { t } = vscode.l10n;

/** @param metadata of a response, as the editor kept it: of another version, perhaps. */
export function followUps(metadata: unknown): vscode.ChatFollowup[] {
  const told = (metadata ?? {}) as TurnMetadata;
  switch (told.kind) {
    case 'answer':
      return [
        ...(told.model === undefined || !told.found
          ? []
          : [{ command: 'write', prompt: '', label: t('Let {0} write', told.model) }]),
        ...(told.symbol === undefined
          ? []
          : [{ command: 'explain', prompt: told.symbol, label: t('Explain {0}', told.symbol) }]),
        ...(told.found ? [{ prompt: 'and where is it tested?', label: t('Where is it tested?') }] : []),
        { command: 'docs', prompt: told.question, label: t('Search the docs') },
      ];
    case 'explained':
      return [{ prompt: questionAbout(told), label: t('How does {0} work?', told.name) }];
    case 'docs':
      return [{ prompt: told.query, label: t('Search everything') }];
    case 'definitions':
      return told.names
        .slice(0, 3)
        .map((name) => ({ command: 'explain', prompt: name, label: t('Explain {0}', name) }));
    case 'greeting':
      return told.examples.map((prompt) => ({ prompt }));
    case undefined:
      return [];
  }
}

/** Not translated: its words are searched for in code. */
const questionAbout = ({ name, path }: TurnMetadata & { kind: 'explained' }): string =>
  path === undefined ? `How is ${name} used?` : `How does ${name} in ${path} work?`;
