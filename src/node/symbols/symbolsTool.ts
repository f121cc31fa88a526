/**
 * The symbols tool: what is defined in a file, and where names are defined.
 *
 * Files are parsed on demand and their outlines kept by content, so that nothing is parsed twice while it stays the
 * same. Files of more than `MAX_PARSED_BYTES` are read line by line only, and of more than `MAX_READ_BYTES` not at all.
 */
import { createHash } from 'node:crypto';
import type { CallContext, Definition, GrepTool, SymbolsTool, ToolFailure, ToolResult } from '#core/agent/tools.ts';
import { codeFamilyOf } from '#core/search/codeFamily.ts';
import { linesOf } from '#node/textDecoding.ts';
import { failure, findFile, readWholeText } from '#node/textFiles.ts';
import type { Workspace } from '#node/workspace.ts';
import { findDefinitions } from './definitionSearch.ts';
import { sortDefinitions, treeOutline } from './fileOutline.ts';
import { languageOf, scriptOf, type Language } from './languages.ts';
import { lineOutline } from './lineOutline.ts';
import { createOutlineCache, MAX_CACHED_DEFINITIONS, type Outline, type OutlineCache } from './outlineCache.ts';
import { loadParser } from './treeParser.ts';

export interface SymbolsToolOptions {
  readonly workspace: Workspace;
  /** Finds the files for `definitions` without `within`, which is `unsupported` when absent. */
  readonly grep?: GrepTool | undefined;
  /** Definitions kept in memory; `MAX_CACHED_DEFINITIONS` by default. */
  readonly maxCachedDefinitions?: number;
}

export interface ClosableSymbolsTool extends SymbolsTool {
  /** Texts outlined so far, those found in the cache not counted. */
  readonly outlinesMade: () => number;
  /** Gives up what is kept in memory. The tool stays usable. */
  close(): void;
}

/** Bytes of a file that is parsed by its grammar. */
export const MAX_PARSED_BYTES = 512 << 10;
/** Bytes of a file that is read at all. */
export const MAX_READ_BYTES = 2 << 20;

/**
 * Failures of `outline`: those of reading the file, `cancelled`, `timeout`. A binary file and one in a language without
 * definitions have an empty outline.
 */
export function createSymbolsTool(options: SymbolsToolOptions): ClosableSymbolsTool {
  const cache = createOutlineCache(options.maxCachedDefinitions ?? MAX_CACHED_DEFINITIONS);
  const state: State = { workspace: options.workspace, cache, made: 0 };
  const outline: SymbolsTool['outline'] = (path, context) => outlineFile(state, path, startOf(context));
  return {
    outline,
    definitions: (request, context) => findDefinitions({ outline, grep: options.grep }, request, context),
    outlinesMade: () => state.made,
    close: () => cache.clear(),
  };
}

interface State {
  readonly workspace: Workspace;
  readonly cache: OutlineCache;
  made: number;
}

interface Limits {
  /** Why work must end now, or undefined. */
  readonly stopped: () => 'cancelled' | 'timeout' | undefined;
}

function startOf({ signal, timeoutMs }: CallContext): Limits {
  const deadlineMs = performance.now() + timeoutMs;
  return { stopped: () => (signal.aborted ? 'cancelled' : performance.now() >= deadlineMs ? 'timeout' : undefined) };
}

async function outlineFile(state: State, path: string, limits: Limits): Promise<ToolResult<readonly Definition[]>> {
  const early = limits.stopped();
  if (early) return stoppedFailure(early, path);
  const file = await findFile(state.workspace, path);
  if ('ok' in file) return file;
  if (!codeFamilyOf(path)) return { ok: true, value: [] };
  if (file.sizeBytes > MAX_READ_BYTES)
    return { ok: true, value: [], partial: `${path} is larger than ${MAX_READ_BYTES >> 20} MiB and was not outlined.` };
  const read = await readWholeText(state.workspace, path, MAX_READ_BYTES);
  if (!read.ok) return read.reason === 'unsupported' ? { ok: true, value: [] } : read;
  const hash = createHash('sha1').update(read.text).digest('base64');
  const known = state.cache.get(path, hash);
  if (known) return resultOf(known);
  const made = await makeOutline(state, path, read, limits);
  if ('ok' in made) return made;
  state.cache.set(path, hash, made);
  return resultOf(made);
}

const resultOf = ({ definitions, partial }: Outline): ToolResult<readonly Definition[]> =>
  partial === undefined ? { ok: true, value: definitions } : { ok: true, value: definitions, partial };

const stoppedFailure = (reason: 'cancelled' | 'timeout', path: string): ToolFailure =>
  failure(
    reason,
    reason === 'cancelled' ? `The outline of ${path} was cancelled.` : `No time was left to outline ${path}.`,
  );

interface Text {
  readonly text: string;
  readonly sizeBytes: number;
}

async function makeOutline(state: State, path: string, text: Text, limits: Limits): Promise<Outline | ToolFailure> {
  if (isMinified(text.text)) return { definitions: [], partial: `${path} has very long lines and was not outlined.` };
  const language = text.sizeBytes <= MAX_PARSED_BYTES ? languageOf(path, text.text) : undefined;
  const parsed = language ? await parsedOutline(path, text.text, language, limits) : fromLines(path, text);
  const stopped = limits.stopped();
  if (stopped && 'stopped' in parsed) return stoppedFailure(stopped, path);
  state.made++;
  if ('definitions' in parsed) return parsed;
  const definitions = sortDefinitions(lineOutline(path, linesOf(text.text)));
  return { definitions, ...(parsed.partial === undefined ? {} : { partial: parsed.partial }) };
}

/** Definitions are to be told from single lines, as `partial` says if that is less than one may expect. */
interface Unparsed {
  readonly stopped?: true;
  readonly partial?: string;
}

const fromLines = (path: string, { sizeBytes }: Text): Unparsed =>
  sizeBytes > MAX_PARSED_BYTES ? { partial: byLines(path, `it is larger than ${MAX_PARSED_BYTES >> 10} KiB`) } : {};

const byLines = (path: string, why: string): string =>
  `The definitions of ${path} were told from single lines, because ${why}.`;

async function parsedOutline(
  path: string,
  text: string,
  language: Language,
  limits: Limits,
): Promise<Outline | Unparsed> {
  try {
    const parse = await loadParser(language);
    const source = scriptOf(path, text);
    const isStopped = (): boolean => limits.stopped() !== undefined;
    const parsed = parse(source, isStopped, (file) => treeOutline(path, source, file));
    if ('value' in parsed) return { definitions: parsed.value };
    return parsed.stopped === 'asked' ? { stopped: true } : { partial: byLines(path, 'it could not be parsed') };
  } catch (error) {
    return { partial: byLines(path, `the parser failed (${error instanceof Error ? error.message : String(error)})`) };
  }
}

const MIN_MINIFIED_UNITS = 20_000;
const MAX_MEAN_LINE_UNITS = 500;

function isMinified(text: string): boolean {
  if (text.length < MIN_MINIFIED_UNITS) return false;
  const mostLines = text.length / MAX_MEAN_LINE_UNITS;
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0 && lines <= mostLines; at = text.indexOf('\n', at + 1)) lines++;
  return lines <= mostLines;
}
