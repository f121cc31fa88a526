/** What package.json tells the editor's chat and its agents agrees with the code and with the MCP server. */
import { Client, InMemoryTransport } from '@modelcontextprotocol/client';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createMcpServer } from '#node/mcp/createMcpServer.ts';
import { CALLED_TOOLS } from '#node/service/agentCalls.ts';

interface Tool {
  readonly name: string;
  readonly displayName: string;
  readonly toolReferenceName: string;
  readonly canBeReferencedInPrompt: boolean;
  readonly icon: string;
  readonly modelDescription: string;
  readonly inputSchema: { readonly type: string; readonly properties: object; readonly required: readonly string[] };
}

interface Contributes {
  readonly languageModelTools: readonly Tool[];
  readonly chatParticipants: readonly {
    readonly id: string;
    readonly name: string;
    readonly commands: readonly { readonly name: string }[];
  }[];
  readonly languageModelChatProviders: readonly { readonly vendor: string; readonly displayName: string }[];
  readonly mcpServerDefinitionProviders: readonly { readonly id: string }[];
  readonly configuration: { readonly properties: Readonly<Record<string, object>> };
}

const read = (path: string): string => readFileSync(path, 'utf8');
const { contributes } = JSON.parse(read('package.json')) as { readonly contributes: Contributes };
const texts = JSON.parse(read('package.nls.json')) as Record<string, string>;
const { languageModelTools: tools } = contributes;
const codeOf = (path: string): string => read(`src/vscode/agents/${path}.ts`);

test('the tools are the four that the searching process answers', () => {
  expect(tools.map(({ name }) => name).toSorted()).toEqual([...CALLED_TOOLS].toSorted());
});

test('the tools can be named in a prompt, each by a name of its own', () => {
  for (const { name, canBeReferencedInPrompt, toolReferenceName, icon } of tools) {
    expect(canBeReferencedInPrompt, name).toBe(true);
    expect(toolReferenceName, name).toMatch(/^spoor[A-Z]\w+$/);
    expect(icon, name).toMatch(/^\$\([a-z-]+\)$/);
  }
  expect(new Set(tools.map(({ toolReferenceName }) => toolReferenceName)).size).toBe(tools.length);
});

test('the tools say to a model what those of the MCP server say, and take the same', async () => {
  const workspaces = { use: () => Promise.reject(new Error('unused')), warm: async () => {}, close: async () => {} };
  const given = { workspaces, directories: ['/'], cwd: '/', version: '1', docs: true, history: true };
  const server = createMcpServer({ ...given, log: () => undefined });
  const client = new Client({ name: 'test', version: '1' });
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(theirs), client.connect(ours)]);
  const served = (await client.listTools()).tools;
  await client.close();
  expect(served.map(({ name }) => name)).toEqual(tools.map(({ name }) => name));
  for (const [i, { name, description, inputSchema }] of served.entries()) {
    const { type, properties, required } = inputSchema;
    expect(tools[i]!.modelDescription, name).toBe(description);
    expect(tools[i]!.inputSchema, name).toEqual({ type, properties, required });
  }
});

test('the participant has the commands of the code, and each has a text', () => {
  const [participant] = contributes.chatParticipants;
  expect(codeOf('participant')).toContain(`PARTICIPANT = '${participant!.id}'`);
  const table = /const COMMANDS[\s\S]*?> = \{([^}]*)\}/.exec(codeOf('participant'))![1]!;
  const commands = [...table.matchAll(/(\w+):/g)].map((match) => match[1]!);
  expect(participant!.commands.map(({ name }) => name).toSorted()).toEqual(commands.toSorted());
  const followed = [...codeOf('followUps').matchAll(/command: '(\w+)'/g)].map((match) => match[1]!);
  expect(followed.filter((name) => !commands.includes(name))).toEqual([]);
});

test('the model says that it is none', () => {
  const [provider] = contributes.languageModelChatProviders;
  expect(read('src/vscode/models/editorModel.ts')).toContain(`OWN_VENDOR = '${provider!.vendor}'`);
  expect(texts[provider!.displayName.replaceAll('%', '')]).toBe('Spoor (no language model)');
});

test('the MCP server is the one that is built', () => {
  const [provider] = contributes.mcpServerDefinitionProviders;
  expect(codeOf('mcpServers')).toContain(`MCP_PROVIDER = '${provider!.id}'`);
  const [program] = /\w+\.mjs/.exec(codeOf('mcpLaunch'))!;
  const built = read('scripts/programs.mjs');
  const source = new RegExp(`${program.replace('.mjs', '')}: '([^']+)'`).exec(built)?.[1];
  expect(source && existsSync(source)).toBe(true);
});

test('the MCP server is offered where the user wants it: agents of the editor have its tools already', () => {
  expect(contributes.configuration.properties['spoor.mcp.enabled']).toMatchObject({ type: 'boolean', default: false });
  expect(codeOf('mcpServers')).toMatch(/if \(!isWanted\(\)[^\n]*return \[\]/);
});

test('what runs in the extension host has no top-level await', () => {
  const sources = [...globSync('src/vscode/agents/*.ts'), ...globSync('src/vscode/models/*.ts')];
  expect(sources.filter((path) => /^await |import\.meta/m.test(read(path)))).toEqual([]);
});
