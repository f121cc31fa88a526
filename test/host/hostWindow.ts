/**
 * A window of VS Code in a headless browser, used as a person uses it: by mouse, keyboard and what is to be seen. Every
 * step waits for what it needs; none waits for a time.
 */
import { basename } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { findChromium } from '../findChromium.ts';
import { until } from './until.ts';

export interface WindowOptions {
  /** Full path of a folder or of a `.code-workspace` file; an empty window without it. */
  readonly workspace?: string;
  readonly viewport?: { readonly width: number; readonly height: number };
}

export interface HostWindow {
  readonly page: Page;
  readonly browser: Browser;
  /** What scripts of any frame wrote to the console, errors and violations of a Content-Security-Policy among it. */
  readonly console: readonly string[];
  /** Addresses that something in the window asked for and did not get, because they are not the server's. */
  readonly blocked: readonly string[];
}

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage'];
const SILENT = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];
const START_MS = 120_000;
const CHOICE_MS = 10_000;

export async function openWindow(url: string, options: WindowOptions = {}): Promise<HostWindow> {
  const executablePath = findChromium();
  const browser = await chromium.launch({ executablePath, headless: true, args: [...FLAGS, ...SILENT] });
  try {
    const context = await browser.newContext({
      viewport: options.viewport ?? { width: 1280, height: 800 },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    context.setDefaultTimeout(30_000);
    const window = { page: await context.newPage(), browser, console: [] as string[], blocked: [] as string[] };
    const isForeign = (address: URL): boolean =>
      /^(https?|wss?):$/.test(address.protocol) && address.host !== new URL(url).host;
    await context.route(isForeign, (route) => {
      window.blocked.push(route.request().url());
      return route.abort();
    });
    window.page.on('console', (message) => window.console.push(`${message.type()}: ${message.text()}`));
    window.page.on('pageerror', (error) => window.console.push(`error: ${error.message}`));
    await switchWorkspace(window, url, options.workspace);
    return window;
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** Loads the page anew, as after a crash of the editor: the extension host starts again. */
export async function reloadWindow(window: HostWindow): Promise<void> {
  await window.page.reload();
  await ready(window);
}

/** Opens another workspace in the same browser, with what VS Code keeps there. */
export async function switchWorkspace(window: HostWindow, url: string, workspace?: string): Promise<void> {
  await window.page.goto(`${url}/?${query(workspace)}`);
  await ready(window);
  if (workspace?.endsWith('.code-workspace')) await foldersAreThere(window);
}

/** VS Code in the browser sometimes reads a workspace file before it can, and shows no folder until it is loaded anew. */
async function foldersAreThere(window: HostWindow): Promise<void> {
  await openContainer(window, 'Explorer');
  const folder = window.page.locator('.explorer-folders-view .monaco-list-row').first();
  for (let tries = 0; ; tries++) {
    try {
      return await folder.waitFor({ timeout: CHOICE_MS });
    } catch (error) {
      if (tries === 4) throw error;
      await reloadWindow(window);
    }
  }
}

function query(workspace: string | undefined): string {
  if (workspace === undefined) return 'ew=true';
  return `${workspace.endsWith('.code-workspace') ? 'workspace' : 'folder'}=${encodeURIComponent(workspace)}`;
}

/** The workbench is drawn and knows its extensions. */
async function ready({ page }: HostWindow): Promise<void> {
  await page.locator('.monaco-workbench .statusbar-item').first().waitFor({ timeout: START_MS });
  const isLoaded = (): boolean => performance.getEntriesByName('code/didLoadExtensions').length > 0;
  await page.waitForFunction(isLoaded, undefined, { timeout: START_MS });
}

/** The box for commands and files at the top. */
export const quickInput = ({ page }: HostWindow): Locator => page.locator('.quick-input-widget:visible');
const quickInputBox = (window: HostWindow): Locator => quickInput(window).locator('input.input');

/** Runs a command by its title in the palette: `Spoor: Ask`. */
export const runCommand = (window: HostWindow, title: string): Promise<void> =>
  choose(window, `>${title}`, new RegExp(`^\\s*${escaped(title)}\\s*$`));

/** The same without a mouse. What has the focus may take it back while the palette opens: then once more. */
export async function runByKeyboard(window: HostWindow, title: string): Promise<void> {
  const row = quickInput(window).locator('.monaco-list-row.focused', { hasText: title });
  for (let tries = 0; ; tries++) {
    await openPalette(window);
    await window.page.keyboard.type(title);
    try {
      await row.waitFor({ timeout: CHOICE_MS });
      return await window.page.keyboard.press('Enter');
    } catch (error) {
      if (tries === 2) throw error;
    }
  }
}

/** Types into the box at the top and clicks a row. An editor that opens meanwhile closes the box: then once more. */
async function choose(window: HostWindow, text: string, label: RegExp): Promise<void> {
  const name = window.page.locator('.label-name', { hasText: label });
  const row = quickInput(window).locator('.quick-input-list .monaco-list-row').filter({ has: name }).first();
  for (let tries = 0; ; tries++) {
    await openPalette(window);
    try {
      await quickInputBox(window).fill(text, { timeout: CHOICE_MS });
      await row.click({ timeout: CHOICE_MS });
      // Out of the way of hovers.
      await window.page.mouse.move(3, 3);
      return;
    } catch (error) {
      if (tries === 2) throw error;
    }
  }
}

/** Titles that the palette offers for a text. */
export async function offeredCommands(window: HostWindow, text: string): Promise<string[]> {
  await openPalette(window);
  await quickInputBox(window).fill(`>${text}`);
  await quickInput(window).locator('.quick-input-list .monaco-list-row').first().waitFor();
  const titles = await quickInput(window).locator('.quick-input-list .label-name').allInnerTexts();
  await window.page.keyboard.press('Escape');
  return titles.map((title) => title.trim());
}

/** A key that comes while the workbench starts, or while a webview takes the focus, is lost: pressed until it works. */
async function openPalette(window: HostWindow): Promise<void> {
  for (let tries = 0; ; tries++) {
    await window.page.keyboard.press('F1');
    try {
      await quickInputBox(window).waitFor({ timeout: 3_000 });
      return;
    } catch (error) {
      if (tries === 9) throw error;
    }
  }
}

/** Answers a box that asks for a text. */
export async function enterText(window: HostWindow, text: string): Promise<void> {
  await quickInputBox(window).fill(text);
  await window.page.keyboard.press('Enter');
}

/** Answers the box that asks for a file or folder. It fills itself too, when it is ready: asked until it agrees. */
export async function enterPath(window: HostWindow, path: string, button = 'OK'): Promise<void> {
  const ok = quickInput(window).getByRole('button', { name: button, exact: true });
  await ok.waitFor();
  const isBusy = quickInput(window).locator('.quick-input-progress.active, .monaco-progress-container.active');
  await until('folder or file taken', async () => {
    if (!(await quickInput(window).isVisible())) return true;
    // While it lists a folder the dialog writes that folder's path over what is typed.
    await isBusy.first().waitFor({ state: 'detached' });
    await quickInputBox(window).fill(path);
    await isBusy.first().waitFor({ state: 'detached' });
    if (!(await quickInputBox(window).inputValue()).startsWith(path)) return false;
    await ok.click();
    return quickInput(window)
      .waitFor({ state: 'hidden', timeout: 2_000 })
      .then(
        () => true,
        () => false,
      );
  });
}

/** Opens a file of the workspace by its path below it. */
export async function openFile(window: HostWindow, path: string): Promise<void> {
  await choose(window, path, new RegExp(`^\\s*${escaped(basename(path))}\\s*$`));
  await editorTab(window, basename(path)).waitFor();
  await activeEditor(window).locator('.view-lines').first().waitFor();
}

export const activeEditor = ({ page }: HostWindow): Locator =>
  page.locator('.editor-group-container.active .editor-instance .monaco-editor').first();

/** The active editor has the cursor, so that keys reach it. */
export const focusedEditor = ({ page }: HostWindow): Locator =>
  page.locator('.editor-group-container.active .monaco-editor.focused').first();

export const editorTab = ({ page }: HostWindow, name: string): Locator =>
  page.locator('.tab.active', { hasText: name }).first();

/** Puts the cursor somewhere, or selects from one line to the end of another. 1-based. */
export async function goTo(window: HostWindow, line: number, column = 1, toLine?: number): Promise<void> {
  await openPalette(window);
  await quickInputBox(window).fill(`:${line}:${column}`);
  await window.page.keyboard.press('Enter');
  await cursorText(window, new RegExp(`^Ln ${line}, Col ${column}`)).waitFor();
  if (toLine === undefined) return;
  for (let below = line; below < toLine; below++) await window.page.keyboard.press('Shift+ArrowDown');
  await window.page.keyboard.press('Shift+End');
  await cursorText(window, /selected/).waitFor();
}

/** `Ln 12, Col 1 (40 selected)` in the status bar. */
export const cursorText = ({ page }: HostWindow, text: RegExp): Locator =>
  page.locator('[id="status.editor.selection"]').filter({ hasText: text });

export const notification = ({ page }: HostWindow, text: string | RegExp): Locator =>
  page.locator('.notifications-toasts .notification-list-item').filter({ hasText: text }).first();

/** Removes all notifications, so that the next one is new. */
export async function clearNotifications(window: HostWindow): Promise<void> {
  await runCommand(window, 'Notifications: Clear All Notifications');
  await window.page.locator('.notifications-toasts .notification-list-item').waitFor({ state: 'detached' });
}

/** The document of a webview of the extension, in a view or in an editor. */
export function webview({ page }: HostWindow, extension: string, where: 'view' | 'editor'): FrameLocator {
  const view = '[src*="purpose=webviewView"]';
  const outer = `iframe.webview[src*="extensionId=${extension}"]${where === 'view' ? view : `:not(${view})`}`;
  return page.frameLocator(outer).frameLocator('#active-frame');
}

/** Opens a view container by its icon in the activity bar. */
export async function openContainer({ page }: HostWindow, title: string): Promise<void> {
  const icon = page.locator(`.activitybar .action-item:has(a.action-label[aria-label^="${title}"])`).first();
  await icon.waitFor();
  if (!/\bchecked\b/.test((await icon.getAttribute('class')) ?? '')) await icon.click();
}

export const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
