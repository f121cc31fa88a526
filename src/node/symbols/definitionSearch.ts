/**
 * Where names are defined: grep names the files, their outlines give the definitions.
 *
 * For each name the files with a line that looks like a definition of it are outlined, and only if there are none, the
 * files that mention it; sources before tests and the rest, then by path; at most `MAX_FILES_A_NAME` of them, and
 * `MAX_FILES` for all names together, dealt out in turns.
 */
import type { CallContext, Definition, FileHits, GrepTool, SymbolsTool, ToolResult } from '#core/agent/tools.ts';
import { definedName } from '#core/search/definitionLine.ts';
import { fileKind } from '#core/search/fileKind.ts';
import { termOf, type Term } from '#core/search/words.ts';
import { failure } from '#node/textFiles.ts';

export const MAX_FILES_A_NAME = 12;
export const MAX_FILES = 40;
/** Files asked for before the first has come: one is parsed while the next are read. */
const FILES_AHEAD = 8;

interface Parts {
  readonly outline: SymbolsTool['outline'];
  readonly grep: GrepTool | undefined;
}

type Request = Parameters<SymbolsTool['definitions']>[0];
type Definitions = ToolResult<readonly Definition[]>;

export async function findDefinitions(parts: Parts, request: Request, context: CallContext): Promise<Definitions> {
  const deadlineMs = performance.now() + context.timeoutMs;
  const rest = (): CallContext => ({ signal: context.signal, timeoutMs: deadlineMs - performance.now() });
  const names = [...new Set(request.names)].filter((name) => name !== '');
  if (names.length === 0) return { ok: true, value: [] };
  const files = request.within ? named(request.within) : await candidates(parts.grep, names, request.under, rest());
  if (!files.ok) return files;
  const notes = files.partial === undefined ? [] : [files.partial];
  const wanted = new Set(names);
  const found: Definition[] = [];
  const asked: ReturnType<SymbolsTool['outline']>[] = [];
  for (const index of files.value.keys()) {
    for (const path of files.value.slice(asked.length, index + FILES_AHEAD)) asked.push(parts.outline(path, rest()));
    const outline = await asked[index]!;
    if (outline.ok) found.push(...outline.value.filter((one) => wanted.has(one.name)));
    else if (outline.reason === 'cancelled' || (outline.reason === 'timeout' && found.length === 0)) return outline;
    else notes.push(outline.message);
    if (outline.ok && outline.partial !== undefined) notes.push(outline.partial);
    if (!outline.ok && outline.reason === 'timeout') {
      notes.push(`${files.value.length - index} files were not looked at.`);
      break;
    }
  }
  const value = sorted(found, names);
  return notes.length === 0 ? { ok: true, value } : { ok: true, value, partial: notes.join(' ') };
}

function sorted(found: readonly Definition[], names: readonly string[]): Definition[] {
  const ranks = new Map(names.map((name, rank) => [name, rank]));
  const byPath = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...found].sort(
    (a, b) =>
      ranks.get(a.name)! - ranks.get(b.name)! ||
      byPath(a.span.path, b.span.path) ||
      a.line - b.line ||
      a.span.start - b.span.start,
  );
}

function named(within: readonly string[]): ToolResult<readonly string[]> {
  const all = [...new Set(within)];
  const value = all.slice(0, MAX_FILES);
  if (all.length <= MAX_FILES) return { ok: true, value };
  return { ok: true, value, partial: `Only the first ${MAX_FILES} of ${all.length} files were looked at.` };
}

async function candidates(
  grep: GrepTool | undefined,
  names: readonly string[],
  under: readonly string[] | undefined,
  context: CallContext,
): Promise<ToolResult<readonly string[]>> {
  if (!grep) return failure('unsupported', 'Definitions can only be looked up in files that are named.');
  const searched = names.flatMap((name) => {
    const term = termOf(name);
    return term ? [{ name, term }] : [];
  });
  const terms = uniqueTerms(searched.map(({ term }) => term));
  if (terms.length === 0) return { ok: true, value: [] };
  const hits = await grep.search({ terms, ...(under && { within: under }) }, context);
  if (!hits.ok) return hits;
  const order = new Map(terms.map((term, at) => [term.key, at]));
  const lists = searched.map(({ name, term }) => filesFor(name, hits.value.terms[order.get(term.key)!]?.files ?? []));
  const notes = lists.flatMap(({ note }) => note ?? []);
  const dealt = dealOut(lists.map(({ paths }) => paths));
  if (dealt.leftOut > 0) notes.push(`${dealt.leftOut} more files were left out.`);
  if (hits.partial !== undefined) notes.push(hits.partial);
  return notes.length === 0
    ? { ok: true, value: dealt.paths }
    : { ok: true, value: dealt.paths, partial: notes.join(' ') };
}

const uniqueTerms = (terms: readonly Term[]): Term[] => [...new Map(terms.map((term) => [term.key, term])).values()];

interface FileList {
  readonly paths: readonly string[];
  readonly note?: string;
}

function filesFor(name: string, files: readonly FileHits[]): FileList {
  const defining = files.filter(({ path, lines }) => lines.some(({ text }) => definedName(text, path) === name));
  const chosen =
    defining.length > 0 ? defining : files.filter(({ lines }) => lines.some(({ text }) => text.includes(name)));
  const paths = chosen.map(({ path }) => path).sort((a, b) => order(a) - order(b) || (a < b ? -1 : 1));
  if (paths.length <= MAX_FILES_A_NAME) return { paths };
  const note = `For ${name} ${MAX_FILES_A_NAME} of ${paths.length} files were looked at.`;
  return { paths: paths.slice(0, MAX_FILES_A_NAME), note };
}

const order = (path: string): number => ['source', 'test'].indexOf(fileKind(path)) & 3;

/** The first of each list, then the second of each, until `MAX_FILES` are together. */
function dealOut(lists: readonly (readonly string[])[]): { paths: string[]; leftOut: number } {
  const paths = new Set<string>();
  for (let turn = 0; turn < MAX_FILES_A_NAME; turn++)
    for (const list of lists) if (list[turn] !== undefined) paths.add(list[turn]!);
  return { paths: [...paths].slice(0, MAX_FILES), leftOut: Math.max(paths.size - MAX_FILES, 0) };
}
