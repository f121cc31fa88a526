/** The name at a position of a document, if it is one that can be explained. In memory, for every hover. */
import type * as vscode from 'vscode';
import { isExplainable, MAX_LINES_ABOVE } from '#core/answer/explainPosition.ts';
import type { Spot } from './explanations.ts';

/** `range` is that of the name, without marks that the language counts to its words (`$`, `@`, `#`). */
export type DocumentLike = Pick<vscode.TextDocument, 'uri' | 'version' | 'lineAt' | 'getWordRangeAtPosition'>;

const MARKS = /^[@#.:&*]+|[.:]+$/g;
/** A longer line is no hand's work, and costs time. */
const MAX_LINE_UNITS = 2_000;

export function spotAt(document: DocumentLike, position: vscode.Position): Spot | undefined {
  const { text } = document.lineAt(position.line);
  if (text.length > MAX_LINE_UNITS) return undefined;
  const range = document.getWordRangeAtPosition(position);
  if (!range || range.start.line !== range.end.line) return undefined;
  const word = text.slice(range.start.character, range.end.character);
  const name = word.replace(MARKS, '');
  const column = range.start.character + word.indexOf(name);
  const first = Math.max(0, position.line - MAX_LINES_ABOVE);
  const lines = Array.from({ length: position.line - first + 1 }, (_, i) => document.lineAt(first + i).text);
  const isName = isExplainable(name, lines, { row: lines.length - 1, column }, document.uri.path);
  if (!isName) return undefined;
  return { uri: document.uri.toString(), version: document.version, line: position.line, column, name };
}
