/** A folder of files for a test of the docs index, with the tools that the test opens on it. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CallContext, DocsResult, ToolResult } from '#core/agent/tools.ts';
import { termOf } from '#core/search/words.ts';
import { createDocsTool, type DocsToolOptions, type IndexedDocs } from '#node/docs/docsTool.ts';
import { Workspace } from '#node/workspace.ts';

export function createDocsTree(): DocsTree {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'spoor-docs-')));
  const tools: IndexedDocs[] = [];
  const tree: DocsTree = {
    base,
    storage: join(base, 'storage'),
    directory: join(base, 'work'),
    path: (path) => join(base, 'work', path),
    put(files) {
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(tree.path(path)), { recursive: true });
        writeFileSync(tree.path(path), content);
      }
    },
    open(options = {}) {
      const workspace = options.workspace ?? Workspace.open([tree.directory]);
      const tool = createDocsTool({ storageDirectory: tree.storage, ...options, workspace });
      tools.push(tool);
      return tool;
    },
    async remove() {
      for (const tool of tools) {
        tool.resume();
        await tool.close();
      }
      rmSync(base, { recursive: true, force: true });
    },
  };
  mkdirSync(tree.directory);
  return tree;
}

export interface DocsTree {
  readonly base: string;
  readonly storage: string;
  /** The workspace's folder. */
  readonly directory: string;
  path(path: string): string;
  put(files: Readonly<Record<string, string | Uint8Array>>): void;
  /** A docs tool of the folder; it is closed by `remove`. */
  open(options?: Partial<DocsToolOptions>): IndexedDocs;
  remove(): Promise<void>;
}

export const context = (signal: AbortSignal = new AbortController().signal): CallContext => ({
  signal,
  timeoutMs: 10_000,
});

export function ask(docs: IndexedDocs, words: string, limit = 50): Promise<ToolResult<DocsResult>> {
  const terms = words.split(' ').flatMap((word) => termOf(word) ?? []);
  return docs.search({ terms, limit }, context());
}

/** What is found when the index is complete, as `path:start-end`. */
export async function places(docs: IndexedDocs, words: string): Promise<string[]> {
  await docs.ready();
  const result = await ask(docs, words);
  if (!result.ok) throw new Error(result.message);
  return result.value.sections.map(({ span }) => `${span.path}:${span.start}-${span.end}`);
}

/** The whole answer for many words, to compare two indexes by. */
export async function answers(docs: IndexedDocs, words: readonly string[]): Promise<unknown> {
  await docs.ready();
  const { filesIndexed, sectionsIndexed } = docs.state();
  return { filesIndexed, sectionsIndexed, found: await Promise.all(words.map((word) => ask(docs, word, 1_000))) };
}
