/** Spoor for the editor's own chat and its agents: tools, the participant, the model that is none, the MCP server. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openAgentProbe, packAgentProbe } from './agentProbe.ts';
import { chatView, type ChatView } from './chatView.ts';
import { gatedRipgrep } from './gatedRipgrep.ts';
import { startServer, stopServer, type HostServer } from './hostServer.ts';
import { cursorText, editorTab, goTo, openFile, quickInput, runCommand } from './hostWindow.ts';
import { panelIn } from './panel.ts';
import { ANSWER_PATH, QUESTION, makeFolder, makeParcel, removeFolders } from './parcel.ts';
import { until } from './until.ts';
import { useWindow } from './useWindow.ts';

const gate = gatedRipgrep(makeFolder());
const workspace = makeParcel({ 'spoor.ripgrepPath': gate.program, 'spoor.mcp.enabled': true });
const folder = mkdtempSync(join(tmpdir(), 'spoor-agents-'));
const socket = join(folder, 'probe');
const probe = openAgentProbe(socket);
let server: HostServer;

const window = useWindow(async () => {
  server = await startServer({
    vsix: [inject('vsix'), await packAgentProbe(folder)],
    env: { SPOOR_PROBE: socket },
    settings: { 'chat.disableAIFeatures': false, 'workbench.secondarySideBar.defaultVisibility': 'visible' },
  });
  // What is not in view cannot be clicked: the chat scrolls in a way of its own.
  return { server, workspace, viewport: { width: 1500, height: 1500 } };
});
afterAll(async () => {
  await stopServer(server);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  removeFolders();
});

/** Events of all feedback that was kept. */
function feedback(): readonly Record<string, unknown>[] {
  const kept = join(server.userData, 'User', 'globalStorage', 'spoor.spoor', 'feedback');
  const files = readdirSync(kept).filter((name) => name.endsWith('.jsonl'));
  const lines = files.flatMap((name) => readFileSync(join(kept, name), 'utf8').split('\n'));
  return lines.filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('tools for language models', () => {
  const SPOOR_TOOLS = ['find_definitions', 'search_codebase', 'search_docs', 'search_history'];

  test('are there, without any model', async () => {
    const names = await until('tools of Spoor', async () => {
      const found = (await probe.tools()).map(({ name }) => name).filter((name) => SPOOR_TOOLS.includes(name));
      return found.length === SPOOR_TOOLS.length && found;
    });
    expect([...names].toSorted()).toEqual(SPOOR_TOOLS);
  });

  test.each([
    ['search_codebase', { question: QUESTION }, ANSWER_PATH],
    ['find_definitions', { names: ['withBackoff'] }, ANSWER_PATH],
    ['search_docs', { query: 'how are retries configured' }, 'docs/'],
    ['search_history', { query: 'failed uploads' }, 'Try failed uploads again'],
  ])('%s answers', async (name, input, expected) => {
    expect((await probe.invoke({ name, input })).text).toContain(expected);
  });

  test('keep to the room that the caller has', async () => {
    const [whole, cut] = [
      await probe.invoke({ name: 'search_codebase', input: { question: QUESTION } }),
      await probe.invoke({ name: 'search_codebase', input: { question: QUESTION }, tokenBudget: 300 }),
    ];
    expect(whole.text!.length).toBeGreaterThan(1_200);
    expect(cut.text!.length).toBeLessThanOrEqual(1_200);
    expect(cut.text).toContain(ANSWER_PATH);
    expect(cut.text).toContain('The rest is left out');
  });

  test('say what is wrong with a call, and end when they are cancelled', async () => {
    const input = { question: 'where are uploads retried?', scope: ['../..'] };
    expect((await probe.invoke({ name: 'search_codebase', input })).error).toContain('in this workspace');
    gate.close();
    const call = { name: 'search_codebase', input: { question: 'who replays files?' }, cancel: true };
    expect((await probe.invoke(call)).error).toMatch(/cancel/i);
    gate.open();
  });
});

describe('with no language model', () => {
  let chat: ChatView;
  beforeAll(() => {
    chat = chatView(window(), probe);
  });

  test('Spoor is there as a model, and answers with citations', async () => {
    const models = await until('model of Spoor', async () => {
      const found = await probe.models();
      return found.length > 0 && found;
    });
    expect(models).toEqual([{ id: 'searcher', vendor: 'spoor', name: 'Spoor' }]);
    const { text } = await probe.ask({ vendor: 'spoor', texts: [QUESTION] });
    expect(text).toContain('withBackoff');
    expect(text).toContain(`**1** \`${ANSWER_PATH}:`);
  });

  test('@spoor answers with sentences, places and references, with nothing chosen before', async () => {
    await chat.shows('Spoor');
    const response = await chat.ask(`@spoor ${QUESTION}`);
    await response.locator('code', { hasText: 'withBackoff' }).first().waitFor();
    await response.getByText('Sure:').waitFor();
    expect(await response.innerText()).toMatch(/backoff\.ts:1-\d+/);
    await response.getByText(/^Completed \d+ steps/).click();
    await response.getByText(/^Used \d+ references?$/).waitFor();
  });

  test('a number leads to its lines', async () => {
    await chat.response.getByRole('link', { name: '[1]' }).first().click();
    await editorTab(window(), 'backoff.ts').waitFor();
  });

  test('Accept is kept as feedback, as the panel keeps it', async () => {
    const accept = chat.response.getByRole('button', { name: 'Accept' });
    await accept.click();
    const accepted = await until('verdict in the feedback', () => feedback().find(({ type }) => type === 'verdict'));
    const answered = feedback().find(({ type, id }) => type === 'answered' && id === accepted['id']);
    expect(accepted).toMatchObject({ verdict: 'accepted' });
    expect(answered).toMatchObject({ question: QUESTION, found: true });
  });

  test('the answer opens in the panel, accepted', async () => {
    await chat.response.getByRole('button', { name: 'Open in Spoor' }).click();
    const panel = panelIn(window());
    await panel.last.getByRole('heading', { name: QUESTION }).waitFor();
    await panel.last.getByRole('button', { name: 'Accepted · undo' }).waitFor();
  });

  test('a follow-up keeps the topic', async () => {
    await chat.renew();
    await chat.ask('@spoor where is delayBefore defined?');
    const offered = window()
      .page.locator('.interactive-session')
      .getByRole('button', { name: /and where is it tested\?/ });
    await offered.first().click();
    await until('answer of the follow-up', async () => /backoff\.test\.ts/.test(await chat.response.innerText()));
  });

  test('/find names the definition', async () => {
    await chat.renew();
    const response = await chat.ask('@spoor /find withBackoff');
    expect(await response.innerText()).toMatch(/backoff\.ts:16-25 — export async function withBackoff/);
  });

  test('/docs names sections', async () => {
    await chat.renew();
    const response = await chat.ask('@spoor /docs how retries are configured');
    expect(await response.innerText()).toMatch(/Retries[\s\S]*uploads\.md/);
  });

  test('/explain tells a name, and the one at the cursor', async () => {
    await chat.renew();
    const asked = await (await chat.ask('@spoor /explain UploadQueue')).innerText();
    expect(asked).toContain('src/upload/queue.ts:16');
    expect(asked).toContain('Used in 1 place');
    await openFile(window(), 'src/upload/queue.ts');
    await goTo(window(), 44, 14);
    await cursorText(window(), /^Ln 44/).waitFor();
    await chat.renew();
    await probe.run('workbench.action.chat.open', { query: '@spoor /explain ' });
    await until('explanation', async () => (await chat.response.innerText()).includes('src/upload/backoff.ts:16'));
  });

  test('what is stopped ends, and can be asked again', async () => {
    await chat.renew();
    gate.close();
    await chat.begin('@spoor who replays files that were given up on?');
    await gate.reached();
    await probe.run('workbench.action.chat.cancel');
    await chat.response.and(window().page.locator(':not(.chat-response-loading)')).waitFor();
    gate.open();
    expect(await chat.response.getByRole('button', { name: 'Accept' }).count()).toBe(0);
    await chat.renew();
    const again = await chat.ask('@spoor who replays files that were given up on?');
    await again.getByRole('button', { name: 'Accept' }).waitFor();
  });

  test('a question without a word gets a sentence', async () => {
    await chat.renew();
    expect(await (await chat.ask('@spoor ???')).innerText()).toContain('The question has no word to search for.');
    await chat.renew();
    expect(await (await chat.ask('@spoor /write how?')).innerText()).toContain('No language model is chosen');
  });
});

describe('with a language model', () => {
  let chat: ChatView;
  beforeAll(async () => {
    chat = chatView(window(), probe);
    await probe.script(['Nothing.']);
    await until('model of the probe', async () => (await probe.models()).some(({ vendor }) => vendor === 'probe'));
    await chat.choose({ vendor: 'probe', id: 'scripted', family: 'probe', name: 'Scripted' });
    await chat.renew();
  });

  test('nothing is sent to it until it is asked for its words', async () => {
    const response = await chat.ask(`@spoor ${QUESTION}`);
    await response.getByRole('button', { name: 'Accept' }).waitFor();
    expect(await probe.sent()).toEqual([]);
  });

  test('it writes over the evidence, and keeps to it', async () => {
    await probe.script([
      'Failed uploads wait and are tried again [1]. ',
      'They [99] never stop. ',
      'See [this](command:workbench.action.quit) and <img src=x onerror=alert(1)> [2].',
    ]);
    await chat.begin('@spoor /write');
    const text = await until('words of the model', async () => {
      const now = await chat.response.innerText();
      return /No|number/.test(now) && now.includes('Scripted wrote:') && now;
    });
    expect(text).toContain('Failed uploads wait and are tried again [1].');
    expect(text).toMatch(/They never stop\.? *\(rests on no cited place\)/);
    expect(text).not.toContain('[99]');
    expect(await chat.response.locator('img, a[data-href*="quit"]').count()).toBe(0);
    const [prompt] = await probe.sent();
    expect(prompt).toContain(ANSWER_PATH);
  });

  test('its failure is a sentence, and the answer stands', async () => {
    await probe.script([{ error: 'Request Failed: 429 Too Many Requests' }]);
    await chat.renew();
    const response = await chat.ask(`@spoor /write ${QUESTION}`);
    expect(await response.innerText()).toContain('its limit is reached');
    await response.getByText('Sure:').waitFor();
  });
});

test('the MCP server is listed where the settings say so, runs, and offers the same tools', async () => {
  await runCommand(window(), 'MCP: List Servers');
  await quickInput(window()).locator('.monaco-list-row', { hasText: 'Spoor' }).first().click();
  const start = quickInput(window())
    .locator('.monaco-list-row', { hasText: /Start Server|Stop Server/ })
    .first();
  if ((await start.innerText()).includes('Start')) await start.click();
  else await window().page.keyboard.press('Escape');
  const names = await until(
    'tools of the MCP server',
    async () => {
      const found = (await probe.tools()).map(({ name }) => name).filter((name) => name.startsWith('mcp_spoor_'));
      return found.length === 4 && found;
    },
    60_000,
  );
  expect([...names].toSorted()).toContain('mcp_spoor_search_codebase');
  const { text } = await probe.invoke({ name: 'mcp_spoor_find_definitions', input: { names: ['withBackoff'] } });
  expect(text).toContain(ANSWER_PATH);
});
