/** `spoor mcp`: the MCP server on this process's standard input and output. */
import { resolve } from 'node:path';
import { printable } from '#core/answer/plainText.ts';
import type { ParsedArguments } from '#cli/arguments.ts';
import { EXIT, UsageError, type CliEnvironment } from '#cli/environment.ts';
import { searchOptions } from '#cli/searchOptions.ts';
import type { McpOptions, serveMcp } from '#node/mcp/serveMcp.ts';
import { Workspace } from '#node/workspace.ts';
import packageFile from '../../package.json' with { type: 'json' };

export type ServeMcp = typeof serveMcp;

/** Throws what is wrong with the command line before anything is served. */
export async function mcp(
  parsed: ParsedArguments,
  environment: Pick<CliEnvironment, 'env' | 'cwd' | 'stderr'>,
  serve: ServeMcp = loadAndServe,
): Promise<number> {
  if (parsed.operands.length) throw new UsageError('spoor mcp takes options only. Name a folder by --workspace DIR.');
  await serve({ ...optionsOf(parsed, environment), stdin: process.stdin, stdout: process.stdout });
  return EXIT.answered;
}

function optionsOf(
  parsed: ParsedArguments,
  { env, cwd, stderr }: Pick<CliEnvironment, 'env' | 'cwd' | 'stderr'>,
): Omit<McpOptions, 'stdin' | 'stdout'> {
  const { searcher, ask } = searchOptions(parsed, { env });
  const folders = (name: string): string[] =>
    (parsed.options.get(name) ?? []).map((directory) => resolve(cwd, directory));
  const [directories, docsFolders, appRoot] = [folders('workspace'), folders('docs-folder'), env['SPOOR_APP_ROOT']];
  if (directories.length) Workspace.open(directories);
  return {
    directories,
    cwd,
    version: packageFile.version,
    searcher: { ...searcher, ...(docsFolders.length && { docsFolders }), ...(appRoot && { appRoot }) },
    ask,
    // Text of a workspace may be in it.
    log: (text) => stderr.write(`spoor: ${text.split('\n').map(printable).join('\n')}\n`),
  };
}

/** The protocol's library is in a bundle of its own: no other command should have to load it. */
const loadAndServe: ServeMcp = async (options) => {
  const file = import.meta.filename.endsWith('.ts') ? '#cli/mcpServer.ts' : './mcpServer.mjs';
  return ((await import(file)) as { readonly serveMcp: ServeMcp }).serveMcp(options);
};
