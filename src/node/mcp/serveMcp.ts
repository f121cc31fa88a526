/** The MCP server on standard input and output, for as long as the client keeps the connection open. */
import type { Readable, Writable } from 'node:stream';
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { createMcpServer, type McpServerParts } from './createMcpServer.ts';
import { createMcpWorkspaces, type McpWorkspacesOptions } from './mcpWorkspaces.ts';

export interface McpOptions
  extends McpWorkspacesOptions, Pick<McpServerParts, 'directories' | 'cwd' | 'version' | 'log'> {
  /** The protocol's alone: nothing else may be written to `stdout`. */
  readonly stdin: Readable;
  readonly stdout: Writable;
}

/** Resolves when the connection is closed and nothing runs any more. Calls that still run then are cancelled. */
export async function serveMcp({ stdin, stdout, searcher, ask, ...rest }: McpOptions): Promise<void> {
  const workspaces = createMcpWorkspaces({ searcher, ask });
  const parts = { ...rest, workspaces, docs: searcher.docs !== false, history: searcher.history !== false };
  const transport = new StdioServerTransport(stdin, stdout);
  const closed = Promise.withResolvers<void>();
  serveStdio(() => createMcpServer(parts), {
    transport,
    onerror: (error) => rest.log(`MCP: ${error.message}`),
  });
  const { onclose } = transport;
  transport.onclose = () => {
    onclose?.();
    closed.resolve();
  };
  await closed.promise;
  await workspaces.close();
}
