/** An answer as plain text: its sentences, how sure it is, the cited places, and the trail. */
import type { Answer, Citation } from '#core/answer/answer.ts';
import { textOf } from '#core/answer/compose.ts';
import { printable } from '#core/answer/plainText.ts';
import { cutToWidth, wrapToWidth } from '#cli/textWidth.ts';
import { trailLines, trailSummary } from '#cli/trailText.ts';

const MAX_PREVIEW_LINES = 8;
const MARGIN = '    ';

export interface AnswerLayout {
  /** Columns of the terminal; undefined where there is none: paragraphs are not wrapped then. */
  readonly width: number | undefined;
  /** `summary` where the trail has been shown while it ran. */
  readonly trail: 'full' | 'summary';
}

/** Columns to fill where there is no terminal. */
export const FREE_WIDTH = 160;

/** The whole answer, ending with a line end. Safe to print, whatever the workspace holds. */
export function answerText(answer: Answer, layout: AnswerLayout): string {
  const width = layout.width ?? FREE_WIDTH;
  const blocks = [
    paragraph(textOf(answer.sentences) || standIn(answer), layout.width),
    surenessLines(answer, layout.width),
  ];
  for (const citation of answer.citations) blocks.push(citationLines(citation, width));
  const trail = layout.trail === 'full' ? trailLines(answer.trail, width) : [];
  blocks.push([trailSummary(answer.trail, answer.timings.total), ...trail]);
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const standIn = (answer: Answer): string =>
  answer.found ? 'These places fit the question.' : 'Nothing in this workspace answers that.';

const paragraph = (text: string, width: number | undefined): string[] =>
  width === undefined ? [printable(text)] : wrapToWidth(printable(text), Math.min(width, 100));

function surenessLines(answer: Answer, width: number | undefined): string[] {
  return [`Sure: ${answer.sure}`, ...[...new Set(answer.notes)].flatMap((note) => paragraph(`Note: ${note}`, width))];
}

function citationLines(citation: Citation, width: number): string[] {
  const symbol = citation.symbol;
  const name = symbol && `  ${[...symbol.inside, symbol.name].map(printable).join('.')} (${symbol.kind})`;
  const lines = [`[${citation.number}] ${printable(citation.path)}:${citation.start}-${citation.end}${name ?? ''}`];
  if (citation.why.length) lines.push(cutToWidth(`${MARGIN}${citation.why.map(printable).join(' · ')}`, width));
  return [...lines, ...previewLines(citation, width)];
}

/** The first lines, or those from before the symbol's name on where it stands further down. */
function previewLines({ start, lines, symbol }: Citation, width: number): string[] {
  const named = (symbol?.line ?? start) - start;
  const isFurtherDown = named >= MAX_PREVIEW_LINES && named < lines.length;
  const first = isFurtherDown ? Math.min(named - 1, lines.length - MAX_PREVIEW_LINES) : 0;
  const shown = lines.slice(first, first + MAX_PREVIEW_LINES);
  const digits = String(start + first + shown.length - 1).length;
  const gap = `${MARGIN}${' '.repeat(digits)} …`;
  const numbered = shown.map((line, i) => {
    const number = String(start + first + i).padStart(digits);
    return cutToWidth(`${MARGIN}${number} │ ${printable(line.slice(0, FREE_WIDTH * 2))}`, width).trimEnd();
  });
  return [...(first ? [gap] : []), ...numbered, ...(first + shown.length < lines.length ? [gap] : [])];
}
