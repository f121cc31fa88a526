/** The panel in a page of a headless browser, between a real Content-Security-Policy and an editor of the test's hand. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { FromPanel, PanelState, ToPanel } from '#vscode/messages.ts';
import { panelStrings } from './panelStrings.ts';
import { THEMES, type ThemeName } from './themes.ts';

export interface PageOptions {
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  readonly zoom?: number;
  readonly language?: string;
  readonly reducedMotion?: boolean;
  /** Sent when the panel is ready; nothing without it. */
  readonly state?: PanelState;
}

export interface PanelPage {
  readonly page: Page;
  /** Resolves when the panel has drawn what the message changed. */
  send(message: ToPanel): Promise<void>;
  /** The next message of that type that the panel sent and nobody has taken; waits for it. */
  sent<T extends FromPanel['type']>(type: T): Promise<Extract<FromPanel, { readonly type: T }>>;
  /** Types of the messages that nobody has taken, but for completions and the like that are asked for while typing. */
  unread(): Promise<readonly FromPanel[]>;
  /** Hides the panel and shows it again: the page is made anew, only the state set by the panel is left. */
  reload(): Promise<void>;
  /** What broke the page's policy, threw, or was written to the console. */
  readonly complaints: readonly string[];
}

const ROOT = join(import.meta.dirname, '../..');
const ORIGIN = 'http://panel.test';
const NONCE = 'bm9uY2U';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const startBrowser = (executablePath: string): Promise<Browser> =>
  chromium.launch({ executablePath, headless: true, args: FLAGS });

let script: Promise<string> | undefined;

/** Bundled as the packaged panel is. */
const panelScript = (): Promise<string> =>
  (script ??= build({
    absWorkingDir: ROOT,
    entryPoints: ['src/webview/main.tsx'],
    bundle: true,
    format: 'iife',
    target: 'es2024',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    write: false,
  }).then(({ outputFiles }) => outputFiles[0]!.text));

export async function openPanelPage(browser: Browser, options: PageOptions = {}): Promise<PanelPage> {
  const { width = 300, height = 700, zoom = 1 } = options;
  const context = await browser.newContext({
    viewport: { width: Math.round(width / zoom), height: Math.round(height / zoom) },
    deviceScaleFactor: zoom,
    reducedMotion: options.reducedMotion ? 'reduce' : 'no-preference',
  });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.exposeFunction('complain', (words: string) => void complaints.push(words));
  await page.addInitScript(playEditor);
  await page.addInitScript(wear, {
    variables: THEMES[options.theme ?? 'dark'],
    look: `vscode-${options.theme ?? 'dark'}`,
  });
  const files = await filesOf(options.language ?? 'en');
  await page.route('**/*', (route) => {
    const file = files[new URL(route.request().url()).pathname];
    return file ? route.fulfill(file) : route.abort();
  });
  const panel = driver(page, complaints, options.state);
  await page.goto(`${ORIGIN}/`);
  await panel.start();
  return panel;
}

function driver(
  page: Page,
  complaints: readonly string[],
  state: PanelState | undefined,
): PanelPage & { start(): Promise<void> } {
  const send = (message: ToPanel): Promise<void> => page.evaluate(deliver, message);
  const sent: PanelPage['sent'] = async (type) => {
    const handle = await page.waitForFunction((wanted) => {
      const at = window.posted.findIndex((message) => message.type === wanted);
      return at < 0 ? undefined : window.posted.splice(at, 1)[0];
    }, type);
    return (await handle.jsonValue()) as Extract<FromPanel, { readonly type: typeof type }>;
  };
  const start = async (): Promise<void> => {
    await sent('ready');
    if (!state) return;
    await send({ type: 'state', state });
    await page.locator('#spoor > :not([aria-busy])').first().waitFor();
  };
  const reload = async (): Promise<void> => {
    await page.reload();
    await start();
  };
  return { page, complaints, send, sent, start, reload, unread: () => page.evaluate(() => window.posted) };
}

async function filesOf(language: string): Promise<Readonly<Record<string, { contentType: string; body: string }>>> {
  return {
    '/': { contentType: 'text/html', body: frame(language) },
    '/editor.css': { contentType: 'text/css', body: EDITOR_STYLES },
    '/panel.css': { contentType: 'text/css', body: readFileSync(join(ROOT, 'media/panel.css'), 'utf8') },
    '/panel.js': { contentType: 'text/javascript', body: await panelScript() },
  };
}

/** As `messages.ts` says it, with the styles that the editor gives every webview. */
const frame = (language: string): string => `<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${ORIGIN}; script-src 'nonce-${NONCE}'; base-uri 'none'; form-action 'none'" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Spoor</title>
    <link rel="stylesheet" href="/editor.css" />
    <link rel="stylesheet" href="/panel.css" />
  </head>
  <body>
    <div id="spoor"></div>
    <script type="application/json" id="strings">${JSON.stringify(panelStrings()).replaceAll('<', String.raw`\u003c`)}</script>
    <script nonce="${NONCE}" src="/panel.js"></script>
  </body>
</html>`;

const EDITOR_STYLES = `
@layer editor {
  html { background: var(--vscode-sideBar-background); }
  body { background: transparent; color: var(--vscode-editor-foreground); padding: 0 20px; }
  textarea:focus, input:focus { outline: 1px solid -webkit-focus-ring-color; outline-offset: -1px; }
  code { color: var(--vscode-textPreformat-foreground); background: var(--vscode-textPreformat-background); padding: 1px 3px; border-radius: 4px; }
  ::-webkit-scrollbar { width: 10px; height: 10px; }
  ::-webkit-scrollbar-thumb { background: var(--vscode-scrollbarSlider-background); }
}`;

declare global {
  interface Window {
    posted: FromPanel[];
    complain(words: string): Promise<void>;
  }
}

/** Runs in the page: what the editor gives to a webview's script. */
function playEditor(): void {
  window.posted = [];
  document.addEventListener('securitypolicyviolation', (event) => {
    void window.complain(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
  });
  const api = {
    postMessage: (message: FromPanel) => void window.posted.push(structuredClone(message)),
    getState: () => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
    setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
  };
  Object.assign(window, { acquireVsCodeApi: () => api });
}

/** Runs in the page: resolves when the message has been taken and what it changed has been drawn. */
async function deliver(message: ToPanel): Promise<void> {
  const taken = new Promise((resolve) => window.addEventListener('message', resolve, { once: true }));
  window.postMessage(message, '*');
  await taken;
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

/** Runs in the page: the theme's variables and the class of its kind, as the editor sets them. */
function wear({
  variables,
  look,
}: {
  readonly variables: Readonly<Record<string, string>>;
  readonly look: string;
}): void {
  document.addEventListener('DOMContentLoaded', () => {
    for (const [name, value] of Object.entries(variables)) document.documentElement.style.setProperty(name, value);
    document.body.className = look;
  });
}
