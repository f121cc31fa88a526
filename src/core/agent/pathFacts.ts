/** What a path says by itself and about a question. Told once for each question and path, however many episodes ask. */
import { fileKind, testedName, type FileKind } from '#core/search/fileKind.ts';
import { pathStems, type Question } from '#core/search/question.ts';

export interface PathFacts {
  readonly kind: FileKind;
  /** Terms of the question in the file's name, else those in its folders: indices of the question's terms, rising. */
  readonly nameTerms: readonly number[];
  readonly folderTerms: readonly number[];
  /** A long name matches more by chance than a short one: what the matches are divided by. */
  readonly nameDivisor: number;
  readonly folderDivisor: number;
  /** The question spells out the end of the path (1) or only its name, which may be another's (⅕). */
  readonly spelledOut: number;
  /** The file's name without its endings, lower case. */
  readonly bareName: string;
  /** The name that a test of this path is about. */
  readonly testedName: string;
}

const known = new WeakMap<Question, Map<string, PathFacts>>();

export function pathFacts(question: Question, path: string): PathFacts {
  let facts = known.get(question);
  if (!facts) known.set(question, (facts = new Map()));
  let own = facts.get(path);
  if (!own) facts.set(path, (own = tellFacts(question, path)));
  return own;
}

function tellFacts({ terms, paths }: Question, path: string): PathFacts {
  const stems = pathStems(path);
  const nameTerms: number[] = [];
  const folderTerms: number[] = [];
  terms.forEach(({ term }, i) => {
    const parts = term.key.split(' ');
    if (parts.every((stem) => stems.name.has(stem))) nameTerms.push(i);
    else if (parts.every((stem) => stems.folders.has(stem))) folderTerms.push(i);
  });
  return {
    kind: fileKind(path),
    nameTerms,
    folderTerms,
    nameDivisor: Math.sqrt(Math.max(1, stems.name.size - 1)),
    folderDivisor: Math.sqrt(Math.max(1, stems.folders.size)),
    spelledOut: spelledOut(path, paths),
    bareName: bareName(path),
    testedName: testedName(path),
  };
}

function spelledOut(path: string, asked: readonly string[]): number {
  const lower = path.toLowerCase();
  let best = 0;
  for (const name of asked) {
    if (name.includes('/') && (lower === name || lower.endsWith(`/${name.replace(/^\.?\//, '')}`))) return 1;
    if (lower.endsWith(`/${name}`) || lower === name) best = 0.2;
  }
  return best;
}

const bareName = (path: string): string =>
  path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\..*$/, '')
    .toLowerCase();
