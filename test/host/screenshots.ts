/**
 * Takes pictures of each state of the packaged extension in a real VS Code: in both themes, in both high-contrast
 * themes, and the panel at 220 px. For looking at; nothing is compared.
 *
 *   node scripts/node.mjs test/host/screenshots.ts --out DIR [--only STATE,STATE]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startServer, stopServer } from './hostServer.ts';
import type { HostServer } from './hostServer.ts';
import { enterText, openWindow, runCommand } from './hostWindow.ts';
import type { HostWindow } from './hostWindow.ts';
import { packedExtension } from './packedExtension.ts';
import { panelIn } from './panel.ts';
import { removeFolders } from './parcel.ts';
import { SCENERIES } from './screenshotScenes.ts';
import type { Place, Scene, Scenery } from './screenshotScenes.ts';
import { until } from './until.ts';

/**
 * By the end of the picture's name: the theme in settings and in the palette, and how the page shows that it is used.
 * The order is such that each has other colours of code than the one before; windows begin with the last.
 */
const THEMES = {
  light: { setting: 'Light Modern', title: 'Light Modern', shown: '.monaco-workbench.vs:not(.vs-dark)' },
  'contrast-dark': {
    setting: 'Default High Contrast',
    title: 'Dark High Contrast',
    shown: '.monaco-workbench.hc-black',
  },
  'contrast-light': {
    setting: 'Default High Contrast Light',
    title: 'Light High Contrast',
    shown: '.monaco-workbench.hc-light',
  },
  dark: { setting: 'Dark Modern', title: 'Dark Modern', shown: '.monaco-workbench.vs-dark' },
} as const;
type Theme = keyof typeof THEMES;

const WIDE = 340;
const NARROW = 220;

const { values } = parseArgs({ options: { out: { type: 'string' }, only: { type: 'string' } } });
if (values.out === undefined) throw new Error('Say where the pictures shall go: --out DIR');
const out = resolve(values.out);
const only = values.only?.split(',');
mkdirSync(out, { recursive: true });

const vsix = packedExtension();
let shared: HostServer | undefined;
try {
  for (const scenery of SCENERIES) if (wantedOf(scenery).length > 0) await takeScenery(scenery);
} finally {
  if (shared) await stopServer(shared);
  removeFolders();
}

function fail(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}

function wantedOf({ scenes }: Scenery): readonly [string, Scene][] {
  return Object.entries(scenes).filter(([name]) => only?.includes(name) ?? true);
}

async function takeScenery(scenery: Scenery): Promise<void> {
  const options = { vsix: [vsix], settings: { 'security.workspace.trust.startupPrompt': 'never' } };
  const own = scenery.server && (await startServer({ ...options, ...scenery.server }));
  const server = own ?? (shared ??= await startServer(options));
  try {
    const place = scenery.place();
    await useTheme(undefined, place, 'dark');
    const window = await openWindow(server.url, place);
    try {
      for (const [name, scene] of wantedOf(scenery)) await takeScene(window, place, name, scene);
    } finally {
      await window.browser.close();
    }
  } catch (error) {
    fail(String(error));
  } finally {
    if (own) await stopServer(own);
  }
}

/** A state that is not reached is told; the others are taken. */
async function takeScene(window: HostWindow, place: Place, name: string, scene: Scene): Promise<void> {
  try {
    await scene.show(window);
    await widen(window, WIDE);
    await until('coloured cards', async () => (await hasCards(window)) === ((await previewColors(window)) !== ''));
    for (const theme of Object.keys(THEMES) as Theme[]) {
      await useTheme(window, place, theme);
      await scene.again?.(window);
      await window.page.screenshot({ path: join(out, `${name}-${theme}.png`) });
    }
    if (scene.narrow !== false) await takeNarrow(window, name, scene);
    await scene.leave?.(window);
    process.stdout.write(`${name}\n`);
  } catch (error) {
    fail(`${name}: ${String(error)}`);
    await window.page.screenshot({ path: join(out, `${name}-failed.png`) }).catch(() => {});
  }
}

async function takeNarrow(window: HostWindow, name: string, scene: Scene): Promise<void> {
  await widen(window, NARROW);
  await scene.again?.(window);
  await window.page.screenshot({ path: join(out, `${name}-narrow.png`) });
  await widen(window, WIDE);
}

/** By the settings of the workspace, which a running VS Code takes over; by the palette where there is none. */
async function useTheme(window: HostWindow | undefined, { settings }: Place, theme: Theme): Promise<void> {
  const { setting, title, shown } = THEMES[theme];
  const before = window && (await previewColors(window));
  if (settings) {
    mkdirSync(dirname(settings.path), { recursive: true });
    writeFileSync(settings.path, settings.text(setting));
  } else if (window) {
    await runCommand(window, 'Preferences: Color Theme');
    await enterText(window, title);
  }
  if (!window) return;
  await window.page.locator(shown).waitFor();
  const isNew = (colors: string): boolean => colors !== before && colors !== '';
  if (before) await until('colours of the theme', async () => isNew(await previewColors(window)));
}

/** Of the code in the panel's cards; empty where some or all have none. They come a little after the theme. */
async function previewColors(window: HostWindow): Promise<string> {
  const previews = panelIn(window).frame.locator('.preview');
  const colors = await previews.evaluateAll((all) =>
    all.map((one) => [...one.querySelectorAll<HTMLElement>('.line span')].map(({ style }) => style.color).join(' ')),
  );
  return colors.includes('') ? '' : colors.join('\n');
}

async function hasCards(window: HostWindow): Promise<boolean> {
  return (await panelIn(window).frame.locator('.preview').count()) > 0;
}

/** Draws the edge of the side bar, where there is one, and takes the pointer away. */
async function widen({ page }: HostWindow, width: number): Promise<void> {
  const box = await page
    .locator('.part.sidebar:visible')
    .boundingBox({ timeout: 1_000 })
    .catch(() => null);
  if (!box) return;
  const middle = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width, middle);
  await page.mouse.down();
  await page.mouse.move(box.x + width, middle, { steps: 5 });
  await page.mouse.up();
  await page.mouse.move(3, 3);
}
