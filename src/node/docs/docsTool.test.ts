import {
  chmodSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { termOf } from '#core/search/words.ts';
import { createReadTool } from '#node/readTool.ts';
import { Workspace } from '#node/workspace.ts';
import { answers, ask, context, createDocsTree, places, type DocsTree } from '../../../test/fakes/docsTree.ts';
import { UNUSED_DAYS } from '#node/pruneCaches.ts';

let tree: DocsTree;
beforeEach(() => void (tree = createDocsTree()));
afterEach(() => tree.remove());

const MANY = Object.fromEntries(
  Array.from({ length: 400 }, (_, i) => [`docs/page${i}.md`, `# Page ${i}\nword${i} zebra\n`]),
);

describe('finding', () => {
  it('finds sections of every format, by words, identifiers and paths', async () => {
    tree.put({
      README: '# Overview\nbadger\n',
      'docs/a.md': '# Guide\nIntro\n## Retry policy\nbadger `maxRetries`\n',
      'docs/b.mdx': '# B\nbadger\n',
      'docs/c.markdown': '# C\nbadger\n',
      'docs/d.rst': 'D\n=\n\nbadger\n',
      'docs/e.adoc': '= E\nbadger\n',
      'docs/f.txt': 'badger\n',
      'docs/g.ipynb': JSON.stringify({ cells: [{ cell_type: 'markdown', source: ['# G\n', 'badger'] }] }, null, 1),
      'src/a.ts': '// badger',
    });
    const docs = tree.open();
    expect((await places(docs, 'badgers')).sort()).toEqual([
      'README:1-2',
      'docs/a.md:3-4',
      'docs/b.mdx:1-2',
      'docs/c.markdown:1-2',
      'docs/d.rst:1-4',
      'docs/e.adoc:1-2',
      'docs/f.txt:1-1',
      'docs/g.ipynb:6-7',
    ]);
    expect(await places(docs, 'max_retry')).toEqual(['docs/a.md:3-4']);
    expect((await places(docs, 'retry'))[0]).toBe('docs/a.md:3-4');
    expect(docs.state()).toEqual({ filesIndexed: 8, sectionsIndexed: 9, complete: true, made: true, leftOut: [] });
    const result = await ask(docs, 'retrying');
    expect(result).toMatchObject({
      ok: true,
      value: { sections: [{ source: 'workspace', headings: ['Guide', 'Retry policy'], text: 'badger `maxRetries`' }] },
    });
  });

  it('says of an index that an earlier process has made that it is, before it has looked for changes', async () => {
    tree.put({ 'a.md': '# Guide\nbadger\n' });
    const first = tree.open();
    expect(first.state()).toMatchObject({ complete: false, made: false });
    await first.ready();
    await first.close();
    const next = tree.open({ graceMs: 0 });
    next.pause();
    expect(await ask(next, 'badger')).toMatchObject({ value: { state: { complete: false, made: true } } });
  });

  it('ranks headings over text, best first, ties by path and line', async () => {
    tree.put({
      'c.md': '# X\nyak\n# Y\nyak\n',
      'b.md': '# X\nyak\n',
      'a.md': '# Yak\nx\n',
      'z.md': '# O\nother words here\n',
    });
    expect(await places(tree.open(), 'yak')).toEqual(['a.md:1-2', 'b.md:1-2', 'c.md:1-2', 'c.md:3-4']);
  });

  it('leaves out common terms unless no other is left', async () => {
    tree.put(MANY);
    const docs = tree.open();
    expect(await places(docs, 'zebra word7')).toEqual(['docs/page7.md:1-2']);
    expect(await places(docs, 'zebra nowhere')).toHaveLength(50);
    expect((await places(docs, 'zebra'))[0]).toBe('docs/page0.md:1-2');
  });

  it('takes any request: no terms, odd limits, quotes, operators, very many and very long terms', async () => {
    tree.put({ 'a.md': '# NEAR\n"AND" yak\n' });
    const docs = tree.open();
    await docs.ready();
    const yak = termOf('yak')!;
    const search = async (terms: readonly { text: string; parts: readonly string[]; key: string }[], limit: number) => {
      const result = await docs.search({ terms, limit }, context());
      return result.ok ? result.value.sections.length : result;
    };
    expect(await search([], 5)).toBe(0);
    for (const limit of [0, -1, NaN, 0.5]) expect(await search([yak], limit)).toBe(0);
    for (const limit of [1, 1.5, 1e9, Infinity]) expect(await search([yak], limit)).toBe(1);
    const odd = ['"', '" OR *', 'NEAR(', 'yak" -x', '\0', '{a}:b', "'"].map((key) => ({
      text: key,
      parts: [key],
      key,
    }));
    expect(await search([...odd, yak], 5)).toBe(1);
    expect(
      await search(
        Array.from({ length: 5_000 }, (_, i) => termOf(`t${i}`)!),
        5,
      ),
    ).toBe(0);
    expect(await search([termOf('x'.repeat(1_000_000))!, yak], 5)).toBe(1);
  });
});

describe('what is taken in', () => {
  it("respects ignore files, its own, and leaves out installed packages, secrets and tools' text files", async () => {
    tree.put({
      '.gitignore': 'out/\n*.draft.md\n',
      '.ignore': 'scratch/\n',
      '.spoorignore': 'private/\n',
      'sub/.gitignore': '!keep.draft.md\nnested.md\n',
      'sub/nested.md': 'yak',
      'sub/keep.draft.md': 'yak',
      'a.draft.md': 'yak',
      'out/a.md': 'yak',
      'scratch/a.md': 'yak',
      'private/a.md': 'yak',
      'node_modules/x/README.md': 'yak',
      '.venv/a.md': 'yak',
      '.github/notes.md': 'yak',
      'requirements.txt': 'yak',
      'requirements-dev.txt': 'yak',
      'requirements/base.txt': 'yak',
      'CMakeLists.txt': 'yak',
      'public/robots.txt': 'yak',
      'LICENSE.txt': 'yak',
      'id_rsa.txt': 'yak',
      '.ssh/notes.md': 'yak',
      'ok.txt': 'yak',
    });
    expect((await places(tree.open(), 'yak')).sort()).toEqual([
      '.github/notes.md:1-1',
      'ok.txt:1-1',
      'sub/keep.draft.md:1-1',
    ]);
  });

  it('lists a folder that is ignored as a whole', async () => {
    tree.put({ '.gitignore': '*\n', 'a.md': 'yak' });
    expect(await places(tree.open(), 'yak')).toEqual(['a.md:1-1']);
  });

  it('does not follow links, read pipes, or take what is no text', async () => {
    writeFileSync(join(tree.base, 'outside.md'), 'yak');
    tree.put({
      'a.md': 'yak',
      'binary.txt': 'yak\0',
      'utf16.md': Buffer.from('\ufeffyak', 'utf16le'),
      'bytes.md': Buffer.from([0xff, 0x20, 0x79, 0x61, 0x6b]),
    });
    symlinkSync(join(tree.base, 'outside.md'), tree.path('link.md'));
    symlinkSync(tree.base, tree.path('folder'));
    const docs = tree.open();
    expect((await places(docs, 'yak')).sort()).toEqual(['a.md:1-1', 'bytes.md:1-1', 'utf16.md:1-1']);
    expect(docs.state()).toMatchObject({ filesIndexed: 3, leftOut: ['1 document is not indexed: not text.'] });
    docs.refresh();
    await docs.ready();
    expect(docs.state().leftOut).toEqual(['1 document is not indexed: not text.']);
  });

  it('covers several workspace folders', async () => {
    tree.put({ 'api/a.md': 'yak', 'web/a.md': 'yak' });
    const workspace = Workspace.open([tree.path('api'), tree.path('web')]);
    const docs = tree.open({ workspace, addedFolders: [tree.path('web')] });
    expect(await places(docs, 'yak')).toEqual(['api/a.md:1-1', 'web/a.md:1-1']);
    expect(await ask(docs, 'yak')).toMatchObject({
      value: { sections: [{ source: 'workspace' }, { source: 'added' }] },
    });
  });

  it('takes added folders: outside of the workspace under ~docs, inside with their workspace path', async () => {
    tree.put({
      '.gitignore': 'built/\n',
      'built/.gitignore': 'skip.md\n',
      'built/a.md': 'yak',
      'built/skip.md': 'yak',
    });
    const other = join(tree.base, 'My notes');
    mkdirSync(join(other, 'deep'), { recursive: true });
    writeFileSync(join(other, 'deep', 'n.md'), '# N\nyak');
    const workspace = Workspace.open([tree.directory]);
    const docs = tree.open({
      workspace,
      addedFolders: [other, tree.path('built'), join(tree.base, 'gone'), tree.path('gone')],
    });
    expect(await places(docs, 'yak')).toEqual(['built/a.md:1-1', '~docs/My-notes/deep/n.md:1-2']);
    expect(docs.state().leftOut).toEqual([
      `There is no folder ${join(tree.base, 'gone')}. Check the path.`,
      `There is no folder ${tree.path('gone')}. Check the path.`,
    ]);
    const read = await createReadTool({ workspace }).read(
      { path: '~docs/My-notes/deep/n.md', range: { start: 2, end: 2 } },
      context(),
    );
    expect(read).toMatchObject({ ok: true, value: { lines: ['yak'] } });
    expect(await ask(docs, 'yak')).toMatchObject({ value: { sections: [{ source: 'added' }, { source: 'added' }] } });
  });

  it('keeps added folders of the same name apart, at every refresh', async () => {
    for (const name of ['one/notes', 'two/notes']) {
      mkdirSync(join(tree.base, name), { recursive: true });
      writeFileSync(join(tree.base, name, `${name.slice(0, 3)}.md`), 'yak');
    }
    tree.put({ 'notes/in.md': 'yak' });
    const added = [join(tree.base, 'one/notes'), tree.path('notes'), join(tree.base, 'two/notes')];
    const docs = tree.open({ addedFolders: added });
    const expected = ['notes/in.md:1-1', '~docs/notes-3/two.md:1-1', '~docs/notes/one.md:1-1'];
    expect((await places(docs, 'yak')).sort()).toEqual(expected);
    docs.refresh();
    expect((await places(docs, 'yak')).sort()).toEqual(expected);
  });

  it('says what a budget leaves out, the least important files first', async () => {
    tree.put({
      'README.md': 'yak',
      'docs/a.md': 'yak',
      'docs/deep/b.md': 'yak',
      'c.txt': 'yak',
      'big.md': `yak ${'x'.repeat(5_000)}`,
    });
    const files = tree.open({ budget: { maxFiles: 2, maxFileBytes: 4_096 } });
    expect(await places(files, 'yak')).toEqual(['README.md:1-1', 'docs/a.md:1-1']);
    expect(files.state().leftOut).toEqual([
      '1 document is not indexed: larger than 0.0039 MiB.',
      "2 documents are not indexed: beyond the docs index's limit of 2 files.",
    ]);
    const bytes = tree.open({ storageDirectory: undefined, budget: { maxBytes: 8 } });
    expect(await places(bytes, 'yak')).toEqual(['README.md:1-1', 'docs/a.md:1-1']);
    expect(bytes.state().leftOut).toEqual([
      "3 documents are not indexed: beyond the docs index's limit of 0.0000076 MiB.",
    ]);
  });

  it('goes on at the next refresh where the time ran out', async () => {
    tree.put(MANY);
    const docs = tree.open({ budget: { maxWorkMs: 0.001 } });
    await docs.ready();
    expect(docs.state()).toMatchObject({ complete: true, filesIndexed: 0 });
    expect(docs.state().leftOut).toEqual([
      '400 documents are not indexed: to be indexed by the next refresh, as this one has used its 0.000001 s.',
    ]);
    await docs.close();
    const later = tree.open();
    expect(await places(later, 'word399')).toEqual(['docs/page399.md:1-2']);
  });
});

describe('keeping up', () => {
  it('notices changed, touched, new, renamed and removed files, and equals a fresh index', async () => {
    tree.put({ ...MANY, 'a.md': '# A\nyak', 'b.md': '# B\nyak', 'c.md': '# C\nyak' });
    const docs = tree.open();
    expect(await places(docs, 'yak')).toHaveLength(3);
    tree.put({ 'a.md': '# A\ngnu', 'new.md': '# N\ngnu', 'c.md': '# C\nyak' });
    utimesSync(tree.path('docs/page5.md'), 1, 1);
    rmSync(tree.path('b.md'));
    renameSync(tree.path('docs/page1.md'), tree.path('docs/moved.md'));
    docs.refresh();
    expect((await places(docs, 'gnu')).sort()).toEqual(['a.md:1-2', 'new.md:1-2']);
    expect(await places(docs, 'yak')).toEqual(['c.md:1-2']);
    expect(await places(docs, 'word1')).toEqual(['docs/moved.md:1-2']);
    const words = ['yak', 'gnu', 'word5', 'zebra', 'page', 'a b c'];
    expect(await answers(docs, words)).toEqual(await answers(tree.open({ storageDirectory: undefined }), words));
  });

  it('notices a change that leaves size and modification time as they were', async () => {
    tree.put({ 'a.md': 'yak' });
    utimesSync(tree.path('a.md'), 1_000, 1_000);
    const docs = tree.open();
    expect(await places(docs, 'yak')).toHaveLength(1);
    tree.put({ 'a.md': 'gnu' });
    utimesSync(tree.path('a.md'), 1_000, 1_000);
    docs.refresh();
    expect(await places(docs, 'gnu')).toHaveLength(1);
    expect(await places(docs, 'yak')).toEqual([]);
  });

  it('keeps the index between processes and reads only what changed', async () => {
    tree.put(MANY);
    const first = tree.open();
    const before = await answers(first, ['zebra', 'word3']);
    await first.close();
    for (const path of Object.keys(MANY)) chmodSync(tree.path(path), 0o644);
    const second = tree.open();
    expect(await answers(second, ['zebra', 'word3'])).toEqual(before);
    expect(readdirSync(tree.storage).filter((name) => name.endsWith('.sqlite'))).toHaveLength(1);
  });

  it('keeps what it has when the files cannot be listed, and says so', async () => {
    tree.put({ 'a.md': 'yak' });
    const first = tree.open();
    await first.ready();
    await first.close();
    const docs = tree.open({ rg: join(tree.base, 'no-rg') });
    expect(await places(docs, 'yak')).toEqual(['a.md:1-1']);
    expect(docs.state().leftOut).toEqual([expect.stringContaining('no-rg')]);
  });

  it('forgets indexes that nobody has used for long', () => {
    mkdirSync(tree.storage);
    const old = join(tree.storage, 'docs-0123456789abcdef.sqlite');
    const other = join(tree.storage, 'history.sqlite');
    for (const file of [old, other]) {
      writeFileSync(file, '');
      const then = Date.now() / 1000 - (UNUSED_DAYS + 1) * 86_400;
      utimesSync(file, then, then);
    }
    tree.open();
    expect(readdirSync(tree.storage)).toEqual(['history.sqlite']);
  });
});

describe('never in the way', () => {
  it('answers from what is indexed while the rest is under way', async () => {
    tree.put(MANY);
    const docs = tree.open({ graceMs: 0 });
    docs.pause();
    const early = await ask(docs, 'zebra');
    expect(early).toMatchObject({ ok: true, value: { sections: [], state: { complete: false, filesIndexed: 0 } } });
    docs.resume();
    await docs.ready();
    expect(docs.state()).toMatchObject({ complete: true, filesIndexed: 400 });
  });

  it('is made anew when that is asked for, also while it is under way or held', async () => {
    tree.put({ 'a.md': 'yak', 'b.md': 'gnu' });
    const docs = tree.open();
    docs.pause();
    expect(docs.isPaused()).toBe(true);
    docs.refresh();
    docs.rebuild();
    expect(docs.isPaused()).toBe(false);
    await docs.ready();
    expect(docs.state()).toMatchObject({ complete: true, filesIndexed: 2 });
    const [file, ...others] = readdirSync(tree.storage).filter(
      (name) => name.endsWith('.sqlite') || name.endsWith('.bad'),
    );
    expect(others).toEqual([]);
    const before = statSync(join(tree.storage, file!)).ino;
    docs.rebuild();
    expect(docs.state().complete).toBe(false);
    await docs.ready();
    expect(docs.state()).toMatchObject({ complete: true, filesIndexed: 2, leftOut: [] });
    expect(readdirSync(tree.storage)).not.toContain(`${file}.bad`);
    expect(statSync(join(tree.storage, file!)).ino).not.toBe(before);
    expect(await ask(docs, 'gnu')).toMatchObject({ value: { sections: [{ span: { path: 'b.md' } }] } });
  });

  it('waits a moment for a small first refresh, not for a paused one', async () => {
    tree.put({ 'a.md': 'yak' });
    const result = await ask(tree.open({ graceMs: 30_000 }), 'yak');
    expect(result).toMatchObject({ value: { sections: [{ span: { path: 'a.md' } }], state: { complete: true } } });
    const paused = tree.open({ storageDirectory: undefined });
    paused.pause();
    expect(await ask(paused, 'yak')).toMatchObject({ ok: true, value: { state: { complete: false } } });
  });

  it('is cancelled by the signal, before and while it waits', async () => {
    tree.put(MANY);
    const docs = tree.open({ graceMs: 30_000 });
    docs.pause();
    const request = { terms: [termOf('yak')!], limit: 5 };
    expect(await docs.search(request, context(AbortSignal.abort()))).toMatchObject({ ok: false, reason: 'cancelled' });
    const controller = new AbortController();
    const waiting = docs.search(request, context(controller.signal));
    controller.abort();
    expect(await waiting).toMatchObject({ ok: false, reason: 'cancelled' });
  });

  it('closes at any time, and then fails with a sentence', async () => {
    tree.put(MANY);
    const running = tree.open();
    running.refresh();
    await running.close();
    const paused = tree.open();
    paused.pause();
    paused.refresh();
    await paused.close();
    await paused.close();
    await paused.ready();
    expect(await ask(paused, 'yak')).toEqual({ ok: false, reason: 'failed', message: 'The docs index is closed.' });
    const unused = tree.open();
    await unused.close();
    unused.refresh();
    expect(unused.state()).toEqual({ filesIndexed: 0, sectionsIndexed: 0, complete: false, made: false, leftOut: [] });
  });
});
