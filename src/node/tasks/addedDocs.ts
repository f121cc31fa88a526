/**
 * Doc comments that a commit adds to definitions that were there before it: what people say about code that can be
 * searched as it was without the comment. Comments of new definitions are left out, because at the parent nothing
 * answers them.
 */
import { codeFamilyOf } from '#core/search/codeFamily.ts';
import { lineDefinition } from '#core/search/definitionLine.ts';
import { docAbove, docstringAt } from '#node/symbols/docComment.ts';
import { linesOf } from '#node/textDecoding.ts';
import { lineOutline } from '#node/symbols/lineOutline.ts';
import type { Span } from '#core/search/span.ts';
import { runsOf, type LineRun } from './changedLines.ts';
import { docQuestion } from './docQuestion.ts';
import type { Hunk } from './patchParser.ts';
import type { ReadPatch } from './readPatches.ts';

export interface AddedDoc {
  readonly question: string;
  readonly path: string;
  /** The file's contents at the parent. */
  readonly blobId: string;
  /** Line of the definition at the parent. */
  readonly line: number;
}

export function addedDocs(patch: ReadPatch): AddedDoc[] {
  const found: AddedDoc[] = [];
  for (const hunk of patch.hunks)
    for (const run of runsOf(hunk)) {
      const doc =
        run.removed.length || run.added.every((line) => !line.trim()) ? undefined : docIn(hunk, run, patch.path);
      const question = doc && docQuestion(doc.text, doc.name);
      if (question) found.push({ question, path: patch.path, blobId: patch.oldId, line: doc.line });
    }
  return found;
}

interface Doc {
  readonly text: string;
  readonly name: string;
  readonly line: number;
}

const docIn = (hunk: Hunk, run: LineRun, path: string): Doc | undefined =>
  codeFamilyOf(path) === 'python' ? docstringIn(hunk, run, path) : commentIn(hunk, run, path);

/** The added lines are a comment, and the first line below that is no attribute defines something. */
function commentIn(hunk: Hunk, run: LineRun, path: string): Doc | undefined {
  const below = hunk.lines.slice(run.end).map((line) => line.slice(1));
  const head = below.findIndex((line) => !/^\s*(?:[@#[]|$)/.test(line));
  const definition = head < 0 ? undefined : lineDefinition(below[head]!, path);
  if (!definition) return undefined;
  const lines = [...run.added, ...below];
  const { row, doc } = docAbove(lines, run.added.length + head, path);
  const isWhole = run.added.slice(0, row).every((line) => !line.trim());
  return isWhole && doc ? { text: doc, name: definition.name, line: run.oldLine + head } : undefined;
}

/** The added lines are a string, and the line above ends a definition's head. */
function docstringIn(hunk: Hunk, run: LineRun, path: string): Doc | undefined {
  const text = run.added.join('\n').trim();
  const doc = /^[rRuU]?("""|''')[^]*\1$/.test(text) ? docstringAt(text, 0) : undefined;
  const above = hunk.lines.slice(0, run.end - run.added.length);
  if (!doc || !/:\s*(?:#.*)?$/.test(above.at(-1) ?? '')) return undefined;
  for (let back = 1; back <= above.length; back++) {
    if (above.at(-back)!.startsWith('-')) return undefined;
    const definition = lineDefinition(above.at(-back)!.slice(1), path);
    if (definition) return { text: doc, name: definition.name, line: run.oldLine - back };
  }
  return undefined;
}

/** The lines of the definition in the file as it was; undefined if none begins there. */
export function definitionSpan({ path, line }: AddedDoc, contents: string): Span | undefined {
  const definition = lineOutline(path, linesOf(contents)).find((one) => one.line === line);
  return definition && { path, start: line, end: Math.min(definition.span.end, line + MAX_LINES - 1) };
}

const MAX_LINES = 80;
