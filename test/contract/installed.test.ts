/** The searching process of a package that was installed far from this repository. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rgPath } from '@vscode/ripgrep';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServiceClient, type ServiceClient } from '#node/service/serviceClient.ts';
import type { AskReply, ServiceSettings } from '#node/service/searchService.ts';
import { page, startDocsServer } from '../fakes/docsServer.ts';
import { makeParcelWorkspace } from '../fakes/parcelWorkspace.ts';
import { serviceSettings } from '../fakes/serviceSettings.ts';
import { unzipFolder } from '../fakes/unzip.ts';
import { until } from '../host/until.ts';

const HERE = `${process.platform}-${process.arch}`;
/** A platform without a package of its own has only the universal one. */
const TARGETS = [...(['linux-x64', 'linux-arm64', 'darwin-arm64'].includes(HERE) ? [HERE] : []), 'universal'];
const QUESTION = 'Where are failed uploads retried?';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-installed-')));
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
const path = process.env['PATH'];

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/package.mjs', ...TARGETS], { stdio: 'pipe' });
  for (const target of TARGETS)
    unzipFolder(join('dist', 'packages', `spoor-${target}-${version}.vsix`), 'extension/', join(base, target));
  makeParcelWorkspace(join(base, 'workspace'));
  // The editor's own ripgrep, where the editor has it.
  const program = join(base, 'editor', 'node_modules', '@vscode', 'ripgrep-universal', 'bin', HERE);
  mkdirSync(program, { recursive: true });
  cpSync(rgPath, join(program, 'rg'));
  process.env['PATH'] = withoutRipgrep();
}, 120_000);

afterAll(() => {
  process.env['PATH'] = path;
  rmSync(base, { recursive: true, force: true });
});

/** Only where git is: no ripgrep of this machine's helps out. */
function withoutRipgrep(): string {
  const folder = join(base, 'bin');
  mkdirSync(folder);
  const git = execFileSync('/bin/sh', ['-c', 'command -v git']).toString().trim();
  cpSync(realpathSync(git), join(folder, 'git'));
  return folder;
}

function opened(target: string, runtime: ServiceSettings['runtime']): ServiceClient {
  return createServiceClient({
    modulePath: join(base, target, 'dist', 'searchService.mjs'),
    settings: serviceSettings({
      folders: [join(base, 'workspace')],
      storage: join(base, `storage-${target}-${runtime}`),
      appRoot: join(base, 'editor'),
      runtime,
    }),
    log: () => undefined,
    onEvent: () => undefined,
  });
}

async function using<T>(client: ServiceClient, work: (client: ServiceClient) => Promise<T>): Promise<T> {
  try {
    return await work(client);
  } finally {
    await client.dispose();
  }
}

const asked = (target: string, runtime: ServiceSettings['runtime']): Promise<AskReply> =>
  using(opened(target, runtime), async (client) => {
    await until('complete docs index', async () => (await client.docs('status')).complete);
    return client.ask({ question: QUESTION, scope: [], earlier: [] }, () => undefined, AbortSignal.timeout(30_000));
  });

describe.each(TARGETS)('the package for %s, installed', (target) => {
  test('answers by the learned policy, with places in the workspace', async () => {
    const { answer, episode } = await asked(target, 'auto');
    expect(episode.policy).toMatchObject({ name: 'learned', digest: expect.stringMatching(/^[0-9a-f]{16}/) });
    expect(answer).toMatchObject({ found: true, notes: [] });
    expect(answer.citations.map((citation) => citation.path)).toContain('src/upload/backoff.ts');
    expect(answer.trail.flatMap(({ calls }) => calls).filter((call) => call.failure)).toEqual([]);
  });

  test('reads code by its grammar', async () => {
    const { answer } = await asked(target, 'auto');
    expect(answer.citations.filter(({ symbol }) => symbol)).not.toEqual([]);
  });

  test('colours code', async () => {
    const grammar = join(base, 'grammar.json');
    writeFileSync(grammar, JSON.stringify({ scopeName: 'source.toy', patterns: [{ match: '#.*', name: 'comment' }] }));
    const colored = await using(opened(target, 'auto'), async (client) => {
      await client.look({ kind: 'dark', grammars: [{ scope: 'source.toy', file: grammar, files: ['.toy'] }] });
      return client.color([{ path: 'a.toy', start: 1, end: 1, lines: ['run # why'] }]);
    });
    expect(colored[0]?.[0]?.map(({ text }) => text)).toEqual(['run ', '# why']);
  });
});

describe.each(TARGETS)('the doctor and the docs of the package for %s', (target) => {
  test('the doctor finds what is there, from where it should be', async () => {
    const checks = await using(opened(target, 'auto'), (client) => client.check());
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    const found = Object.fromEntries(checks.map(({ name, found: text }) => [name, text]));
    const isUniversal = target === 'universal';
    expect(found['ripgrep']).toContain(join(base, isUniversal ? 'editor' : join(target, 'dist')));
    expect(found['runtime']).toContain(isUniversal ? 'in WebAssembly' : `built for ${HERE}`);
    expect(found['policy']).toContain('shipped');
  });

  test('a docs site is read', async () => {
    const site = await startDocsServer({ '/': page('Uploads', ['/waits']), '/waits': page('Waits') });
    const request = { url: site.origin, directory: join(base, `site-${target}`) };
    const read = await using(opened(target, 'auto'), (client) =>
      client.crawl(request, () => undefined, AbortSignal.timeout(30_000)),
    );
    await site.close();
    expect(read).toMatchObject({ pages: 2, notes: [] });
  });
});

test('the universal package has no native runtime', async () => {
  const { answer, episode } = await asked('universal', 'native');
  expect(answer.notes.join()).toMatch(/ONNX Runtime could not be loaded on \S+ \(.*onnxruntime-node/);
  expect(episode.policy.name).toBe('hand');
});

test.skipIf(TARGETS.length < 2)('both runtimes give the same answer', async () => {
  const [native, wasm] = [await asked(HERE, 'native'), await asked('universal', 'wasm')];
  const places = ({ answer }: AskReply): unknown => answer.citations.map((citation) => ({ ...citation, score: 0 }));
  expect(places(wasm)).toEqual(places(native));
  expect(wasm.answer.sentences).toEqual(native.answer.sentences);
  expect(wasm.episode.steps.map(({ action }) => action)).toEqual(native.episode.steps.map(({ action }) => action));
});
