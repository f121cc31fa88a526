/** What the pictures show: how each state of the extension is reached in a window, as a person reaches it. */
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { makeLearningWorkspace } from '../fakes/learningWorkspace.ts';
import { makeParcelWorkspace } from '../fakes/parcelWorkspace.ts';
import {
  activeEditor,
  clearNotifications,
  editorTab,
  enterText,
  goTo,
  notification,
  openContainer,
  openFile,
  quickInput,
  runCommand,
  webview,
} from './hostWindow.ts';
import type { HostWindow } from './hostWindow.ts';
import { gatedRipgrep } from './gatedRipgrep.ts';
import { hoverOver, leaveHover, shownHover } from './hover.ts';
import { ask, askAndWait, button, ended, openPanel, panelIn, shownPage } from './panel.ts';
import type { Panel } from './panel.ts';
import { QUESTION, makeFolder, makeParcel, writeText } from './parcel.ts';

export interface Place {
  /** Folder or `.code-workspace` file; an empty window without it. */
  readonly workspace?: string;
  /** File with the settings of the workspace, and what it holds besides the theme. */
  readonly settings?: { readonly path: string; readonly text: (theme: string) => string };
}

/** Windows of one kind; a server of its own where the shared one will not do. */
export interface Scenery {
  readonly server?: { readonly trust?: boolean; readonly locale?: string };
  readonly place: () => Place;
  readonly scenes: Readonly<Record<string, Scene>>;
}

export interface Scene {
  /** Once. */
  readonly show: (window: HostWindow) => Promise<unknown>;
  /** Before each picture, for what a change of the theme closes. */
  readonly again?: (window: HostWindow) => Promise<unknown>;
  /** After the last picture. */
  readonly leave?: (window: HostWindow) => Promise<unknown>;
  /** Another one at 220 px, where the panel is what is shown. */
  readonly narrow?: false;
}

const folderOf = (workspace: string, own: Readonly<Record<string, unknown>> = {}): Place => ({
  workspace,
  settings: {
    path: join(workspace, '.vscode/settings.json'),
    text: (theme) => JSON.stringify({ ...own, 'workbench.colorTheme': theme }),
  },
});

const fresh = async (window: HostWindow): Promise<Panel> => {
  const panel = await openPanel(window);
  await runCommand(window, 'Spoor: New Conversation');
  await panel.frame.getByText('Nothing leaves this machine.').waitFor();
  return panel;
};

const asked =
  (question: string, then?: (panel: Panel) => Promise<unknown>): Scene['show'] =>
  async (window) => {
    const panel = await fresh(window);
    await askAndWait(panel, question);
    await then?.(panel);
  };

const EXAMPLES = 'Questions to begin with';

const gateFolder = makeFolder();
const gate = gatedRipgrep(gateFolder);

const inPanel: Readonly<Record<string, Scene>> = {
  empty: {
    show: async (window) => {
      await openFile(window, 'src/upload/queue.ts');
      const panel = await openPanel(window);
      await panel.frame.getByRole('list', { name: EXAMPLES }).getByRole('button').first().waitFor();
      await panel.frame.getByText(/^docs: \d+ sections$/).waitFor();
    },
  },
  running: {
    show: async (window) => {
      const panel = await fresh(window);
      gate.close();
      await ask(panel, QUESTION);
      await gate.reached();
      await panel.last.getByRole('list', { name: 'Turn 1' }).getByText('grep').waitFor();
    },
    leave: async (window) => {
      gate.open();
      await panelIn(window).last.getByText('Sure:').waitFor();
    },
  },
  answer: { show: asked(QUESTION) },
  trail: { show: asked(QUESTION, (panel) => panel.last.getByRole('button', { name: /^Searched/ }).click()) },
  accepted: {
    show: asked('where is delayBefore defined?', async (panel) => {
      await button(panel.last, 'Accept').click();
      await button(panel.last, 'Accepted · undo').waitFor();
      await panel.cards.last().getByRole('button', { name: 'Not this' }).click();
      await panel.cards.first().getByRole('button', { name: 'This is the place' }).click();
      await panel.cards.first().getByRole('button', { name: 'This is the place', pressed: true }).waitFor();
    }),
  },
  'not-right': {
    show: async (window) => {
      await asked(QUESTION)(window);
      const panel = panelIn(window);
      await button(panel.last, 'Not right…').click();
      await openFile(window, 'src/config.ts');
      await goTo(window, 5, 1, 8);
      await button(panel.last, 'The selection is the right place').click();
      await button(panel.last, /^Remove src\/config\.ts 5–8/).scrollIntoViewIfNeeded();
    },
  },
  unsure: { show: asked('is there a rate limiter?') },
  'not-found': { show: asked('which metrics are exported to prometheus?') },
  nothing: { show: asked('zebra quantum flux capacitor?') },
  'follow-up': {
    show: asked(QUESTION, (panel) => askAndWait(panel, 'and where is it tested?')),
  },
  history: {
    show: async (window) => {
      await runCommand(window, 'Spoor: Show History');
      const { frame } = panelIn(window);
      await frame.getByRole('heading', { name: 'Conversations' }).waitFor();
      await frame.locator('.history li').first().waitFor();
    },
    leave: (window) => button(panelIn(window).frame, 'Back to the conversation').click(),
  },
  'at-list': {
    show: fresh,
    again: async (window) => {
      const { askBox, frame } = panelIn(window);
      await askBox.fill('');
      await askBox.pressSequentially('how are waits made longer @up');
      await frame.getByRole('option').first().waitFor();
    },
    leave: (window) => panelIn(window).askBox.fill(''),
  },
  'docs-paused': {
    show: async (window) => {
      const panel = await fresh(window);
      await runCommand(window, 'Spoor: Pause Docs Index');
      await panel.frame.getByText(/^docs: paused at/).waitFor();
    },
    leave: (window) => runCommand(window, 'Spoor: Resume Docs Index'),
  },
};

