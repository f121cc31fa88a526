/** How much the docs index takes in, and the sentences about what it leaves out. */

export interface DocsBudget {
  /** Files of all sources together. */
  readonly maxFiles: number;
  /** Bytes of all files together. */
  readonly maxBytes: number;
  readonly maxFileBytes: number;
  /** Work of one refresh, in milliseconds of its slices; what is left is done by the next refresh. */
  readonly maxWorkMs: number;
}

export const DEFAULT_DOCS_BUDGET: DocsBudget = {
  maxFiles: 5_000,
  maxBytes: 64 * 2 ** 20,
  maxFileBytes: 2 * 2 ** 20,
  maxWorkMs: 60_000,
};

/** What a refresh left out, counted. */
export interface LeftOut {
  tooLarge: number;
  beyondFiles: number;
  beyondBytes: number;
  readonly unreadable: Set<string>;
  notYet: number;
  binary: number;
  /** Sentences about sources and storage. */
  readonly notes: string[];
}

export const nothingLeftOut = (): LeftOut => ({
  tooLarge: 0,
  beyondFiles: 0,
  beyondBytes: 0,
  unreadable: new Set(),
  notYet: 0,
  binary: 0,
  notes: [],
});

/** A sentence for each kind that was left out, in a fixed order. */
export function leftOutSentences(left: LeftOut, budget: DocsBudget): string[] {
  const reasons: [count: number, reason: string][] = [
    [left.tooLarge, `larger than ${mebibytes(budget.maxFileBytes)}`],
    [left.beyondFiles, `beyond the docs index's limit of ${budget.maxFiles.toLocaleString('en-US')} files`],
    [left.beyondBytes, `beyond the docs index's limit of ${mebibytes(budget.maxBytes)}`],
    [left.unreadable.size, 'not readable'],
    [left.binary, 'not text'],
    [left.notYet, `to be indexed by the next refresh, as this one has used its ${budget.maxWorkMs / 1000} s`],
  ];
  const counted = reasons.filter(([count]) => count > 0);
  return [...counted.map(([count, reason]) => `${leftOutCount(count)}: ${reason}.`), ...left.notes];
}

const leftOutCount = (count: number): string =>
  count === 1 ? '1 document is not indexed' : `${count.toLocaleString('en-US')} documents are not indexed`;

const mebibytes = (bytes: number): string => `${Number((bytes / 2 ** 20).toPrecision(2))} MiB`;
