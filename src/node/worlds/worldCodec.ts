/**
 * A world as bytes and back. A line stands once, whether it was read or found by one term or by ten; paths are numbers;
 * what is left is compressed. Read back, terms that share a line share its text.
 */
import { deserialize, serialize } from 'node:v8';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { SharedCommit } from '#core/agent/coChange.ts';
import {
  MAX_HIT_TEXT,
  type Definition,
  type FileHits,
  type LineHit,
  type TermHits,
  type ToolResult,
} from '#core/agent/tools.ts';
import type { RecordedCommits, RecordedFile, WorldRecord } from '#core/agent/worldRecord.ts';
import { cutText } from '#core/search/termMatcher.ts';
import type { SymbolKind } from '#core/search/symbolKind.ts';
import { createPacker, createUnpacker, type Packed, type Packer, type Unpacker } from '#node/worlds/packing.ts';

/** Low: higher ones take ten times as long for a tenth less. */
const QUALITY = 4;
/** A world of more bytes than this, unpacked, is none of ours. */
const MAX_UNPACKED_BYTES = 256 << 20;

export function encodeWorld(record: WorldRecord): Uint8Array {
  const { terms, files, coChange, definitions, ...rest } = record;
  const packer = createPacker();
  const paths = pathsOf(record);
  const numberOf = new Map(paths.map((path, i) => [path, i]));
  packer.list(paths, packer.text);
  const lines = packFiles(packer, record, paths);
  const odd = packTerms(packer, terms, numberOf, lines);
  if (coChange) packCommits(packer, coChange, numberOf);
  const failures = [...files].filter(([, file]) => !file.ok);
  const head: Head = {
    ...rest,
    definitions: [...definitions],
    failures,
    odd,
    coChangeNote: coChange ? { note: coChange.note } : undefined,
  };
  const raw = serialize({ head, ...packer.end() } satisfies Content);
  const params = { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: raw.length };
  return brotliCompressSync(raw, { params });
}

/** Throws for bytes that are no world. */
export function decodeWorld(bytes: Uint8Array): WorldRecord {
  const raw = brotliDecompressSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES });
  const { head, ...packed } = deserialize(raw) as Content;
  const { definitions, failures, odd, coChangeNote, ...rest } = head;
  const unpacker = createUnpacker(packed);
  const paths = unpacker.list(unpacker.text);
  const { files, lines } = unpackFiles(unpacker, paths);
  for (const [path, failure] of failures) files.set(path, failure);
  return {
    ...rest,
    definitions: new Map(definitions),
    terms: unpackTerms(unpacker, paths, lines, odd),
    coChange: coChangeNote && { ...unpackCommits(unpacker, paths), ...coChangeNote },
    files,
  };
}

interface Content extends Packed {
  readonly head: Head;
}

/** What is small enough to be kept as it is. */
interface Head extends Omit<WorldRecord, 'terms' | 'files' | 'coChange' | 'definitions'> {
  readonly definitions: readonly (readonly [string, ToolResult<readonly Definition[]>])[];
  readonly failures: readonly (readonly [string, ToolResult<RecordedFile>])[];
  /** Hit texts that are not the beginning of their line as it was read, by the position of the hit. */
  readonly odd: readonly (readonly [hit: number, text: string])[];
  readonly coChangeNote: { readonly note: string | undefined } | undefined;
}

function pathsOf({ terms, files, coChange }: WorldRecord): string[] {
  const paths = new Set(files.keys());
  for (const hits of terms.values()) for (const { path } of hits.files) paths.add(path);
  for (const commit of coChange?.commits ?? []) for (const path of commit.files) paths.add(path);
  for (const path of coChange?.touching.keys() ?? []) paths.add(path);
  return [...paths].sort();
}

// ---- files: what was read of them, and the lines that were found without being read ---------------------------------

/** Texts of a file's lines. */
type LineTexts = Map<number, string>;

const ENCODINGS = ['utf-8', 'utf-8-bom', 'utf-16le', 'utf-16be'] as const;

function packFiles(packer: Packer, { terms, files }: WorldRecord, paths: readonly string[]): LineTexts[] {
  const found = foundLines(terms);
  return paths.map((path) => {
    const file = files.get(path);
    packer.number(file?.ok ? 1 : 0);
    const texts: LineTexts = new Map();
    if (file?.ok) packFile(packer, file.value, texts);
    const { sizeBytes = 0, lines = new Map<number, string>() } = found.get(path) ?? {};
    const unread = [...lines].filter(([line]) => !texts.has(line)).sort(([a], [b]) => a - b);
    packer.number(sizeBytes);
    packer.rising(unread.map(([line]) => line));
    for (const [line, text] of unread) {
      packer.text(text);
      texts.set(line, text);
    }
    return texts;
  });
}

function foundLines(terms: WorldRecord['terms']): Map<string, { sizeBytes: number; readonly lines: LineTexts }> {
  const found = new Map<string, { sizeBytes: number; readonly lines: LineTexts }>();
  for (const hits of terms.values())
    for (const { path, sizeBytes, lines } of hits.files) {
      let file = found.get(path);
      if (!file) found.set(path, (file = { sizeBytes, lines: new Map() }));
      for (const { line, text } of lines) file.lines.set(line, text);
    }
  return found;
}

function packFile(packer: Packer, file: RecordedFile, texts: LineTexts): void {
  packer.number(file.totalLines === undefined ? 0 : file.totalLines + 1);
  packer.number(file.sizeBytes);
  packer.number(ENCODINGS.indexOf(file.encoding));
  packer.number(file.lossy ? 1 : 0);
  packer.list(file.pieces, ({ start, lines }) => {
    packer.number(start);
    packer.list(lines, packer.text);
    lines.forEach((text, i) => texts.set(start + i, text));
  });
  packOutline(packer, file.outline);
}

