/** How the MCP server is started for what is open: with the same folders, docs, git and policy as the editor's answers. */
import { join } from 'node:path';
import type { ServiceSettings } from '#node/service/searchService.ts';
import { V8_FLAGS } from '#node/service/startProcess.ts';

export interface McpLaunch {
  /** The editor's own program, run as Node. */
  readonly command: string;
  readonly args: string[];
  /** `null` takes a variable away. */
  readonly env: Record<string, string | null>;
}

/** @param program full path of the bundle `mcpServer.mjs`. */
export function mcpLaunch(program: string, settings: ServiceSettings): McpLaunch {
  const { folders, docsFolders, docs, history, policy, rg, appRoot, storage } = settings;
  return {
    command: process.execPath,
    args: [
      ...V8_FLAGS,
      program,
      ...folders.flatMap((folder) => ['--workspace', folder]),
      ...docsFolders.flatMap((folder) => ['--docs-folder', folder]),
      ...(docs ? [] : ['--no-docs']),
      ...(history ? [] : ['--no-history']),
      ...(policy === 'learned' ? [] : ['--policy', policy]),
    ],
    env: {
      ELECTRON_RUN_AS_NODE: '1',
      // What the editor's environment tells Node is not meant for it.
      NODE_OPTIONS: null,
      VSCODE_INSPECTOR_OPTIONS: null,
      SPOOR_CACHE: storage,
      ...(rg !== undefined && { SPOOR_RG: rg }),
      ...(appRoot !== undefined && { SPOOR_APP_ROOT: appRoot }),
    },
  };
}

export const mcpProgram = (extensionPath: string): string => join(extensionPath, 'dist', 'mcpServer.mjs');
