/** A language model writes over answers: choosing it, its prose above the cited answer, and all that can go wrong. */
import { basename } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { writeTinyModel } from '../fakes/tinyLanguageModel.ts';
import { startModelServer } from '../fakes/modelServer.ts';
import type { ModelRequest, ModelServer, ScriptedReply } from '../fakes/modelServer.ts';
import { enterText, notification, quickInput, reloadWindow, runCommand } from './hostWindow.ts';
import { ask, askAndWait, button, ended, openPanel } from './panel.ts';
import type { Panel } from './panel.ts';
import { QUESTION, makeFolder, makeParcel, removeFolders, writeWorkspaceSettings } from './parcel.ts';
import { until } from './until.ts';
import { useWindow } from './useWindow.ts';

const MODEL = 'tiny-coder:1b';
const WRITTEN = 'It waits longer after each failure [1]. Nobody knows why. It also calls magic [77].';
const workspace = makeParcel();
const window = useWindow(() => ({ workspace }));
let server: ModelServer;
let panel: Panel;
let reply: (request: ModelRequest) => ScriptedReply | Promise<ScriptedReply>;

beforeAll(async () => {
  server = await startModelServer((request) => reply(request), { models: ['other', MODEL] });
  panel = await openPanel(window());
});
beforeEach(() => {
  reply = () => ({ text: WRITTEN });
});
afterAll(async () => {
  await server.close();
  removeFolders();
});

const chats = (): readonly ModelRequest[] => server.requests.filter(({ path }) => path.endsWith('/chat/completions'));
const prose = () => panel.last.locator('.prose');
const paragraphs = () => prose().locator('p').first();
const origin = (): string => new URL(server.url).origin;

/** A row of the box at the top by its words. */
async function pick(words: string): Promise<void> {
  await quickInput(window()).locator('.quick-input-list .monaco-list-row', { hasText: words }).first().click();
}

async function titled(title: string): Promise<void> {
  await quickInput(window()).locator('.quick-input-title', { hasText: title }).waitFor();
}

async function choose(words: string): Promise<void> {
  await button(panel.frame, /^model: /).click();
  await titled('Which language model writes over answers?');
  await pick(words);
}

async function chooseServer(address: string): Promise<void> {
  await choose('A server');
  await titled('Address of the server');
  await enterText(window(), address);
}

test('without a model the status line says so, and nothing is asked', async () => {
  await button(panel.frame, 'model: off').waitFor();
  await askAndWait(panel, QUESTION);
  expect(await prose().count()).toBe(0);
  expect(server.requests).toHaveLength(0);
});

test('a server is chosen from the panel: its address, its key, one of its models', async () => {
  await chooseServer(server.url);
  await titled(`Key for ${origin()}`);
  await enterText(window(), '');
  await titled('Which model of the server?');
  await pick(MODEL);
  await button(panel.frame, `model: ${MODEL}`).waitFor();
});

test('the answer stands first, and prose streams above it', async () => {
  const gate = Promise.withResolvers<void>();
  reply = () => ({ text: WRITTEN, before: (piece) => (piece === 4 ? gate.promise : undefined) });
  await ask(panel, 'where is a failed upload put?');
  await ended(panel);
  const answer = await panel.last.locator('.answer').innerText();
  expect(await panel.cards.count()).toBeGreaterThan(0);
  await prose().getByRole('progressbar', { name: 'Writing' }).waitFor();
  await expect.poll(() => paragraphs().innerText()).toBe('It waits longer after');
  gate.resolve();
  await button(prose(), `${MODEL} wrote:`).waitFor();
  await expect
    .poll(() => paragraphs().innerText())
    .toContain('It waits longer after each failure [1]. Nobody knows why.');
  expect(await prose().locator('.uncited[title]').count()).toBe(2);
  await prose().getByText('Note: A number that is of no cited place was taken out.').waitFor();
  expect(await panel.last.locator('.answer').innerText()).toBe(answer);
  const [above, below] = [await prose().boundingBox(), await panel.last.locator('.answer').boundingBox()];
  expect(above!.y + above!.height).toBeLessThanOrEqual(below!.y);
  await button(prose(), 'Place 1').click();
  await panel.frame.locator('.card button:focus').first().waitFor();
  const sent = chats().at(-1)!;
  expect(sent.body.model).toBe(MODEL);
  expect(sent.headers.authorization).toBeUndefined();
  expect(sent.body.messages!.map(({ content }) => content).join('\n')).toContain('where is a failed upload put?');
});

