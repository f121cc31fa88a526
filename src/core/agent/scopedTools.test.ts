import { expect, test } from 'vitest';
import { scopedTools } from '#core/agent/scopedTools.ts';
import type { CallContext, Definition, DocsSection, GrepRequest, Tools } from '#core/agent/tools.ts';
import { termOf } from '#core/search/words.ts';
import { memoryTools } from '../../../test/fakes/memoryTools.ts';

const context: CallContext = { signal: new AbortController().signal, timeoutMs: 1_000 };
const terms = [termOf('retry')!];

const section = (path: string): DocsSection => ({
  span: { path, start: 1, end: 2 },
  source: 'workspace',
  headings: ['Retries'],
  score: 1,
  text: 'retry',
});
const definition = (path: string): Definition => ({
  name: 'retry',
  kind: 'function',
  span: { path, start: 1, end: 1 },
  line: 1,
  signature: 'function retry()',
  inside: [],
});
const commit = (id: string, files: readonly string[]) => ({
  id,
  timeS: 1,
  subject: 'Retry',
  files,
  fileCount: files.length,
});

const workspace = memoryTools({
  files: { 'src/net/retry.ts': 'retry', 'src/network.ts': 'retry', 'docs/net.md': 'retry' },
  sections: [...Array.from({ length: 30 }, () => section('docs/net.md')), section('src/net/README.md')],
  definitions: [definition('src/net/retry.ts'), definition('src/network.ts')],
  commits: [commit('a', ['src/net/retry.ts', 'src/network.ts']), commit('b', ['docs/net.md'])],
});
const changes = ['src/net/queue.ts', 'src/network.ts', 'src/net'].map((path) => ({ path, weight: 1 }));
const asked: GrepRequest[] = [];
const names: { readonly within?: readonly string[]; readonly under?: readonly string[] }[] = [];
const tools: Tools = {
  ...workspace,
  grep: { search: (request, given) => (asked.push(request), workspace.grep.search(request, given)) },
  symbols: {
    outline: workspace.symbols.outline,
    definitions: (request, given) => (names.push(request), workspace.symbols.definitions(request, given)),
  },
  history: {
    search: workspace.history.search,
    coChanges: ({ limit }) => Promise.resolve({ ok: true, value: changes.slice(0, limit) }),
  },
};
const scoped = scopedTools(tools, ['./src/net/', 'docs/net.md']);

test('grep stays inside of the scope', async () => {
  await scoped.grep.search({ terms }, context);
  await scoped.grep.search({ terms, within: ['src', 'docs/other.md'] }, context);
  await scoped.grep.search({ terms, within: ['src/net/retry.ts'] }, context);
  expect(asked.map(({ within }) => within)).toEqual([['src/net', 'docs/net.md'], ['src/net'], ['src/net/retry.ts']]);
});

test('no file outside is read or outlined', async () => {
  const range = { start: 1, end: 1 };
  expect(await scoped.read.read({ path: 'src/net/retry.ts', range }, context)).toMatchObject({ ok: true });
  for (const path of ['src/network.ts', 'src', 'src/net/../network.ts', '../src/net/retry.ts', '/src/net/retry.ts']) {
    const refused = { ok: false, reason: path.startsWith('src/net/') ? 'missing' : 'denied' };
    expect(await scoped.read.read({ path, range }, context)).toMatchObject(refused);
    if (refused.reason === 'denied') expect(await scoped.symbols.outline(path, context)).toMatchObject(refused);
  }
});

test('definitions are looked up inside only', async () => {
  const found = await scoped.symbols.definitions({ names: ['retry'] }, context);
  expect(found).toEqual({ ok: true, value: [definition('src/net/retry.ts')] });
  await scoped.symbols.definitions({ names: ['retry'], within: ['src/net/retry.ts', 'src/network.ts'] }, context);
  expect(names).toEqual([
    { names: ['retry'], under: ['src/net', 'docs/net.md'] },
    { names: ['retry'], within: ['src/net/retry.ts'] },
  ]);
});

test('sections are found however far down they stand', async () => {
  const found = await scopedTools(tools, ['src/net']).docs.search({ terms, limit: 5 }, context);
  expect(found).toMatchObject({ ok: true, value: { sections: [section('src/net/README.md')] } });
  const many = await scoped.docs.search({ terms, limit: 5 }, context);
  expect(many.ok && many.value.sections.length).toBe(5);
});

test('commits tell of the files inside, and those without one are left out', async () => {
  const found = await scopedTools(tools, ['src/net']).history.search({ terms, limit: 5 }, context);
  expect(found.ok && found.value.commits.map(({ commit: { id, files } }) => [id, files])).toEqual([
    ['a', ['src/net/retry.ts']],
  ]);
});

test('files that changed together are inside', async () => {
  const found = await scopedTools(tools, ['src/net']).history.coChanges(
    { paths: ['src/net/retry.ts'], limit: 1 },
    context,
  );
  expect(found).toEqual({ ok: true, value: [{ path: 'src/net/queue.ts', weight: 1 }] });
});

test.each([[[]], [['.']], [['./']], [['src', '']]])('the scope %j narrows nothing', (scope) => {
  expect(scopedTools(tools, scope)).toBe(tools);
});

test('a kind of files narrows every tool, with a scope and without', async () => {
  const tests = memoryTools({
    files: { 'src/retry.ts': 'retry', 'test/retry.test.ts': 'retry retry', 'docs/retry.md': 'retry' },
    sections: [section('docs/retry.md'), section('~docs/lib/readme.md'), section('src/notes.ts')],
    definitions: [definition('src/retry.ts'), definition('test/retry.test.ts')],
    commits: [commit('a', ['src/retry.ts', 'test/retry.test.ts'])],
  });
  const only = scopedTools(tests, [], 'test');
  const hits = await only.grep.search({ terms }, context);
  expect(hits).toMatchObject({ value: { terms: [{ matches: 2, files: [{ path: 'test/retry.test.ts' }] }] } });
  const found = await only.symbols.definitions({ names: ['retry'] }, context);
  expect(found).toEqual({ ok: true, value: [definition('test/retry.test.ts')] });
  const range = { start: 1, end: 1 };
  expect(await only.read.read({ path: 'src/retry.ts', range }, context)).toMatchObject({ reason: 'denied' });
  const commits = await only.history.search({ terms, limit: 5 }, context);
  expect(commits).toMatchObject({ value: { commits: [{ commit: { files: ['test/retry.test.ts'] } }] } });
  const docs = await scopedTools(tests, [], 'docs').docs.search({ terms, limit: 5 }, context);
  expect(docs.ok && docs.value.sections.map(({ span }) => span.path)).toEqual(['docs/retry.md', '~docs/lib/readme.md']);
  const none = await scopedTools(tests, ['src'], 'test').grep.search({ terms }, context);
  expect(none).toMatchObject({ value: { terms: [{ matches: 0, files: [] }] } });
});
