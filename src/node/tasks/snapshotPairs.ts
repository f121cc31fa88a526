/** Pairs that stand in the files of one commit: comments and definitions, tests, documentation. */
import type { ToolFailure } from '#core/agent/tools.ts';
import { codeFamilyOf } from '#core/search/codeFamily.ts';
import type { FileKind } from '#core/search/fileKind.ts';
import { linesOf } from '#node/textDecoding.ts';
import { createSample, type Sample } from './chance.ts';
import { describedDefinitions, type DescribedDefinition } from './definitionPairs.ts';
import { docsPairs, type CodeAt } from './docsPairs.ts';
import type { PairMaker } from './makePairs.ts';
import type { PairSource } from './pair.ts';
import { isChangelog } from './releaseNotes.ts';
import { listSnapshot, readSnapshot, type SnapshotFile } from './snapshot.ts';
import { namedTests } from './testPairs.ts';

interface Found extends CodeAt {
  readonly text: string;
}

/** Gives the pairs of the range's newest commit to the maker: at most so many of each source. */
export async function snapshotPairs(
  maker: PairMaker,
  wanted: Readonly<Record<Exclude<PairSource, 'commit'>, number>>,
): Promise<ToolFailure | undefined> {
  const { source, start, options } = maker;
  const listed = await listSnapshot(source, start.commit, KINDS, { files: MAX_SNAPSHOT_FILES, seed: options.seed });
  if ('ok' in listed) return listed;
  const samples = {
    'doc-comment': createSample<Found>(wanted['doc-comment'], options.seed),
    test: createSample<Found>(wanted.test, options.seed),
    docs: createSample<Found>(wanted.docs, options.seed),
  };
  const named = { definitions: new Map<string, CodeAt | null>(), outlines: new Map<string, string>() };
  const code = listed.filter((file) => file.kind !== 'docs');
  const failure = await readSnapshot(source, code, (file, text) => {
    const lines = linesOf(text);
    for (const test of namedTests(lines, file.kind !== 'test')) put(samples.test, { ...test, path: file.path });
    if (file.kind === 'source') learnSource(file, text, named, samples['doc-comment']);
  });
  if (failure) return failure;
  const docs = listed.filter(({ kind, path }) => kind === 'docs' && !isChangelog(path) && !LEGAL.test(path));
  const docsFailure = await readSnapshot(source, docs, ({ path }, text) => {
    for (const pair of docsPairs(path, text, named)) put(samples.docs, pair);
  });
  if (docsFailure) return docsFailure;
  for (const kind of ['doc-comment', 'test', 'docs'] as const)
    for (const { text, code, path } of samples[kind].kept()) maker.add(kind, text, code, path);
  return undefined;
}

const KINDS = new Set<FileKind>(['source', 'test', 'docs']);
const MAX_SNAPSHOT_FILES = 3_000;
const MAX_NAMED = 60_000;
const MAX_NAMED_CODE = 1_000;
const MAX_OUTLINE = 1_500;
const LEGAL = /(?:^|\/)(?:licen[cs]e|copying|notice|authors|contributors|code[-_]of[-_]conduct|security)[^/]*$/i;

const put = (sample: Sample<Found>, found: Found): void =>
  sample.add(`${found.path} ${found.text} ${found.code.slice(0, 200)}`, found);

function learnSource(
  { path }: SnapshotFile,
  text: string,
  named: { readonly definitions: Map<string, CodeAt | null>; readonly outlines: Map<string, string> },
  docs: Sample<Found>,
): void {
  if (codeFamilyOf(path) === undefined) return;
  const definitions = describedDefinitions(path, text);
  for (const { text: doc, code } of definitions) if (doc !== undefined) put(docs, { text: doc, code, path });
  const heads = definitions.map(({ code }) => code.split('\n', 1)[0]!);
  if (heads.length) named.outlines.set(path, heads.join('\n').slice(0, MAX_OUTLINE));
  for (const definition of definitions) nameDefinition(named.definitions, definition, path);
}

function nameDefinition(known: Map<string, CodeAt | null>, { name, code }: DescribedDefinition, path: string): void {
  if (known.has(name)) known.set(name, null);
  else if (name.length > 2 && known.size < MAX_NAMED) known.set(name, { code: code.slice(0, MAX_NAMED_CODE), path });
}
