/** Questions to begin with, from a few of the workspace's files and one search. */
import type { CallContext, GrepTool, ReadTool } from '#core/agent/tools.ts';
import { exampleQuestions, telltaleNames, topicsOf, type SampledFile } from '#core/answer/exampleQuestions.ts';
import { codeFamilyOf } from '#core/search/codeFamily.ts';
import { docFormatOf, splitDoc } from '#core/search/docSections.ts';
import { fileKind } from '#core/search/fileKind.ts';
import { termOf } from '#core/search/words.ts';

export interface ExampleSources {
  /** Paths of the workspace's files, in a fixed order. */
  readonly files: readonly string[];
  readonly grep: GrepTool;
  readonly read: ReadTool;
}

/**
 * At most three questions that this workspace can answer; fewer, or none, where nothing fits. The same files give the
 * same questions. Never rejects.
 */
export async function findExamples(
  { files, grep, read }: ExampleSources,
  signal: AbortSignal = new AbortController().signal,
): Promise<string[]> {
  const context = { signal, timeoutMs: TIMEOUT_MS };
  const sources = files.filter((path) => fileKind(path) === 'source' && codeFamilyOf(path) !== undefined);
  const [sample, docs] = await Promise.all([
    readHeads(spread(sources, SAMPLED_FILES), read, context),
    readHeads(firstDocs(files), read, context),
  ]);
  const names = telltaleNames(sample, SEARCHED_NAMES);
  const terms = names.map((name) => termOf(name)!);
  const found = terms.length ? await grep.search({ terms }, context) : undefined;
  const headings = docs.flatMap(({ path, lines }) =>
    splitDoc(path, lines.join('\n')).map((section) => ({ path, ...section })),
  );
  return exampleQuestions(names, found?.ok ? found.value : undefined, topicsOf(headings, files));
}

const SAMPLED_FILES = 40;
const SAMPLED_LINES = 300;
const SAMPLED_DOCS = 8;
const SEARCHED_NAMES = 10;
const TIMEOUT_MS = 2_000;

/** Evenly over the list, so that all parts of the workspace have a say. */
function spread(paths: readonly string[], count: number): string[] {
  const step = Math.max(1, paths.length / count);
  return Array.from({ length: Math.min(count, paths.length) }, (_, i) => paths[Math.floor(i * step)]!);
}

/** Documents of the upper folders, except those that tell of versions. */
function firstDocs(files: readonly string[]): string[] {
  const depth = (path: string): number => path.split('/').length;
  return files
    .filter((path) => fileKind(path) === 'docs' && docFormatOf(path) !== undefined && !CHRONICLE.test(path))
    .sort((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1))
    .slice(0, SAMPLED_DOCS);
}

const CHRONICLE = /(change|release|history|news|license|licence|contribut|conduct|security|author)/i;

async function readHeads(paths: readonly string[], read: ReadTool, context: CallContext): Promise<SampledFile[]> {
  const heads = await Promise.all(
    paths.map(async (path) => {
      const head = await read.read({ path, range: { start: 1, end: SAMPLED_LINES } }, context);
      return head.ok ? [{ path, lines: head.value.lines }] : [];
    }),
  );
  return heads.flat();
}
