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

/** Words that stand before a name where it is defined, in most languages. */
const DEFINING =
  'function\\*?|def|fn|fun|func|sub|class|interface|type|enum|struct|trait|record|object|module|const|let|var|val|static';

/** The first line, or that of the symbol's definition where it stands further down. */
function firstShown({ lines, symbol }: Citation): number {
  const named = symbol ? lineOf(symbol.name, lines) : -1;
  return named < FEW ? 0 : Math.min(named, Math.max(0, lines.length - FEW));
}

/** Index of the line that looks like the definition, else of the first that has the name; -1 if none has. */
function lineOf(name: string, lines: readonly string[]): number {
  const definition = new RegExp(`\\b(?:${DEFINING})\\s+${name.replace(/[^\w]/g, '\\$&')}(?![\\w$])`);
  const defined = lines.findIndex((line) => definition.test(line));
  return defined < 0 ? lines.findIndex((line) => line.includes(name)) : defined;
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