const inEditor: Readonly<Record<string, Scene>> = {
  hover: {
    show: (window) => openFile(window, 'src/upload/queue.ts'),
    again: async (window) => {
      await leaveHover(window);
      const hover = await hoverOver(window, 44, 'withBackoff', /Explain with Spoor|Ask about this/);
      const offer = hover.getByText('Explain with Spoor');
      if (await offer.isVisible()) await offer.click();
      await shownHover(window).getByText('Ask about this').first().waitFor();
    },
    leave: leaveHover,
    narrow: false,
  },
  menu: {
    show: (window) => openFile(window, 'src/upload/queue.ts'),
    again: async (window) => {
      await window.page.locator('.statusbar-item', { hasText: 'Spoor' }).click();
      await quickInput(window).getByText('Run doctor').waitFor();
    },
    leave: (window) => window.page.keyboard.press('Escape'),
    narrow: false,
  },
  doctor: {
    show: async (window) => {
      await runCommand(window, 'Spoor: Doctor');
      await shownPage(window).getByText('ripgrep').first().waitFor();
    },
    narrow: false,
  },
  'policy-card': {
    show: async (window) => {
      await runCommand(window, 'View: Close All Editors');
      await runCommand(window, 'Spoor: Show Policy Card');
      await editorTab(window, 'Policy Card').waitFor();
      await shownPage(window).getByRole('heading').first().waitFor();
    },
    narrow: false,
  },
  walkthrough: {
    show: async (window) => {
      await runCommand(window, 'View: Close All Editors');
      // Without it there is room for the pictures of the steps.
      await runCommand(window, 'View: Toggle Primary Side Bar Visibility');
      await window.page.locator('.part.sidebar').waitFor({ state: 'hidden' });
      await runCommand(window, 'Welcome: Open Walkthrough...');
      await enterText(window, 'Get Started with Spoor');
      await window.page.getByText('Say whether it was right').first().waitFor();
    },
    leave: (window) => runCommand(window, 'View: Toggle Primary Side Bar Visibility'),
    narrow: false,
  },
  settings: {
    show: async (window) => {
      await runCommand(window, 'View: Close All Editors');
      await runCommand(window, 'Preferences: Open Settings (UI)');
      await window.page.locator('.settings-editor .suggest-input-container .view-lines').first().click();
      await window.page.keyboard.type('@ext:spoor.spoor ');
      await window.page.locator('.settings-editor').getByText('Most turns of searching').first().waitFor();
    },
    narrow: false,
  },
};

const report = (window: HostWindow): FrameLocator => webview(window, 'spoor.spoor', 'editor');

const pickVersion = async (window: HostWindow, command: string): Promise<void> => {
  await runCommand(window, command);
  await quickInput(window).getByText('This workspace, version 1').waitFor();
  const fade = (box: Element): Promise<unknown> =>
    Promise.all(box.getAnimations({ subtree: true }).map(({ finished }) => finished));
  await quickInput(window).evaluate(fade);
};

/** One run of a minute, held where the first pictures are taken. */
const inTraining: Readonly<Record<string, Scene>> = {
  'training-live': {
    show: async (window) => {
      await runCommand(window, "Spoor: Train On This Repository's History");
      await notification(window, 'Spoor trains').waitFor();
      await runCommand(window, 'Spoor: Show Training Report');
      await report(window)
        .locator('p', { hasText: /Rounds: ([3-9]|\d\d)\./ })
        .first()
        .waitFor({ timeout: 180_000 });
      await runCommand(window, 'Spoor: Pause Training');
      await report(window)
        .getByText(/^paused/)
        .waitFor();
    },
    leave: (window) => runCommand(window, 'Spoor: Resume Training'),
    narrow: false,
  },
  'training-end': {
    show: (window) => notification(window, /policy .*version 1/).waitFor({ timeout: 240_000 }),
    // A notification hides by itself after a while.
    again: (window) => runCommand(window, 'Notifications: Show Notifications'),
    leave: (window) => clearNotifications(window),
    narrow: false,
  },
  'training-report': {
    show: async (window) => {
      await runCommand(window, 'View: Close All Editors');
      await pickVersion(window, 'Spoor: Show Training Report');
      await window.page.keyboard.press('Enter');
      await report(window).getByRole('heading', { name: 'Before and after' }).waitFor();
    },
    narrow: false,
  },
  'training-questions': {
    show: (window) => report(window).getByRole('heading', { name: 'What was left out' }).scrollIntoViewIfNeeded(),
    narrow: false,
  },
  'promote-policy': {
    show: async () => undefined,
    again: (window) => pickVersion(window, 'Spoor: Promote'),
    leave: (window) => window.page.keyboard.press('Escape'),
    narrow: false,
  },
  'compare-policies': {
    show: async (window) => {
      await runCommand(window, 'View: Close All Editors');
      await pickVersion(window, 'Spoor: Compare Policies');
      await window.page.keyboard.press('Enter');
      await quickInput(window).getByText('Shipped policy').click();
      await shownPage(window).getByRole('heading', { name: 'Policies compared' }).waitFor();
    },
    narrow: false,
  },
};

