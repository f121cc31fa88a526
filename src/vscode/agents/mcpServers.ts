/**
 * Offers Spoor's MCP server to the editor, where the user wants that: for agents that take their tools from there alone.
 * Others have the same tools by `languageTools.ts`, and the editor starts every server that is offered with the first
 * request to any agent. Nothing is offered where no folder is open, nor in a workspace that is not trusted: agents act on
 * what they read.
 */
import * as vscode from 'vscode';
import type { ServiceSettings } from '#node/service/searchService.ts';
import { readSettings } from '#vscode/settings.ts';
import { versionOf, type AgentParts } from './agentParts.ts';
import { mcpLaunch, mcpProgram } from './mcpLaunch.ts';

export const MCP_PROVIDER = 'spoor.mcp';

export function registerMcpServers(parts: AgentParts): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const change = (): void => changed.fire();
  return vscode.Disposable.from(
    vscode.lm.registerMcpServerDefinitionProvider(MCP_PROVIDER, {
      onDidChangeMcpServerDefinitions: changed.event,
      provideMcpServerDefinitions: () => definitions(parts, settingsNow(parts)),
      async resolveMcpServerDefinition() {
        const settings = settingsNow(parts);
        return definitions(parts, { ...settings, policy: await policyOf(parts, settings) })[0];
      },
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(change),
    vscode.workspace.onDidGrantWorkspaceTrust(change),
    vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration('spoor') && change()),
    changed,
  );
}

const isWanted = (): boolean => vscode.workspace.getConfiguration('spoor').get('mcp.enabled') === true;

const settingsNow = ({ paths, storage }: AgentParts): ServiceSettings => readSettings(paths().folders, storage);

function definitions({ extension }: AgentParts, settings: ServiceSettings): vscode.McpStdioServerDefinition[] {
  if (!isWanted() || settings.folders.length === 0 || !vscode.workspace.isTrusted) return [];
  const { command, args, env } = mcpLaunch(mcpProgram(extension.extensionPath), settings);
  return [new vscode.McpStdioServerDefinition('Spoor', command, args, env, versionOf(extension))];
}

/** The learned policy in use has its file looked up when the server starts: it knows no versions. */
async function policyOf({ paths, policies }: AgentParts, { policy, policyFile }: ServiceSettings): Promise<string> {
  if (policy !== 'learned') return policy;
  const team = policyFile === undefined ? undefined : paths().fileOf(policyFile);
  if (team !== undefined) return team;
  const used = await policies()
    .shelf.inUse()
    .catch(() => undefined);
  return used?.version.file ?? policy;
}
