/** The command that the editor starts the MCP server with is one that the server understands. */
import { expect, test } from 'vitest';
import { parseArguments } from '#cli/arguments.ts';
import { MCP } from '#cli/mcpCommand.ts';
import type { ServiceSettings } from '#node/service/searchService.ts';
import { serviceSettings } from '../../../test/fakes/serviceSettings.ts';
import { mcpLaunch } from './mcpLaunch.ts';

const settings = serviceSettings({ folders: ['/a', '/b c'], storage: '/storage' });
const PROGRAM = '/extension/dist/mcpServer.mjs';

function optionsOf(given: Partial<ServiceSettings>): Record<string, readonly string[]> {
  const { args } = mcpLaunch(PROGRAM, { ...settings, ...given });
  const parsed = parseArguments(MCP.name, MCP.options, args.slice(args.indexOf(PROGRAM) + 1));
  expect(parsed.operands).toEqual([]);
  return Object.fromEntries(parsed.options);
}

test('it searches all folders', () => {
  expect(optionsOf({})).toEqual({ workspace: ['/a', '/b c'] });
});

test('what is off stays off, and the docs and the policy are those of the settings', () => {
  const options = optionsOf({ docs: false, history: false, docsFolders: ['/docs'], policy: '/team/policy.onnx' });
  expect(Object.keys(options).toSorted()).toEqual(['docs-folder', 'no-docs', 'no-history', 'policy', 'workspace']);
  expect(options).toMatchObject({ 'docs-folder': ['/docs'], policy: ['/team/policy.onnx'] });
});

test('it runs in the Node of the editor, without what that is told, and shares its caches', () => {
  const { command, env, args } = mcpLaunch(PROGRAM, { ...settings, rg: '/rg', appRoot: '/code' });
  expect(command).toBe(process.execPath);
  expect(args.slice(0, args.indexOf(PROGRAM)).every((arg) => arg.startsWith('--'))).toBe(true);
  expect(env).toEqual({
    ELECTRON_RUN_AS_NODE: '1',
    NODE_OPTIONS: null,
    VSCODE_INSPECTOR_OPTIONS: null,
    SPOOR_CACHE: '/storage',
    SPOOR_RG: '/rg',
    SPOOR_APP_ROOT: '/code',
  });
});
