/**
 * The symbols tool: what is defined in a file, and where names are defined.
 *
 * Files are parsed on demand and their outlines kept by content, so that nothing is parsed twice while it stays the
 * same. The parser runs in a thread of its own. Files of more than `MAX_PARSED_BYTES` are read line by line only, and of more than `MAX_READ_BYTES` not at all.
 */
import { createHash } from 'node:crypto';
import type { CallContext, Definition, GrepTool, SymbolsTool, ToolFailure, ToolResult } from '#core/agent/tools.ts';
import { codeFamilyOf } from '#core/search/codeFamily.ts';
import { linesOf } from '#node/textDecoding.ts';
import { failure, findFile, readWholeText } from '#node/textFiles.ts';
import type { Workspace } from '#node/workspace.ts';
import { findDefinitions } from './definitionSearch.ts';
import { sortDefinitions } from './fileOutline.ts';
import { extensionOf, hasGrammar } from './languages.ts';
import { lineOutline } from './lineOutline.ts';
import { createOutlineCache, MAX_CACHED_DEFINITIONS, type Outline, type OutlineCache } from './outlineCache.ts';
import { sharedNowMs } from './parserMessages.ts';
import { createParserThread, type ParserThread } from './parserThread.ts';

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
  /** Gives up what is kept in memory and ends the parser's thread. The tool stays usable. */
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
  const state: State = { workspace: options.workspace, cache, parser: createParserThread(), made: 0 };
  const outline: SymbolsTool['outline'] = (path, context) => outlineFile(state, path, startOf(context));
  return {
    outline,
    definitions: (request, context) => findDefinitions({ outline, grep: options.grep }, request, context),
    outlinesMade: () => state.made,
    close: () => {
      cache.clear();
      state.parser.close();
    },
  };
}

interface State {
  readonly workspace: Workspace;
  readonly cache: OutlineCache;
  readonly parser: ParserThread;
  made: number;
}

interface Limits {
  readonly signal: CallContext['signal'];
  /** By `sharedNowMs`. */
  readonly deadlineMs: number;
}

const startOf = ({ signal, timeoutMs }: CallContext): Limits => ({ signal, deadlineMs: sharedNowMs() + timeoutMs });

/** Why work must end now, or undefined. */
const stoppedBy = ({ signal, deadlineMs }: Limits): 'cancelled' | 'timeout' | undefined =>
  signal.aborted ? 'cancelled' : sharedNowMs() >= deadlineMs ? 'timeout' : undefined;

async function outlineFile(state: State, path: string, limits: Limits): Promise<ToolResult<readonly Definition[]>> {
  const early = stoppedBy(limits);
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
  const made = await makeOutline(state, { path, hash, ...read }, limits);
  if ('ok' in made) return made;
  if (!made.isForNow) state.cache.set(path, hash, made);
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
  readonly path: string;
  readonly hash: string;
  readonly text: string;
  readonly sizeBytes: number;
}

async function makeOutline(state: State, file: Text, limits: Limits): Promise<Outline | ToolFailure> {
  const { path, hash, text, sizeBytes } = file;
  if (isMinified(text)) return { definitions: [], partial: `${path} has very long lines and was not outlined.` };
  if (sizeBytes > MAX_PARSED_BYTES)
    return outlineByLines(state, file, `it is larger than ${MAX_PARSED_BYTES >> 10} KiB`);
  if (!hasGrammar(path)) return outlineByLines(state, file);
  const parsed = await state.parser.parse({ path, text, key: `${extensionOf(path)} ${hash}`, ...limits });
  if ('stopped' in parsed) return stoppedFailure(parsed.stopped, path);
  if ('failed' in parsed)
    return { ...outlineByLines(state, file, parsed.failed), ...(parsed.isForNow && { isForNow: true }) };
  state.made++;
  return parsed;
}

/** The definitions as single lines tell them, with the reason if that is less than one may expect. */
function outlineByLines(state: State, { path, text }: Text, why?: string): Outline {
  state.made++;
  const definitions = sortDefinitions(lineOutline(path, linesOf(text)));
  if (why === undefined) return { definitions };
  return { definitions, partial: `The definitions of ${path} were told from single lines, because ${why}.` };
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
