/** Spoor for the editor's own chat and its agents. */
import * as vscode from 'vscode';
import type { AgentParts } from './agentParts.ts';
import { registerLanguageTools } from './languageTools.ts';
import { registerMcpServers } from './mcpServers.ts';
import { registerParticipant } from './participant.ts';
import { registerSpoorModel, showSpoorModel } from './spoorModel.ts';

/** Some editors that are made of the same sources have no chat, or another one: what they do not have is left out. */
export function registerAgents(parts: AgentParts): vscode.Disposable {
  const registered = [registerLanguageTools, registerParticipant, registerSpoorModel, registerMcpServers].flatMap(
    (register) => {
      try {
        return [register(parts)];
      } catch (error) {
        parts.log.info(`This editor does not take a part of Spoor for its chat: ${String(error)}`);
        return [];
      }
    },
  );
  void Promise.resolve()
    .then(showSpoorModel)
    .catch((error: unknown) => parts.log.info(String(error)));
  return vscode.Disposable.from(...registered);
}
