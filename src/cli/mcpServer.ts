/**
 * The MCP server as a program of its own, which takes the options of `spoor mcp`: the editor starts it so, with its own
 * Node. `spoor mcp` loads it as a module.
 */
import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArguments } from '#cli/arguments.ts';
import { EXIT, UsageError } from '#cli/environment.ts';
import { mcp } from '#cli/mcp.ts';
import { MCP } from '#cli/mcpCommand.ts';
import { serveMcp } from '#node/mcp/serveMcp.ts';
import { WorkspaceError } from '#node/workspace.ts';

export { serveMcp };

function isProgram(): boolean {
  try {
    return pathToFileURL(realpathSync(process.argv[1] ?? '')).href === import.meta.url;
  } catch {
    return false;
  }
}

/** A signal ends it at once: what it started is killed when the process exits. */
async function run(): Promise<void> {
  for (const [signal, code] of SIGNALS) process.on(signal, () => process.exit(code));
  try {
    const { argv, env, stderr } = process;
    const parsed = parseArguments(MCP.name, MCP.options, argv.slice(2));
    process.exit(await mcp(parsed, { env, cwd: process.cwd(), stderr }, serveMcp));
  } catch (error) {
    const isExpected = error instanceof UsageError || error instanceof WorkspaceError;
    const text = error instanceof Error ? ((isExpected ? undefined : error.stack) ?? error.message) : String(error);
    process.stderr.write(`spoor: ${text}\n`, () =>
      process.exit(error instanceof UsageError ? EXIT.usage : EXIT.failed),
    );
  }
}

const SIGNALS = [
  ['SIGINT', EXIT.interrupted],
  ['SIGTERM', EXIT.terminated],
  ['SIGHUP', EXIT.hungUp],
] as const;

if (isProgram()) await run();