test('prose is there after a reload, and is copied with the answer', async () => {
  await button(panel.last, 'Copy').click();
  const copied = await until('copied prose', async () => {
    const text = await window().page.evaluate(() => navigator.clipboard.readText());
    return text.includes(`**${MODEL} wrote:**`) && text;
  });
  expect(copied).toMatch(/It waits longer after each failure \[\\\[1\\\]\]\(/);
  await reloadWindow(window());
  panel = await openPanel(window());
  await button(prose(), `${MODEL} wrote:`).waitFor();
  expect(await paragraphs().innerText()).toContain('It waits longer after each failure [1].');
});

test('it is stopped, and the answer stays', async () => {
  reply = () => ({ text: 'It waits [1]. And', ends: 'never', finish: null });
  await ask(panel, 'how is the port of the server set?');
  await ended(panel);
  await prose().locator('.prose-text', { hasText: 'And' }).waitFor();
  await button(panel.frame, 'Stop (Esc)').click();
  await prose().getByText('Stopped.').waitFor();
  expect(await chats().at(-1)!.left).toBe(true);
  await panel.last.locator('.answer').getByText('Sure:').waitFor();
  reply = () => ({ text: WRITTEN });
  await button(prose(), 'Write Again').click();
  await button(prose(), `${MODEL} wrote:`).waitFor();
  await expect.poll(() => paragraphs().innerText()).toContain('each failure [1]');
});

test('a stream that is cut leaves what was written, and a sentence', async () => {
  reply = () => ({ text: 'It waits longer [1]. Then it', ends: 'cut' });
  await askAndWait(panel, QUESTION);
  await button(prose(), 'Write Again').waitFor();
  expect(await paragraphs().innerText()).toContain('It waits longer [1].');
  expect(await prose().locator('.notice').innerText()).toMatch(/\w/);
  await panel.last.locator('.answer').getByText('Sure:').waitFor();
});

test('a server that wants a key gets one, and it alone', async () => {
  const refused: ScriptedReply = { status: 401, body: { error: { message: 'Incorrect API key provided.' } } };
  reply = ({ headers }) => (headers.authorization === 'Bearer open-sesame' ? { text: WRITTEN } : refused);
  await askAndWait(panel, QUESTION);
  await button(prose(), 'Set Key').click();
  await titled(`Key for ${origin()}`);
  await enterText(window(), 'open-sesame');
  await quickInput(window()).waitFor({ state: 'hidden' });
  await button(prose(), 'Write Again').click();
  await button(prose(), `${MODEL} wrote:`).waitFor();
  await expect.poll(() => paragraphs().innerText()).toContain('each failure [1]');
  expect(chats().at(-1)!.headers.authorization).toBe('Bearer open-sesame');
  await runCommand(window(), 'Spoor: Forget Model Keys');
  await notification(window(), '1 key was deleted.').waitFor();
  await askAndWait(panel, QUESTION);
  await button(prose(), 'Set Key').waitFor();
});

test('a server elsewhere is asked only after the user allowed it', async () => {
  await chooseServer('http://models.invalid/v1');
  const dialog = window().page.locator('.monaco-dialog-box');
  await dialog.getByText('Send questions and cited code to http://models.invalid?').waitFor();
  await dialog.getByRole('button', { name: 'Cancel', exact: true }).click();
  await button(panel.frame, `model: ${MODEL}`).waitFor();
});

test('a server that is gone leaves the answer, with a sentence that says where nobody answers', async () => {
  await server.close();
  await askAndWait(panel, QUESTION);
  await prose().locator('.notice', { hasText: origin() }).waitFor();
  await button(prose(), 'Choose Model').waitFor();
  await button(prose(), 'Write Again').waitFor();
  await panel.last.locator('.answer').getByText('Sure:').waitFor();
  server = await startModelServer((request) => reply(request), { port: Number(new URL(server.url).port) });
});

test('a model in a folder writes in a process of its own', async () => {
  const folder = makeFolder();
  await writeTinyModel(folder, { replies: { '].<|assistant|>': ' It waits longer [1].' }, contextTokens: 100_000 });
  writeWorkspaceSettings(workspace, { 'spoor.model.source': 'folder', 'spoor.model.folder': folder });
  await button(panel.frame, `model: ${basename(folder)}`).waitFor();
  await askAndWait(panel, QUESTION);
  await button(prose(), `${basename(folder)} wrote:`).waitFor({ timeout: 60_000 });
  expect(await paragraphs().innerText()).toBe('It waits longer [1].');
  writeWorkspaceSettings(workspace, {});
});

test('with the model off again nothing is asked', async () => {
  await choose('Off');
  await button(panel.frame, 'model: off').waitFor();
  await askAndWait(panel, QUESTION);
  expect(await prose().count()).toBe(0);
  expect(server.requests).toHaveLength(0);
});