function severalFolders(): Place {
  const several = makeFolder();
  const [uploads, letters] = [join(several, 'uploads'), join(several, 'letters')];
  makeParcelWorkspace(uploads);
  const stamp = '"""Stamps."""\n\n\ndef print_stamp(value):\n    """Prints a stamp on a letter."""\n    return value\n';
  writeText(join(letters, 'src/stamp.py'), stamp);
  const folders = [{ path: uploads }, { path: letters }];
  const path = join(several, 'both.code-workspace');
  const text = (theme: string): string => JSON.stringify({ folders, settings: { 'workbench.colorTheme': theme } });
  return { workspace: path, settings: { path, text } };
}

/** So many pages that making an index of them takes longer than a picture. */
function manyDocs(): Place {
  const workspace = makeParcel();
  const page = (i: number): string => `# Page ${i}\n\n${`Word${i} is told of here. `.repeat(300)}\n`;
  for (let i = 0; i < 4000; i++) writeText(join(workspace, `docs/pages/${i % 50}/page${i}.md`), page(i));
  return folderOf(workspace);
}

function shop(): Place {
  const workspace = makeFolder();
  makeLearningWorkspace(workspace);
  return folderOf(workspace, { 'spoor.training.minutes': 1, 'spoor.training.processes': 2 });
}

export const SCENERIES: readonly Scenery[] = [
  { place: () => folderOf(makeParcel(), { 'spoor.ripgrepPath': gate.program }), scenes: inPanel },
  { place: () => folderOf(makeParcel()), scenes: inEditor },
  { place: shop, scenes: inTraining },
  {
    place: () => folderOf(makeParcel(), { 'spoor.ripgrepPath': '/nowhere/rg' }),
    scenes: {
      failure: {
        show: async (window) => {
          const panel = await openPanel(window);
          await panel.askBox.fill(QUESTION);
          await panel.askBox.press('Enter');
          await panel.frame.locator('.notice').getByText('/nowhere/rg').first().waitFor();
          await ended(panel);
        },
      },
      'doctor-failure': {
        show: async (window) => {
          await runCommand(window, 'Spoor: Doctor');
          await shownPage(window).getByText('✗').first().waitFor();
        },
        narrow: false,
      },
    },
  },
  {
    place: () => ({}),
    scenes: {
      'no-folder': {
        show: async (window) => {
          await openContainer(window, 'Spoor');
          await panelIn(window).frame.getByText('Open a folder to ask about its code.').waitFor();
        },
      },
    },
  },
  {
    server: { trust: true },
    place: () => folderOf(makeParcel()),
    scenes: {
      untrusted: {
        show: async (window) => {
          const panel = await openPanel(window);
          await panel.frame.getByText('This workspace is not trusted').waitFor();
          await askAndWait(panel, QUESTION);
        },
      },
    },
  },
  {
    place: severalFolders,
    scenes: {
      'multi-root': {
        show: async (window) => {
          const panel = await openPanel(window);
          await askAndWait(panel, 'what prints a stamp on a letter?');
          await panel.cards.first().getByRole('button').first().click();
          await activeEditor(window).getByText('print_stamp').first().waitFor();
        },
      },
    },
  },
  {
    place: manyDocs,
    scenes: {
      'docs-indexing': {
        show: openPanel,
        again: async (window) => {
          await runCommand(window, 'Spoor: Rebuild Docs Index');
          await panelIn(window)
            .frame.getByText(/^docs: indexing/)
            .waitFor();
        },
      },
    },
  },
  {
    server: { locale: 'de' },
    place: () => folderOf(makeParcel()),
    scenes: {
      german: {
        show: async (window) => {
          await openContainer(window, 'Spoor');
          const { frame } = panelIn(window);
          const box = frame.getByLabel('Zu diesem Code fragen', { exact: true });
          await box.fill(QUESTION);
          await box.press('Enter');
          await frame.locator('article[aria-busy="false"]').waitFor({ timeout: 60_000 });
        },
      },
    },
  },
];
