/** What `spoor mcp` takes. */
import type { CommandSpec } from '#cli/help.ts';

export const MCP: CommandSpec = {
  name: 'mcp',
  usage: '[options]',
  summary: 'Offer the searching to other agents, by the Model Context Protocol.',
  about: `Serves the tools search_codebase, find_definitions, search_docs and search_history on standard input and
output until the client closes it. The client starts this command; docs/agents.md has what to write into
the configuration of each. All that is searched is read from this machine, and nothing is changed.`,
  options: [
    {
      name: 'workspace',
      value: 'DIR',
      repeated: true,
      help: "Folder to search; several are one workspace. Default: the client's\nfolders, or the current one where it tells none.",
    },
    {
      name: 'policy',
      value: 'NAME',
      help: 'What decides the searches: learned (the default), hand, uniform, or a\nmodel file that "spoor train" has written.',
    },
    {
      name: 'docs-folder',
      value: 'DIR',
      repeated: true,
      help: 'Folder of documents outside of the workspace that is searched too.',
    },
    { name: 'no-docs', help: 'Leave out documentation, and the tool search_docs.' },
    { name: 'no-history', help: "Leave out git's history, and the tool search_history." },
  ],
  examples: ['spoor mcp --workspace ~/api --workspace ~/web', 'spoor mcp --no-history'],
};
