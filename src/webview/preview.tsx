import type { JSX } from 'preact';
import type { Citation, Token } from '#vscode/messages.ts';
import type { Tokens } from './panelModel.ts';
import { Shown } from './shown.tsx';
import { counted, text } from './texts.ts';
import { useFold } from './useFold.ts';

const FEW = 8;
/** UTF-16 units of a line; no panel is wider. */
const MAX_WIDTH = 240;

interface Props {
  /** Of its fold. */
  readonly name: string;
  readonly citation: Citation;
  readonly tokens: Tokens | undefined;
  readonly current: boolean;
  readonly open: (beside: boolean) => void;
}

/** The cited lines in the theme's colours, plain until those are known. A few of them; all when asked to. */
export function Preview({ name, citation, tokens, current, open }: Props): JSX.Element {
  const [all, setAll] = useFold(name, false);
  const { lines } = citation;
  const from = all ? 0 : firstShown(citation);
  const shown = all ? lines : lines.slice(from, from + FEW);
  const margin = commonMargin(shown);
  const more = lines.length - FEW;
  const onClick = (event: MouseEvent): void => {
    if (window.getSelection()?.isCollapsed !== false) open(event.ctrlKey || event.metaKey);
  };
  return (
    <div class="preview">
      <pre dir="ltr" onClick={onClick}>
        <code>
          {shown.map((line, i) => (
            <Line key={from + i} tokens={clip(tokensOf(line, tokens?.[from + i]), margin)} />
          ))}
        </code>
      </pre>
      {more > 0 && (
        <button class="link" aria-expanded={all} tabIndex={current ? 0 : -1} onClick={() => setAll(!all)}>
          {all ? text('fewerLines') : counted(more, 'oneMoreLine', 'moreLines')}
        </button>
      )}
    </div>
  );
}

const Line = ({ tokens }: { readonly tokens: readonly Token[] }): JSX.Element => (
  <span class="line">
    {tokens.map(({ text: run, color, italic, bold }, i) =>
      color === undefined && !italic && !bold ? (
        <Shown key={i}>{run}</Shown>
      ) : (
        <span key={i} class={`${italic ? 'italic' : ''} ${bold ? 'bold' : ''}`} style={{ color: colorOf(color) }}>
          <Shown>{run}</Shown>
        </span>
      ),
    )}
    {'\n'}
  </span>
);

const colorOf = (color: string | undefined): string => (color && /^#[0-9a-f]{3,8}$/i.test(color) ? color : '');

/** Tokens that do not say the line are of another one: the line goes before its colours. */
const tokensOf = (line: string, tokens: readonly Token[] | undefined): readonly Token[] =>
  tokens?.map((token) => token.text).join('') === line ? tokens : [{ text: line }];

/** The first line, or that of the symbol's name where it stands further down. */
function firstShown({ start, lines, symbol }: Citation): number {
  const named = (symbol?.line ?? start) - start;
  return named < FEW || named >= lines.length ? 0 : Math.min(named, lines.length - FEW);
}

/** White space that all lines begin with. */
function commonMargin(lines: readonly string[]): number {
  const [first = '', ...others] = lines.filter((line) => line.trim() !== '').map((line) => /^[ \t]*/.exec(line)![0]);
  const differs = [...first].findIndex((character, i) => others.some((margin) => margin[i] !== character));
  return differs < 0 ? first.length : differs;
}

/** What of the line is seen: without the margin and what no panel has room for. */
function clip(tokens: readonly Token[], margin: number): readonly Token[] {
  const clipped: Token[] = [];
  let at = 0;
  for (const token of tokens) {
    const run = token.text.slice(Math.max(0, margin - at), Math.max(0, margin + MAX_WIDTH - at));
    at += token.text.length;
    if (run) clipped.push({ ...token, text: run });
  }
  return at > margin + MAX_WIDTH ? [...clipped, { text: '…' }] : clipped;
}