function unpackFiles(
  unpacker: Unpacker,
  paths: readonly string[],
): { files: Map<string, ToolResult<RecordedFile>>; lines: FoundFile[] } {
  const files = new Map<string, ToolResult<RecordedFile>>();
  const lines = paths.map((path): FoundFile => {
    const texts: LineTexts = new Map();
    if (unpacker.number()) files.set(path, { ok: true, value: unpackFile(unpacker, path, texts) });
    const sizeBytes = unpacker.number();
    for (const line of unpacker.rising()) texts.set(line, unpacker.text());
    return { sizeBytes, texts };
  });
  return { files, lines };
}

interface FoundFile {
  readonly sizeBytes: number;
  readonly texts: LineTexts;
}

function unpackFile(unpacker: Unpacker, path: string, texts: LineTexts): RecordedFile {
  const counted = unpacker.number();
  return {
    totalLines: counted === 0 ? undefined : counted - 1,
    sizeBytes: unpacker.number(),
    encoding: ENCODINGS[unpacker.number()] ?? 'utf-8',
    lossy: unpacker.number() === 1,
    pieces: unpacker.list(() => {
      const start = unpacker.number();
      const lines = unpacker.list(unpacker.text);
      lines.forEach((text, i) => texts.set(start + i, text));
      return { start, lines };
    }),
    outline: unpackOutline(unpacker, path),
  };
}

// ---- outlines -------------------------------------------------------------------------------------------------------

function packOutline(packer: Packer, outline: ToolResult<readonly Definition[]>): void {
  packer.text(outline.ok ? '' : outline.reason);
  packer.text((outline.ok ? outline.partial : outline.message) ?? '');
  packer.list(outline.ok ? outline.value : [], (one) => {
    packer.text(one.name);
    packer.text(one.kind);
    packer.number(one.span.start);
    packer.number(one.span.end);
    packer.number(one.line);
    packer.text(one.signature);
    packer.text(one.doc ?? '');
    packer.list(one.inside, packer.text);
  });
}

function unpackOutline(unpacker: Unpacker, path: string): ToolResult<readonly Definition[]> {
  const reason = unpacker.text();
  const said = unpacker.text();
  const value = unpacker.list((): Definition => {
    const name = unpacker.text();
    const kind = unpacker.text() as SymbolKind;
    const span = { path, start: unpacker.number(), end: unpacker.number() };
    const line = unpacker.number();
    const signature = unpacker.text();
    const doc = unpacker.text();
    return { name, kind, span, line, signature, ...(doc && { doc }), inside: unpacker.list(unpacker.text) };
  });
  if (reason) return { ok: false, reason: reason as 'failed', message: said };
  return said ? { ok: true, value, partial: said } : { ok: true, value };
}

// ---- hits of terms --------------------------------------------------------------------------------------------------

/** Returns the texts that a line as it was read does not tell. */
function packTerms(
  packer: Packer,
  terms: WorldRecord['terms'],
  numberOf: ReadonlyMap<string, number>,
  lines: readonly LineTexts[],
): [number, string][] {
  const odd: [number, string][] = [];
  let hit = 0;
  packer.list([...terms], ([key, { files, matches }]) => {
    packer.text(key);
    packer.number(matches);
    packer.rising(files.map(({ path }) => numberOf.get(path)!));
    for (const file of files) {
      const texts = lines[numberOf.get(file.path)!]!;
      packer.rising(file.lines.map(({ line }) => line));
      for (const { line, count, text } of file.lines) {
        packer.number(count);
        if (hitText(texts.get(line)) !== text) odd.push([hit, text]);
        hit++;
      }
    }
  });
  return odd;
}

function unpackTerms(
  unpacker: Unpacker,
  paths: readonly string[],
  lines: readonly FoundFile[],
  odd: Head['odd'],
): Map<string, TermHits> {
  const oddTexts = new Map(odd);
  let hit = 0;
  const terms = unpacker.list((): [string, TermHits] => {
    const key = unpacker.text();
    const matches = unpacker.number();
    const files = unpacker.rising().map((number): FileHits => {
      const { sizeBytes, texts } = lines[number]!;
      const hits = unpacker.rising().map((line): LineHit => {
        const text = oddTexts.get(hit++) ?? hitText(texts.get(line))!;
        return { line, count: unpacker.number(), text };
      });
      return { path: paths[number]!, sizeBytes, lines: hits };
    });
    return [key, { files, matches }];
  });
  return new Map(terms);
}

const hitText = (line: string | undefined): string | undefined =>
  line === undefined || line.length <= MAX_HIT_TEXT ? line : cutText(line, MAX_HIT_TEXT);

// ---- commits --------------------------------------------------------------------------------------------------------

function packCommits(
  packer: Packer,
  { commits, touching }: RecordedCommits,
  numberOf: ReadonlyMap<string, number>,
): void {
  packer.list(commits, ({ files, weight }) => {
    // A weight is 1 / (files − 1).
    packer.number(Math.round(1 / weight));
    packer.list(files, (path) => packer.number(numberOf.get(path)!));
  });
  packer.list([...touching], ([path, own]) => {
    packer.number(numberOf.get(path)!);
    packer.rising(own);
  });
}

const unpackCommits = (unpacker: Unpacker, paths: readonly string[]): Omit<RecordedCommits, 'note'> => ({
  commits: unpacker.list((): SharedCommit<string> => {
    const weight = 1 / unpacker.number();
    return { files: unpacker.list(() => paths[unpacker.number()]!), weight };
  }),
  touching: new Map(unpacker.list((): [string, number[]] => [paths[unpacker.number()]!, unpacker.rising()])),
});
