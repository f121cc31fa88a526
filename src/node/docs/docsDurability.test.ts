import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answers, ask, createDocsTree, places, type DocsTree } from '../../../test/fakes/docsTree.ts';

let tree: DocsTree;
const children: ChildProcess[] = [];
beforeEach(() => void (tree = createDocsTree()));
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await tree.remove();
});

const PAGES = Object.fromEntries(
  Array.from({ length: 60 }, (_, i) => [
    `docs/page${i}.md`,
    Array.from({ length: 12 }, (_, j) => `# Part ${j}\nword${i} zebra shared${j} number ${i * j}\n`).join('\n'),
  ]),
);
const WORDS = ['word7', 'zebra', 'shared3', 'part 3', 'number 36', 'word1 shared1'];
const INDEXER = fileURLToPath(new URL('../../../test/fakes/indexDocs.ts', import.meta.url));

/** A process that indexes the tree and prints its counts; see the file. */
function startIndexer(stopAt: number, engine = 'node'): ChildProcess {
  const child = spawn(process.execPath, [INDEXER, tree.directory, tree.storage, String(stopAt), engine], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}

async function line(child: ChildProcess): Promise<string> {
  const [chunk] = (await once(child.stdout!, 'data')) as [Buffer];
  return chunk.toString().trim();
}

const fresh = () => answers(tree.open({ storageDirectory: undefined }), WORDS);

describe.each(['node', 'wasm'] as const)('with %s', (engine) => {
  it.each(engine === 'node' ? [1, 200, 600] : [200])(
    'goes on after a kill at %i sections, and equals a fresh index',
    async (stopAt) => {
      tree.put(PAGES);
      const child = startIndexer(stopAt, engine);
      expect(await line(child)).toMatch(/^paused at \d+ sections$/);
      child.kill('SIGKILL');
      await once(child, 'close');
      const docs = tree.open({ engine, graceMs: 0 });
      docs.pause();
      const result = await ask(docs, 'zebra');
      expect(result.ok && result.value.state.sectionsIndexed).toBeGreaterThanOrEqual(stopAt);
      docs.resume();
      expect(await answers(docs, WORDS)).toEqual(await fresh());
    },
  );

  it('lets two processes index and ask at once', async () => {
    tree.put(PAGES);
    const docs = tree.open({ engine });
    const child = startIndexer(Infinity, engine);
    const ended = once(child, 'close');
    docs.refresh();
    const first = await line(child);
    await ended;
    expect(await answers(docs, WORDS)).toEqual(await fresh());
    expect(first).toBe('complete with 720 sections');
    expect(docs.state().leftOut).toEqual([]);
  });
});

describe('damage', () => {
  const indexFile = (): string =>
    join(
      tree.storage,
      readdirSync(tree.storage).find((name) => name.endsWith('.sqlite'))!,
    );

  it.each([
    ['no database', () => Buffer.from('x'.repeat(10_000))],
    ['a truncated one', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
    ['an overwritten one', (bytes: Buffer) => bytes.fill(0x5a, 4_096)],
    ['an empty one', () => Buffer.alloc(0)],
  ])('makes the index anew from %s', async (_, damage) => {
    tree.put(PAGES);
    const first = tree.open();
    await first.ready();
    await first.close();
    writeFileSync(indexFile(), damage(readFileSync(indexFile())));
    const docs = tree.open();
    expect(await answers(docs, WORDS)).toEqual(await fresh());
    expect(docs.state().leftOut).toEqual([]);
  });

  it('makes the index anew when a search finds damage', async () => {
    tree.put({ 'a.md': 'yak' });
    const docs = tree.open();
    await docs.ready();
    const other = new DatabaseSync(indexFile());
    other.exec('DROP TABLE sections');
    other.close();
    expect(await ask(docs, 'yak')).toMatchObject({ ok: false, reason: 'failed' });
    expect(await places(docs, 'yak')).toEqual(['a.md:1-1']);
  });

  it('works in memory where nothing can be kept, and says so', async () => {
    tree.put({ 'a.md': 'yak' });
    writeFileSync(tree.storage, 'a file where the folder should be');
    const docs = tree.open();
    expect(await places(docs, 'yak')).toEqual(['a.md:1-1']);
    expect(docs.state().leftOut).toEqual([expect.stringContaining('Nothing is kept between runs')]);
  });

  it('does without files that vanish or may not be read while it works', async () => {
    tree.put({ ...PAGES, 'closed.md': 'zebra' });
    chmodSync(tree.path('closed.md'), 0);
    const docs = tree.open({ graceMs: 0 });
    docs.pause();
    docs.refresh();
    rmSync(tree.path('docs/page3.md'));
    mkdirSync(tree.path('docs/page3.md'));
    docs.resume();
    await docs.ready();
    // Root may read everything.
    const readable = process.getuid?.() === 0 ? 1 : 0;
    expect(docs.state()).toMatchObject({ complete: true, filesIndexed: 59 + readable });
    expect(docs.state().leftOut).toHaveLength(1 - readable);
  });
});
