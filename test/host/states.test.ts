/** Workspaces of other kinds: none, several folders, not trusted, and a ripgrep that is not there. */
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { startServer, stopServer } from './hostServer.ts';
import type { HostServer } from './hostServer.ts';
import {
  clearNotifications,
  editorTab,
  notification,
  offeredCommands,
  openContainer,
  quickInput,
  runCommand,
  switchWorkspace,
} from './hostWindow.ts';
import { askAndWait, button, openPanel, panelIn, shownPage, toolsUsed } from './panel.ts';
import { makeParcelWorkspace } from '../fakes/parcelWorkspace.ts';
import { QUESTION, makeFolder, makeParcel, removeFolders, writeText, writeWorkspaceSettings } from './parcel.ts';
import { until } from './until.ts';
import { useWindow } from './useWindow.ts';

afterAll(removeFolders);

describe('no folder', () => {
  const window = useWindow(() => ({}));

  test('the panel says that a folder is needed, and opens one', async () => {
    await openContainer(window(), 'Spoor');
    const { frame } = panelIn(window());
    await frame.getByText('Open a folder to ask about its code.').waitFor();
    await button(frame, 'Open Folder').click();
    await window().page.locator('.quick-input-widget:visible', { hasText: 'Open Folder' }).waitFor();
    await window().page.keyboard.press('Escape');
  });

  test('training says that a folder is needed', async () => {
    await runCommand(window(), 'Spoor: Train From My Answers');
    await notification(window(), 'Open a folder first').waitFor();
  });

  test('the palette offers what works without a folder', async () => {
    const offered = await offeredCommands(window(), 'Spoor: ');
    expect(offered).toContain('Spoor: Doctor');
    expect(offered).not.toContain('Spoor: Ask');
  });
});

describe('several folders', () => {
  const several = makeFolder();
  const [uploads, letters] = [join(several, 'uploads'), join(several, 'letters')];
  const file = join(several, 'both.code-workspace');
  const window = useWindow(() => {
    makeParcelWorkspace(uploads);
    writeText(
      join(letters, 'src/stamp.py'),
      '"""Stamps."""\n\ndef print_stamp(value):\n    """Prints a stamp on a letter."""\n    return value\n',
    );
    writeText(
      file,
      JSON.stringify({
        folders: [
          { path: uploads, name: 'uploads' },
          { path: letters, name: 'letters' },
        ],
      }),
    );
    return { workspace: uploads };
  });

  test('a conversation of one folder is there when there are several', async () => {
    await askAndWait(await openPanel(window()), QUESTION);
    await switchWorkspace(window(), inject('server').url, file);
    const panel = await openPanel(window());
    await panel.last.getByRole('heading', { name: QUESTION }).waitFor();
  });

  test('each folder is searched, and its places open', async () => {
    const panel = await openPanel(window());
    await askAndWait(panel, 'what prints a stamp on a letter?');
    await panel.cards
      .first()
      .getByRole('button', { name: /^Place 1: letters\/src\/stamp\.py/ })
      .click();
    await editorTab(window(), 'stamp.py').waitFor();
    await askAndWait(panel, 'where is delayBefore defined?');
    await panel.cards
      .first()
      .getByRole('button', { name: /^Place 1: uploads\/src\/upload\/backoff\.ts/ })
      .waitFor();
  });
});

describe('a ripgrep that is not there', () => {
  const workspace = makeParcel({ 'spoor.ripgrepPath': '/nowhere/rg' });
  const window = useWindow(() => ({ workspace }));

  test('is told with a remedy, and the setting works at once when it is mended', async () => {
    const panel = await openPanel(window());
    await panel.askBox.fill(QUESTION);
    await panel.askBox.press('Enter');
    // Without it nothing can be listed either, so no answer comes from the history: the question has failed too.
    await panel.last.locator('.notice').getByText('/nowhere/rg').waitFor();
    const trouble = panel.frame.locator('.notices .notice');
    await trouble.getByText('/nowhere/rg').waitFor();
    await button(trouble, 'Run Doctor').click();
    await shownPage(window()).getByText('✗').first().waitFor();
    writeWorkspaceSettings(workspace, {});
    await trouble.waitFor({ state: 'detached' });
    await askAndWait(panel, QUESTION);
    await panel.last.getByText('Sure:').waitFor();
  });

  test('other settings count from the next question on', async () => {
    const panel = await openPanel(window());
    writeWorkspaceSettings(workspace, { 'spoor.policy': 'hand', 'spoor.turns': 1, 'spoor.docs.enabled': false });
    await panel.frame.getByText('policy: by hand').waitFor();
    await askAndWait(panel, 'where is delayBefore defined?');
    const tools = await toolsUsed(panel);
    await panel.last.getByRole('button', { name: /^Searched 1 turn · / }).waitFor();
    expect(tools).toContain('grep');
    expect(tools).not.toContain('docs');
  });
});

describe('a workspace that is not trusted', () => {
  let server: HostServer;
  const evidence = makeFolder();
  const program = join(evidence, 'program');
  const workspace = makeParcel({ 'spoor.ripgrepPath': program, 'spoor.policy': join(evidence, 'model.onnx') });
  const window = useWindow(async () => {
    writeFileSync(program, `#!/bin/sh\n: > '${join(evidence, 'ran')}'\n`);
    chmodSync(program, 0o755);
    const settings = {
      'security.workspace.trust.startupPrompt': 'never',
      'security.workspace.trust.banner': 'never',
      'chat.disableAIFeatures': false,
      'spoor.mcp.enabled': true,
    };
    server = await startServer({ vsix: [inject('vsix')], settings, trust: true });
    return { server, workspace };
  });
  afterAll(() => stopServer(server));

  test('is searched without its settings, its programs and its git history', async () => {
    const panel = await openPanel(window());
    await panel.frame
      .getByText('This workspace is not trusted: its git history and its settings are left out.')
      .waitFor();
    await askAndWait(panel, QUESTION);
    await panel.last.getByText('Sure:').waitFor();
    const tools = await toolsUsed(panel);
    expect(tools).toContain('grep');
    expect(tools).not.toContain('history');
    expect(existsSync(join(evidence, 'ran'))).toBe(false);
  });

  test('its history is not learned from, its answers may be', async () => {
    await runCommand(window(), "Spoor: Train On This Repository's History");
    await notification(window(), 'This workspace is not trusted')
      .getByRole('button', { name: 'Manage Trust' })
      .waitFor();
    await clearNotifications(window());
    await runCommand(window(), 'Spoor: Train On Both');
    const offered = notification(window(), 'This workspace is not trusted');
    await offered.getByRole('button', { name: 'Train From My Answers' }).click();
    await notification(window(), /\d+ more/).waitFor({ timeout: 60_000 });
  });

  test('the panel leads to where trust is given; agents are offered the MCP server from then on, not before', async () => {
    const servers = async (): Promise<string> => {
      await runCommand(window(), 'MCP: List Servers');
      await quickInput(window()).getByText('Add Server').waitFor();
      const listed = await quickInput(window()).innerText();
      await window().page.keyboard.press('Escape');
      return listed;
    };
    expect(await servers()).not.toContain('Spoor');
    const panel = await openPanel(window());
    await button(panel.frame, 'Manage Trust').click();
    const { page } = window();
    await page.getByText('You are in Restricted Mode').waitFor();
    await page.getByRole('button', { name: 'Trust', exact: true }).click();
    await page.getByText('You trust this folder').waitFor();
    await page.keyboard.press('Escape');
    await until('Spoor among the MCP servers', async () => (await servers()).includes('Spoor'));
  });
});
