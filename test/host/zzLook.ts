import { startServer, stopServer } from './hostServer.ts';
import { openWindow, runCommand } from './hostWindow.ts';
import { packedExtension } from './packedExtension.ts';
import { askAndWait, openPanel } from './panel.ts';
import { makeParcel, removeFolders, QUESTION } from './parcel.ts';

const out = '/tmp/V/shots';
const server = await startServer({ vsix: [packedExtension()] });
try {
  const workspace = makeParcel();
  const window = await openWindow(server.url, { workspace });
  try {
    const panel = await openPanel(window);
    await panel.frame.getByRole('list', { name: 'Questions to begin with' }).waitFor({ timeout: 10000 }).catch((e) => console.log('examples', String(e).slice(0, 100)));
    await window.page.screenshot({ path: `${out}/empty.png` });
    await askAndWait(panel, QUESTION);
    await window.page.screenshot({ path: `${out}/answer.png` });
    await panel.cards.first().getByRole('button', { name: /^Place 1: / }).click();
    await window.page.locator('.tab.active').waitFor();
    await window.page.waitForTimeout(1500);
    await window.page.screenshot({ path: `${out}/opened.png` });
    for (const [name, title] of [['card', 'Spoor: Show Policy Card'], ['doctor', 'Spoor: Doctor'], ['history', 'Spoor: Show History']]) {
      await runCommand(window, title!);
      await window.page.waitForTimeout(2500);
      await window.page.screenshot({ path: `${out}/${name}.png` });
    }
    await window.page.locator('[id="spoor.spoor.spoor.status"]').click().catch((e) => console.log(String(e).slice(0, 200)));
    await window.page.waitForTimeout(800);
    await window.page.screenshot({ path: `${out}/menu.png` });
  } catch (error) {
    console.log(error);
    await window.page.screenshot({ path: `${out}/failed.png` });
  } finally {
    console.log(window.console.filter((line) => /spoor|Content Security|error/i.test(line)).slice(0, 20).join('\n'));
    await window.browser.close();
  }
} finally {
  const { execFileSync } = await import('node:child_process');
  try { console.log(execFileSync('bash', ['-c', `find ${server.userData}/logs ${server.folder} -name '*poor*.log' | sort -u | xargs -r tail -n 30; grep -rh "spoor" ${server.userData}/logs --include=remoteexthost.log | tail -20`], { encoding: 'utf8' })); } catch (e) { console.log(String(e)); }
  await stopServer(server);
  removeFolders();
}
