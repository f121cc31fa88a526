import { expect, test } from 'vitest';
import { withFoundDocs } from '#core/agent/foundDocs.ts';
import type { CallContext, DocsSource, GrepRequest, GrepResult, Tools } from '#core/agent/tools.ts';
import { parseQuestion } from '#core/search/question.ts';
import { memoryTools } from '../../../test/fakes/memoryTools.ts';

const context: CallContext = { signal: new AbortController().signal, timeoutMs: 1_000 };
const question = parseQuestion('Where are retries limited?');
const terms = question.terms.map(({ term }) => term);

const section = (path: string, source: DocsSource) => ({
  span: { path, start: 1, end: 2 },
  source,
  headings: [],
  score: 1,
  text: '',
});
const base = memoryTools({
  files: {},
  sections: [
    section('~docs/site/retry.md', 'added'),
    section('~docs/site/retry.md', 'added'),
    section('~docs/lib@1/readme.md', 'dependency'),
    section('docs/retry.md', 'added'),
  ],
});

const hit = (path: string): GrepResult => ({
  terms: terms.map((_, i) => ({
    files: i ? [] : [{ path, sizeBytes: 1, lines: [{ line: 1, count: 2, text: '' }] }],
    matches: i ? 0 : 2,
  })),
  filesSearched: 1,
  bytesSearched: 10,
});

function searching(docs: Tools['docs'] = base.docs): { tools: Tools; asked: GrepRequest[] } {
  const asked: GrepRequest[] = [];
  const search: Tools['grep']['search'] = (request) => {
    asked.push(request);
    return Promise.resolve({ ok: true, value: hit(request.within?.[0] ?? 'src/a.ts') });
  };
  return { tools: { ...base, docs, grep: { search } }, asked };
}

test('documents outside of the workspace are looked into beside its files', async () => {
  const { tools, asked } = searching();
  const found = await withFoundDocs(tools, question, ['added']).grep.search({ terms }, context);
  expect(asked.map(({ within }) => within)).toEqual([undefined, ['~docs/site/retry.md']]);
  expect(found.ok && found.value).toMatchObject({ filesSearched: 2, bytesSearched: 20 });
  const [first, ...others] = found.ok ? found.value.terms : [];
  expect(first).toMatchObject({ matches: 4, files: [{ path: 'src/a.ts' }, { path: '~docs/site/retry.md' }] });
  expect(others.every(({ files }) => files.length === 0)).toBe(true);
});

test('those of dependencies only when they are asked for', async () => {
  const { tools, asked } = searching();
  await withFoundDocs(tools, question, ['added', 'dependency']).grep.search({ terms }, context);
  expect(asked[1]!.within).toEqual(['~docs/site/retry.md', '~docs/lib@1/readme.md']);
  expect(withFoundDocs(tools, question, [])).toBe(tools);
});

test('a search of named places and a docs index that fails leave grep as it is', async () => {
  const fails: Tools['docs'] = {
    search: () => Promise.resolve({ ok: false, reason: 'failed', message: 'The index is closed.' }),
  };
  const { tools, asked } = searching(fails);
  const found = await withFoundDocs(tools, question, ['added']).grep.search({ terms }, context);
  expect(found).toMatchObject({ ok: true, value: { filesSearched: 1 } });
  await withFoundDocs(searching().tools, question, ['added']).grep.search({ terms, within: ['src'] }, context);
  expect(asked).toHaveLength(1);
});
