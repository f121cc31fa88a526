/** The place that is asked about: its line, what its file imports and defines. */
import type { CallContext, Tools } from '#core/agent/tools.ts';
import type { NamePlace } from '#core/answer/explainDefinition.ts';
import { importedNames } from '#core/answer/explainImports.ts';
import { isExplainable, MAX_LINES_ABOVE } from '#core/answer/explainPosition.ts';
import { indexOfName } from '#core/answer/explainUses.ts';
import type { ExplainRequest } from '#node/service/searchService.ts';

/** Lines from the top in which a file's imports stand. */
const HEAD = { start: 1, end: 400 };

/** Undefined for a place at which nothing can be explained. */
export async function readPlace(
  request: ExplainRequest,
  tools: Pick<Tools, 'read' | 'symbols'>,
  context: CallContext,
): Promise<NamePlace | undefined> {
  const { name, path, line } = request;
  const from = Math.max(1, line - MAX_LINES_ABOVE + 1);
  const [head, near, outline] = await Promise.all([
    tools.read.read({ path, range: HEAD }, context),
    tools.read.read({ path, range: { start: from, end: line } }, context),
    tools.symbols.outline(path, context),
  ]);
  const lines = near.ok && near.value.start === from ? near.value.lines : [];
  const text = lines.length === line - from + 1 ? lines.at(-1)! : '';
  const column = columnOf(request, text);
  // What the editor shows may not be saved yet: then the line says nothing.
  if (column !== undefined && !isExplainable(name, lines, { row: lines.length - 1, column }, path)) return undefined;
  const imports = head.ok ? importedNames(head.value.lines, path) : [];
  const alias = imports.find(
    (one) => one.name === name && one.original !== name && /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(one.original),
  );
  return {
    name: alias?.original ?? name,
    path,
    line,
    column,
    text: column === undefined ? '' : text,
    imports: alias ? [...imports, { ...alias, name: alias.original }] : imports,
    outline: outline.ok ? outline.value : [],
  };
}

/** Where the name stands in the line; undefined if the line does not have it there. */
function columnOf({ name, column }: ExplainRequest, text: string): number | undefined {
  if (column !== undefined) return text.startsWith(name, column) ? column : undefined;
  const found = indexOfName(text, name);
  return found < 0 ? undefined : found;
}
