/** The process that searches, forked from the sources as the editor forks its bundle. */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { EpisodeEvent } from '#core/agent/event.ts';
import type { AskReply, AskRequest, ServiceEvent, ServiceSettings } from '#node/service/searchService.ts';
import { createServiceClient, type ServiceClient, type ServiceClientOptions } from '#node/service/serviceClient.ts';
import { policyFolders } from '#node/stores/policyFolders.ts';
import { createPolicyStore } from '#node/stores/policyStore.ts';
import { makeParcelWorkspace } from '../../../test/fakes/parcelWorkspace.ts';
import { learningReport, markedModel } from '../../../test/fakes/policyVersions.ts';
import { serviceModule, serviceSettings } from '../../../test/fakes/serviceSettings.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-service-')));
const parcel = join(base, 'parcel');
const storage = join(base, 'storage');
const settings = serviceSettings({ folders: [parcel], storage });
const request: AskRequest = { question: 'Where are failed uploads tried again?', scope: [], earlier: [] };

let clients: ServiceClient[] = [];

beforeAll(() => makeParcelWorkspace(parcel));
afterEach(async () => {
  await Promise.all(clients.map((client) => client.dispose()));
  clients = [];
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

interface Started {
  readonly client: ServiceClient;
  /** Processes so far, the latest last. */
  readonly children: ChildProcess[];
  readonly logged: string[];
  readonly events: ServiceEvent[];
}

function start(given: Partial<ServiceClientOptions> = {}): Started {
  const [children, logged, events]: [ChildProcess[], string[], ServiceEvent[]] = [[], [], []];
  const client = createServiceClient({
    modulePath: serviceModule,
    settings,
    log: (text) => logged.push(text),
    onEvent: (event) => events.push(event),
    fork: ((...args: Parameters<typeof fork>) => {
      const child = fork(...args);
      children.push(child);
      return child;
    }) as typeof fork,
    ...given,
  });
  clients.push(client);
  return { client, children, logged, events };
}

const ask = (
  { client }: Started,
  given: Partial<AskRequest> = {},
  emit: (event: EpisodeEvent) => void = () => undefined,
  signal = new AbortController().signal,
): Promise<AskReply> => client.ask({ ...request, ...given }, emit, signal);

/** Whether a process runs; one that is dead and that nobody has fetched does not. */
function isAlive(pid: number | undefined): boolean {
  try {
    process.kill(pid!, 0);
    return process.platform !== 'linux' || !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

const lineOf = (path: string, text: string): number =>
  readFileSync(join(parcel, path), 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text)) + 1;

function grammarFile(): string {
  const file = join(base, 'grammar.json');
  const patterns = [{ match: '\\b(export|function|const|return)\\b', name: 'keyword.ts' }];
  writeFileSync(file, JSON.stringify({ scopeName: 'source.ts', patterns }));
  return file;
}

describe('a question', () => {
  test('is answered by a process that its first call starts, and its events come in order', async () => {
    const started = start();
    expect(started.client.state).toBe('idle');
    const events: EpisodeEvent[] = [];
    const { answer, episode } = await ask(started, {}, (event) => events.push(event));
    expect(started.client.state).toBe('running');
    expect(answer.question).toBe(request.question);
    expect(answer.citations[0]).toMatchObject({ path: 'src/upload/backoff.ts' });

    const types = events.map(({ type }) => type);
    expect([types[0], types.at(-1)]).toEqual(['turn-started', 'stopped']);
    const turns = events.flatMap((event) => (event.type === 'turn-started' ? [event.turn] : []));
    expect(turns).toEqual(answer.trail.map(({ turn }) => turn));
    const calls = events.flatMap((event) => (event.type === 'call-ended' ? [event.call] : []));
    expect(new Set(calls.map(({ said }) => said))).toEqual(
      new Set(answer.trail.flatMap((turn) => turn.calls.map(({ said }) => said))),
    );

    expect(episode).toMatchObject({ searchedFor: request.question, policy: { name: 'learned' } });
    expect(episode.policy.digest).toMatch(/^[0-9a-f]{16}$/);
    expect(episode.folders).toEqual([{ name: '', commit: expect.stringMatching(/^[0-9a-f]{40}$/) as string }]);
    expect(episode.steps.some(({ action }) => action.kind === 'cite')).toBe(true);
    for (const { logProb, legal } of episode.steps) {
      expect(legal).toBeGreaterThan(0);
      expect(logProb).toBeLessThanOrEqual(0);
      if (legal === 1) expect(logProb).toBe(0);
    }
    expect(episode.steps.some(({ logProb }) => logProb < 0)).toBe(true);
  });

  test('runs beside another, each with its own events and answer', async () => {
    const started = start();
    const seen: [Set<string>, Set<string>] = [new Set(), new Set()];
    const collect =
      (place: Set<string>) =>
      (event: EpisodeEvent): void => {
        if (event.type === 'turn-started') for (const { what } of event.calls) for (const word of what) place.add(word);
      };
    const [uploads, port] = await Promise.all([
      ask(started, {}, collect(seen[0])),
      ask(started, { question: 'Which port does the server listen on?' }, collect(seen[1])),
    ]);
    expect([...seen[0]]).toContain('uploads');
    expect([...seen[1]]).toContain('port');
    expect([...seen[1]]).not.toContain('uploads');
    expect(uploads.answer.question).not.toBe(port.answer.question);
    expect(port.answer.files).toContain('src/server.ts');
    expect(started.children).toHaveLength(1);
  });

  test('that is cancelled is rejected at once, and the process goes on', async () => {
    const started = start();
    const stopping = new AbortController();
    const late: string[] = [];
    const asked = ask(
      started,
      {},
      ({ type }) => {
        if (stopping.signal.aborted) late.push(type);
        stopping.abort();
      },
      stopping.signal,
    );
    await expect(asked).rejects.toMatchObject({ name: 'ServiceError', kind: 'cancelled' });
    expect((await ask(started)).answer.found).toBe(true);
    expect(late).toEqual([]);
    expect(started.children).toHaveLength(1);
    await expect(ask(started, {}, undefined, AbortSignal.abort())).rejects.toMatchObject({ kind: 'cancelled' });
  });

  test('follows an earlier one, stays inside of its scope, and is about what is selected', async () => {
    const started = start();
    const tested = await ask(started, { question: 'and where is it tested?', earlier: [request.question] });
    expect(tested.answer.question).toBe('and where is it tested?');
    expect(tested.episode.searchedFor).toBe(`and where is it tested?\n${request.question}`);
    expect(tested.answer.citations[0]).toMatchObject({ path: 'test/backoff.test.ts' });
    expect(tested.answer.notes).toContain('Only tests were searched, as the question asks for them.');
    const documented = await ask(started, { question: 'is it documented?', earlier: [request.question] });
    expect(documented.answer.citations[0]).toMatchObject({ path: 'docs/uploads.md' });
    await expect(ask(started, { question: 'and where is it?' })).rejects.toMatchObject({ kind: 'question' });

    const scoped = await ask(started, { scope: ['docs', 'README.md'] });
    expect(scoped.answer.files.length).toBeGreaterThan(0);
    for (const path of scoped.answer.files) expect(path).toMatch(/^(docs\/|README\.md$)/);

    const selection = { path: 'src/upload/backoff.ts', start: 1, end: 1, text: 'delayBefore' };
    const selected = await ask(started, { question: 'what is this?', selection });
    expect(selected.answer.citations[0]).toMatchObject({ symbol: { name: 'delayBefore' } });
  });

  test.each([
    [{ question: '?! …' }, settings, 'question', /no word to search for/],
    [{}, { ...settings, policy: join(base, 'none.onnx') }, 'policy', /^There is no file .*none\.onnx\./],
    [{}, { ...settings, folders: [join(base, 'nowhere')] }, 'workspace', /^There is no folder .*nowhere\./],
    [{}, { ...settings, folders: [] }, 'workspace', /^No folder is open\./],
  ] as const)(
    'that cannot be asked is refused with a sentence: %j',
    async (given, wrong: ServiceSettings, kind, says) => {
      const started = start({ settings: wrong });
      await expect(ask(started, given)).rejects.toMatchObject({
        name: 'ServiceError',
        kind,
        message: expect.stringMatching(says) as string,
      });
      expect(started.client.state).toBe('running');
    },
  );
});

describe('beside questions, the process', () => {
  test('explains names, finds, colours and names places, completes paths, offers questions', async () => {
    const { client } = start();
    const none = new AbortController().signal;
    const uses = {
      name: 'withBackoff',
      path: 'src/upload/queue.ts',
      line: lineOf('src/upload/queue.ts', 'withBackoff('),
    };
    const explanation = await client.explain(uses, none);
    expect(explanation).toMatchObject({ name: 'withBackoff', definition: { kind: 'function' } });
    expect(await client.commit(explanation!.change!.id, none)).toContain(explanation!.change!.subject);
    expect(await client.commit('f'.repeat(40), none)).toBeUndefined();

    const { answer } = await client.ask(request, () => undefined, none);
    const [place] = answer.citations;
    const places = [place!, { ...place!, lines: ['gone'] }];
    expect(await client.locate(places)).toEqual([{ state: 'same' }, { state: 'stale' }]);
    expect(await client.color(places)).toEqual([undefined, undefined]);
    await client.look({ kind: 'dark', grammars: [{ scope: 'source.ts', file: grammarFile(), files: ['.ts'] }] });
    const [lines] = await client.color(places);
    expect(lines!.map((line) => line.map(({ text }) => text).join(''))).toEqual(place!.lines);

    expect(await client.resolve([place!.path, '../x', '~docs/none/a.md'])).toEqual([
      { file: join(parcel, place!.path) },
      undefined,
      undefined,
    ]);
    expect(await client.complete('backoff', 3)).toContain('src/upload/backoff.ts');
    expect((await client.examples()).length).toBeGreaterThan(0);
  });

  test('says which policy answers and checks what it needs, with a folder and without', async () => {
    for (const folders of [[parcel], []]) {
      const { client } = start({ settings: { ...settings, folders } });
      const { name, digest } = await client.policy();
      expect([name, digest]).toEqual(['learned', expect.stringMatching(/^[0-9a-f]{16}$/)]);
      expect(await client.card()).toContain(digest);
      const checks = await client.check();
      expect(checks.filter(({ ok }) => !ok)).toEqual([]);
      expect(checks.map((check) => check.name)).toContain('runtime');
    }
    const { client } = start({ settings: { ...settings, policy: join(base, 'none.onnx'), rg: '/nowhere/rg' } });
    await expect(client.policy()).rejects.toMatchObject({ kind: 'policy' });
    const wrong = (await client.check()).filter(({ ok }) => !ok);
    expect(wrong.map((check) => check.name)).toEqual(['ripgrep', 'policy']);
    for (const { remedy } of wrong) expect(remedy).toMatch(/\.$/);
  });
});

test('a policy that is promoted, gone back from or pulled answers the next question of the same process', async () => {
  const policies = policyFolders(join(base, 'policies'), ['file:///parcel']);
  const store = createPolicyStore({ directory: policies.workspace });
  const started = start({ settings: { ...settings, policies } });
  const asked = async (): Promise<string> => (await ask(started)).episode.policy.name;
  expect(await asked()).toBe('learned');
  const { card } = await store.add({ model: markedModel('one'), report: learningReport() });
  await store.promote(1);
  const { answer, episode } = await ask(started);
  expect(episode.policy).toEqual({ name: 'this workspace 1', digest: card.digest });
  expect(answer.citations[0]).toMatchObject({ path: 'src/upload/backoff.ts' });
  expect(await started.client.policy()).toMatchObject({ kind: 'workspace', version: 'this workspace 1', number: 1 });
  expect(await started.client.card()).toContain('# Policy: this workspace 1');

  writeFileSync(join(parcel, 'team.onnx'), markedModel('team'));
  started.client.configure({ ...settings, policies, policyFile: 'team.onnx' });
  expect(await asked()).toBe('team');
  writeFileSync(join(parcel, 'team.onnx'), 'a conflict of a merge');
  const fallen = await ask(started);
  expect(fallen.episode.policy.name).toBe('this workspace 1');
  expect(fallen.answer.notes[0]).toMatch(
    /^The policy "team" cannot be used\. .* So the policy "this workspace 1" searched\.$/,
  );
  expect((await started.client.policy()).note).toBe(fallen.answer.notes[0]);
  expect((await started.client.check()).find(({ name }) => name === 'policy')).toMatchObject({
    ok: false,
    found: expect.stringContaining('The policy in use is "this workspace 1"') as string,
  });

  started.client.configure({ ...settings, policies });
  await store.rollBack();
  expect(await asked()).toBe('learned');
  expect(started.children).toHaveLength(1);
  rmSync(join(parcel, 'team.onnx'));
});

describe('a docs site', () => {
  const page = (title: string, text: string): string =>
    `<html><head><title>${title}</title></head><body><main><h1>${title}</h1><p>${text}</p></main></body></html>`;
  const pages = new Map([
    ['/guide/', page('Guide', 'See <a href="quagga.html">the quagga</a>.')],
    ['/guide/quagga.html', page('Quagga', 'The quagga setting says how long a quagga may graze in the meadow.')],
  ]);
  const server = createServer((asked, reply) => {
    const found = pages.get(asked.url!);
    reply.writeHead(found ? 200 : 404, { 'content-type': 'text/html' }).end(found ?? '');
  });
  afterAll(() => void server.close());

  test('is read when that is asked for, searched, and cited with its address', async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/guide/`;
    const directory = join(base, 'sites', 'guide');
    const started = start({ settings: { ...settings, docsFolders: [directory] } });
    const told: unknown[] = [];
    const report = await started.client.crawl(
      { url, directory },
      (one) => told.push(one),
      new AbortController().signal,
    );
    expect(report.pages).toBe(2);
    expect(told[0]).toEqual({ pages: 0, url });

    await started.client.docs('status');
    await vi.waitFor(() => expect(started.events.at(-1)?.status.complete).toBe(true), 20_000);
    const { answer } = await ask(started, { question: 'What do the docs say about how long a quagga may graze?' });
    const cited = answer.citations.find(({ path }) => path.startsWith('~docs/'));
    expect(cited?.lines.join(' ')).toContain('graze in the meadow');
    // A process that has just started knows the place too.
    started.children[0]!.kill('SIGKILL');
    await vi.waitFor(() => expect(started.client.state).toBe('idle'), 20_000);
    expect(await started.client.locate([cited!])).toEqual([{ state: 'same' }]);
    expect(await started.client.resolve([cited!.path])).toEqual([
      { file: expect.stringContaining(directory) as string, url: `${url}quagga.html` },
    ]);
  });

  test('that is cancelled or is none is told so', async () => {
    const { client } = start({ settings: { ...settings, folders: [] } });
    const asked = { url: 'http://127.0.0.1:1/', directory: join(base, 'sites', 'none') };
    await expect(client.crawl(asked, () => undefined, AbortSignal.abort())).rejects.toMatchObject({
      kind: 'cancelled',
    });
    const none = new AbortController().signal;
    await expect(client.crawl(asked, () => undefined, none)).rejects.toMatchObject({ kind: 'failed' });
    await expect(client.crawl({ ...asked, url: 'file:///etc' }, () => undefined, none)).rejects.toMatchObject({
      kind: 'failed',
    });
  });
});

describe('a process that ends in the middle of a question', () => {
  test('rejects who waits by a sentence, and the next question starts a new one', async () => {
    const started = start();
    await started.client.docs('pause');
    const asked = ask(started, {}, () => started.children[0]!.kill('SIGKILL'));
    await expect(asked).rejects.toMatchObject({
      kind: 'ended',
      message: 'The searching process was killed by SIGKILL. Ask again: it is started anew.',
    });
    expect((await ask(started)).answer.found).toBe(true);
    expect(started.children).toHaveLength(2);
    // What the old one was told, the new one knows.
    expect(await started.client.docs('status')).toMatchObject({ paused: true });
    expect(started.logged.join('\n')).toMatch(/was killed by SIGKILL/);
  });

  test('again and again is left alone for a while, and then started anew', async () => {
    let laterMs = 0;
    const started = start({ nowMs: () => performance.now() + laterMs });
    for (let death = 0; death < 3; death++)
      await expect(ask(started, {}, () => started.children.at(-1)!.kill('SIGKILL'))).rejects.toMatchObject({
        kind: 'ended',
      });
    expect(started.client.state).toBe('resting');
    await expect(ask(started)).rejects.toMatchObject({
      kind: 'ended',
      message: expect.stringMatching(/in the log/) as string,
    });
    expect(started.children).toHaveLength(3);
    laterMs = 60_001;
    expect(started.client.state).toBe('idle');
    expect((await ask(started)).answer.found).toBe(true);
  });

  test('by a fault of its own says which, in the log', async () => {
    const modulePath = join(base, 'faulty.mjs');
    writeFileSync(modulePath, `process.on('message', () => { throw new Error('out of order'); });\n`);
    const started = start({ modulePath });
    await expect(ask(started)).rejects.toMatchObject({
      kind: 'ended',
      message: expect.stringMatching(/^The searching process ended with code 1\./) as string,
    });
    expect(started.logged.join('\n')).toContain('out of order');
  });

  test('that cannot be started at all is told too', async () => {
    const started = start({ modulePath: join(base, 'none.mjs') });
    await expect(ask(started)).rejects.toMatchObject({ kind: 'ended' });
    expect(started.logged.join('\n')).toMatch(/Cannot find module/);
  });
});

describe('settings', () => {
  test('change live: another folder, other turns, no docs', async () => {
    const other = join(base, 'other');
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, 'again.ts'), 'export function tryUploadAgain() {}\n');
    const started = start();
    const first = ask(started, {}, () => started.client.configure({ ...settings, folders: [other], docs: false }));
    // A question that runs is done where it began.
    expect((await first).answer.files).toContain('src/upload/backoff.ts');
    expect((await ask(started)).answer.files).toEqual(['again.ts']);
    expect(await started.client.docs('status')).toMatchObject({ complete: true, sectionsIndexed: 0 });

    started.client.configure({ ...settings, turns: 1, policy: 'hand' });
    const { answer, episode } = await ask(started, { question: 'Where is withBackoff?' });
    expect(answer.trail.length).toBe(1);
    expect(episode.policy).toEqual({ name: 'hand', digest: '' });
    for (const { logProb } of episode.steps) expect(logProb).toBe(0);
    expect(started.children).toHaveLength(1);
  });

  test('without history git is not run', async () => {
    const { answer, episode } = await ask(start({ settings: { ...settings, history: false } }));
    expect(episode.folders).toEqual([{ name: '' }]);
    expect(answer.trail.flatMap(({ calls }) => calls).filter(({ tool }) => tool === 'history')).toEqual([]);
  });
});

describe('the docs index', () => {
  const statuses = ({ events }: Started) => events.map(({ status }) => status);

  test('is made in the background and tells how far it is', async () => {
    const started = start({ settings: { ...settings, storage: join(base, 'fresh') } });
    const first = await started.client.docs('status');
    await vi.waitFor(() => expect(statuses(started).at(-1)).toMatchObject({ complete: true, paused: false }), 20_000);
    const last = statuses(started).at(-1)!;
    expect(last.sectionsIndexed).toBeGreaterThan(first.sectionsIndexed);
    expect(await started.client.docs('status')).toEqual(last);
  });

  test('is held, goes on, and is made anew', async () => {
    const started = start({ settings: { ...settings, storage: join(base, 'held') } });
    expect(await started.client.docs('pause')).toMatchObject({ paused: true });
    expect((await ask(started)).answer.notes.join(' ')).toMatch(/docs index is still being made/);
    await started.client.docs('resume');
    await vi.waitFor(() => expect(statuses(started).at(-1)).toMatchObject({ complete: true }), 20_000);
    const { sectionsIndexed } = statuses(started).at(-1)!;
    expect(sectionsIndexed).toBeGreaterThan(5);
    started.events.length = 0;
    await started.client.docs('rebuild');
    await vi.waitFor(() => expect(statuses(started).at(-1)).toMatchObject({ complete: true, sectionsIndexed }), 20_000);
    expect(statuses(started).some(({ complete }) => !complete)).toBe(true);
  });
});

describe('in the end there is no process', () => {
  test('when the client is disposed of', async () => {
    const started = start();
    const asked = ask(started);
    asked.catch(() => undefined);
    await started.client.docs('status');
    await started.client.dispose();
    await expect(asked).rejects.toMatchObject({ kind: 'ended' });
    expect(isAlive(started.children[0]!.pid)).toBe(false);
    expect(started.client.state).toBe('disposed');
    await expect(ask(started)).rejects.toMatchObject({
      kind: 'ended',
      message: expect.stringMatching(/^Spoor was stopped/) as string,
    });
    expect(started.children).toHaveLength(1);
  });

  test('when the client was never used', async () => {
    const started = start();
    await started.client.dispose();
    expect(started.children).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')('when it hangs', async () => {
    const started = start();
    await started.client.docs('status');
    started.children[0]!.kill('SIGSTOP');
    await started.client.dispose();
    expect(isAlive(started.children[0]!.pid)).toBe(false);
  });

  test('when the editor is gone', async () => {
    const host = spawn(
      process.execPath,
      [fileURLToPath(new URL('../../../test/fakes/serviceHost.ts', import.meta.url)), parcel, storage],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const pid = await new Promise<number>((resolve) => host.stdout.once('data', (text) => resolve(Number(text))));
    expect(isAlive(pid)).toBe(true);
    host.kill('SIGKILL');
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false), 20_000);
  });
});
