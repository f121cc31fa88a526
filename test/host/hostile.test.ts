/** A workspace that tries to do harm by its names, contents, docs and commit messages: all of it stays text. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeRepository, runGit } from '../fakes/gitRepository.ts';
import { activeEditor, openFile } from './hostWindow.ts';
import { explainOver } from './hover.ts';
import { askAndWait, button, openPanel } from './panel.ts';
import type { Panel } from './panel.ts';
import { makeFolder, removeFolders } from './parcel.ts';
import { useWindow } from './useWindow.ts';

const MARKUP = '<img src=x onerror=alert(1)><script>alert(2)</script>';
const LINKS =
  '[run](command:workbench.action.terminal.new) ![p](http://tracker.invalid/p.png) <http://tracker.invalid>';
const STEERING = '\u001b[31mred\u001b[0m \u202egnitser\u202c \u0007';

const code = (name: string): string =>
  `/**\n * ${MARKUP} ${LINKS}\n * ${STEERING} $(touch pwned) \`touch pwned\`\n */\nexport function ${name}(): string {\n  return '${MARKUP}';\n}\n`;

const FILES: Readonly<Record<string, string>> = {
  'src/zebra.ts': code('zebraCrossing'),
  'src/<img src=x onerror=alert(3)>.ts': code('zebraImage'),
  'src/$(touch pwned).ts': code('zebraShell'),
  'src/[x](command:workbench.action.quit).ts': code('zebraLink'),
  'src/\u202estr.zebra.ts': code('zebraBidi'),
  'src/zebra\u001b[31m.ts': code('zebraColour'),
  'src/-e.ts': code('zebraOption'),
  // The editor has no hovers of its own for this one.
  'src/zebra.py': `${'# Crossing.\n'.repeat(9)}def zebra_crossing():\n    """${MARKUP} ${LINKS}\n\n    ${STEERING}\n    """\n`,
  'docs/zebra.md': `# ${MARKUP} zebra ${LINKS}\n\n${STEERING} The zebra crosses. ${MARKUP}\n`,
};

const workspace = makeFolder();
const window = useWindow(() => {
  makeRepository(workspace, [FILES]);
  runGit(workspace, ['commit', '--quiet', '--amend', '-m', `Cross the zebra ${MARKUP} ${LINKS} ${STEERING}`]);
  return { workspace };
});
const dialogs: string[] = [];
let panel: Panel;

beforeAll(async () => {
  window().page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  panel = await openPanel(window());
});
afterAll(removeFolders);

/** Elements that only markup of the workspace could have brought in. */
const foreign = '#spoor :is(img, picture, video, script, style, link, iframe, object, embed, base, meta, a)';

async function expectNothingRan(): Promise<void> {
  expect(dialogs).toEqual([]);
  expect(existsSync(join(workspace, 'pwned'))).toBe(false);
  expect(window().blocked.filter((address) => address.includes('tracker'))).toEqual([]);
  expect(window().console.filter((line) => /Content.Security.Policy|tracker\.invalid/i.test(line))).toEqual([]);
  expect(await window().page.locator('.terminal-wrapper, .monaco-dialog-box').count()).toBe(0);
}

test('answers, cards and the trail show markup as text', async () => {
  await askAndWait(panel, 'where does the zebra cross?');
  await askAndWait(panel, 'what is zebraCrossing, zebraImage, zebraShell, zebraLink, zebraBidi, zebraColour?');
  await panel.last.getByRole('button', { name: /^Searched/ }).click();
  await panel.last.getByText('<img src=x onerror=alert(3)>.ts').first().waitFor();
  await panel.last
    .getByText(/<script>alert\(2\)<\/script>/)
    .first()
    .waitFor();
  await panel.last.getByText('U+202E').first().waitFor();
  expect(await panel.frame.locator(foreign).count()).toBe(0);
  const shown = await panel.frame.locator('#spoor').innerText();
  expect(shown.split('\n').filter((line) => /[\u001b\u0007\u202e]/.test(line))).toEqual([]);
  await expectNothingRan();
});

test('a question with markup is shown as it was typed', async () => {
  await askAndWait(panel, `where is zebraCrossing? ${MARKUP} ${LINKS}`);
  await panel.last.getByRole('heading', { name: MARKUP }).waitFor();
  expect(await panel.frame.locator(foreign).count()).toBe(0);
  await expectNothingRan();
});

test('the answer is copied with markup made harmless, and places with hostile names open', async () => {
  await button(panel.last, 'Open all').click();
  await activeEditor(window()).getByText('zebraCrossing').first().waitFor();
  await button(panel.last, 'Copy').click();
  await expectNothingRan();
});

test('hovers show markup as text and have no links but our own', async () => {
  await openFile(window(), 'src/zebra.py');
  const card = await explainOver(window(), 10, 'zebra_crossing');
  const links = await card.locator('a').evaluateAll((all) => all.map((link) => link.getAttribute('data-href') ?? ''));
  expect(links.length).toBeGreaterThan(1);
  expect(links.filter((link) => !link.startsWith('command:spoor.'))).toEqual([]);
  expect(await card.locator('img, script').count()).toBe(0);
  expect(await card.innerText()).toContain('Cross the zebra');
  await expectNothingRan();
});
