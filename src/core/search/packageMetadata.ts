/**
 * `METADATA` and `PKG-INFO` of an installed Python package: the summary and the long description, in Markdown or in
 * reStructuredText as the content type says.
 */
import type { DocHeading, DocToAssemble } from './docAssembly.ts';
import { markdownOutline } from './markdownOutline.ts';
import { rstOutline } from './rstOutline.ts';

/** Header fields go, but for the summary; the lines keep their places. */
export function packageMetadataDocument(lines: readonly string[]): DocToAssemble {
  const headerEnd = Math.max(0, lines.indexOf(''));
  const fields = new Map<string, string>();
  let field = '';
  const kept = lines.map((line, i) => {
    if (i >= headerEnd) return line;
    const colon = /^[A-Z]/.test(line) ? line.indexOf(':') : -1;
    if (colon > 0) {
      field = line.slice(0, colon);
      if (!fields.has(field)) fields.set(field, line.slice(colon + 1).trim());
    }
    if (field === 'Description') return colon > 0 ? line.slice(colon + 1).trim() : unfolded(line);
    return field === 'Summary' && colon > 0 ? line.slice(colon + 1).trim() : '';
  });
  const isMarkdown = fields.get('Description-Content-Type')?.startsWith('text/markdown') ?? false;
  const outline = (isMarkdown ? markdownOutline : rstOutline)(kept);
  return { lines: kept, outline: { ...outline, headings: [...packageHeading(fields), ...outline.headings] } };
}

function packageHeading(fields: ReadonlyMap<string, string>): DocHeading[] {
  const title = `${fields.get('Name') ?? ''} ${fields.get('Version') ?? ''}`.trim().slice(0, 200);
  return title ? [{ line: 0, lines: 0, level: 0, title }] : [];
}

/** A description inside of the header is indented by eight columns, in newer files by seven and a bar. */
const unfolded = (line: string): string => line.replace(/^ {7}[ |]/, '');
