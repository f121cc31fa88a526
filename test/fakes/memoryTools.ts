/** A workspace in memory, for tests of the core: the same ports, the plainest possible tools behind them. */
import type { Commit, Definition, DocsSection, GrepTool, ReadTool, Tools } from '#core/agent/tools.ts';
import { stemOf, partsOf, identifiersIn, type Term } from '#core/search/words.ts';

export interface MemoryWorkspace {
  /** Text by path. */
  readonly files: Readonly<Record<string, string>>;
  readonly commits?: readonly Commit[];
  readonly sections?: readonly DocsSection[];
  readonly definitions?: readonly Definition[];
}

export interface MemoryTools extends Tools {
  /** Number of calls so far, by tool. */
  readonly calls: Record<string, number>;
}

export function memoryTools({ files, commits = [], sections = [], definitions = [] }: MemoryWorkspace): MemoryTools {
  const calls: Record<string, number> = {};
  const count = (tool: string): void => {
    calls[tool] = (calls[tool] ?? 0) + 1;
  };
  const grep: GrepTool = {
    search: ({ terms }) => {
      count('grep');
      return Promise.resolve({
        ok: true,
        value: {
          terms: terms.map((term) => hitsOf(term, files)),
          filesSearched: Object.keys(files).length,
          bytesSearched: 0,
        },
      });
    },
  };
  const read: ReadTool = {
    read: ({ path, range }) => {
      count('read');
      const text = files[path];
      if (text === undefined)
        return Promise.resolve({ ok: false, reason: 'missing', message: `There is no file ${path}.` });
      const all = text.split('\n');
      return Promise.resolve({
        ok: true,
        value: {
          path,
          start: range.start,
          lines: all.slice(range.start - 1, range.end),
          totalLines: all.length,
          sizeBytes: text.length,
          encoding: 'utf-8',
          lossy: false,
        },
      });
    },
  };
  return {
    calls,
    grep,
    read,
    symbols: {
      outline: (path) => Promise.resolve({ ok: true, value: definitions.filter((one) => one.span.path === path) }),
      definitions: ({ names }) =>
        Promise.resolve({ ok: true, value: definitions.filter((one) => names.includes(one.name)) }),
    },
    docs: {
      search: ({ limit }) =>
        Promise.resolve({
          ok: true,
          value: {
            sections: sections.slice(0, limit),
            state: { filesIndexed: 1, sectionsIndexed: sections.length, complete: true, made: true, leftOut: [] },
          },
        }),
    },
    history: {
      search: ({ terms, limit }) => {
        const wanted = new Set(terms.flatMap((term) => term.key.split(' ')));
        const found = commits.filter((commit) => stems(commit.subject).some((stem) => wanted.has(stem)));
        return Promise.resolve({
          ok: true,
          value: {
            commits: found.slice(0, limit).map((commit) => ({ commit, score: 1 })),
            state: { commits: commits.length, complete: true },
          },
        });
      },
      coChanges: () => Promise.resolve({ ok: true, value: [] }),
    },
  };
}

function hitsOf(
  term: Term,
  files: MemoryWorkspace['files'],
): {
  files: { path: string; sizeBytes: number; lines: { line: number; count: number; text: string }[] }[];
  matches: number;
} {
  const found = Object.keys(files)
    .sort()
    .map((path) => ({
      path,
      sizeBytes: files[path]!.length,
      lines: files[path]!.split('\n').flatMap((text, i) => {
        const count = matchesIn(text, term);
        return count ? [{ line: i + 1, count, text }] : [];
      }),
    }))
    .filter(({ lines }) => lines.length > 0);
  return {
    files: found,
    matches: found.reduce((sum, file) => sum + file.lines.reduce((n, line) => n + line.count, 0), 0),
  };
}

function matchesIn(text: string, term: Term): number {
  if (term.parts.length === 1) return stems(text).filter((stem) => stem === term.key).length;
  return identifiersIn(text).filter((name) => partsOf(name).join(' ').includes(term.parts.join(' '))).length;
}

const stems = (text: string): string[] => partsOf(text).map(stemOf);
