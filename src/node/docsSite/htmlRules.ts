/** How Turndown writes what documentation is made of, beyond its own rules: for reading and searching, not for pages. */
import type TurndownService from 'turndown';

/** A node of the parsed page, as far as it is used here. */
export interface HtmlNode {
  readonly nodeName: string;
  readonly nodeType: number;
  readonly nodeValue: string | null;
  readonly textContent: string;
  readonly parentNode: HtmlNode | null;
  readonly childNodes: ArrayLike<HtmlNode>;
  getAttribute(name: string): string | null;
  readonly firstChild: HtmlNode | null;
  insertBefore(node: HtmlNode, before: HtmlNode): unknown;
  querySelector(selector: string): HtmlNode | null;
  querySelectorAll(selector: string): ArrayLike<HtmlNode>;
  remove(): void;
}

/** Adds the rules to a service and returns it. */
export function addRules(service: TurndownService): TurndownService {
  for (const [name, { filter, replacement }] of Object.entries(RULES))
    service.addRule(name, {
      filter: filter as never,
      replacement: (content, node) => replacement(content, node as unknown as HtmlNode),
    });
  // Turndown would write `max\_tries`, which nobody searches for.
  service.escape = (text) => text.replace(/^(#{1,6} |`{3}|~{3}|-{3}|={3})/, '\\$1');
  return service;
}

interface Rule {
  readonly filter: string | readonly string[] | ((node: HtmlNode) => boolean);
  readonly replacement: (content: string, node: HtmlNode) => string;
}

/** A table that only lays out, as for code with line numbers, is none. */
const isInTable = (node: HtmlNode): boolean => !tableOf(node)?.querySelector('pre, table');

const RULES: Readonly<Record<string, Rule>> = {
  link: { filter: 'a', replacement: (content) => (/^\s*[¶#§🔗]?\s*$/u.test(content) ? '' : content) },
  image: { filter: 'img', replacement: (_, node) => (node.getAttribute('alt') ?? '').replace(/\s+/g, ' ').trim() },
  heading: {
    filter: ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'],
    replacement: (content, { nodeName }) =>
      `\n\n${'#'.repeat(Number(nodeName[1]))} ${content.replace(/\s+/g, ' ').trim()}\n\n`,
  },
  code: { filter: 'pre', replacement: (_, node) => fenced(codeOf(node), languageOf(node)) },
  cell: {
    filter: (node) => /^T[HD]$/.test(node.nodeName) && isInTable(node),
    replacement: (content) => ` ${content.replace(/\s+/g, ' ').trim().replaceAll('|', '\\|')} |`,
  },
  rows: {
    filter: (node) => /^T(?:HEAD|BODY|FOOT)$/.test(node.nodeName) && isInTable(node),
    replacement: (content) => `\n${content.replace(/^\n+/, '').trimEnd()}\n`,
  },
  row: {
    filter: (node) => node.nodeName === 'TR' && isInTable(node),
    replacement: (content, node) => row(content, node),
  },
};

function tableOf(node: HtmlNode): HtmlNode | undefined {
  for (let at = node.parentNode; at; at = at.parentNode) if (at.nodeName === 'TABLE') return at;
  return undefined;
}

/** The first row with heading cells gets the line under it. */
function row(content: string, node: HtmlNode): string {
  const cells = Array.from(node.childNodes).filter(({ nodeName }) => /^T[HD]$/.test(nodeName));
  const isHead = cells.length > 0 && cells.every(({ nodeName }) => nodeName === 'TH');
  return `\n|${content.replaceAll('\n', '')}${isHead ? `\n|${' --- |'.repeat(cells.length)}` : ''}\n`;
}

function fenced(code: string, language: string): string {
  const text = code.replace(/^\n+|\s+$/g, '');
  if (!text) return '';
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return `\n\n${fence}${language}\n${text}\n${fence}\n\n`;
}

const OWN_LINE = /^(?:DIV|P|LI|TR|TABLE|UL|OL|FIGURE)$/;

/** Text with its line ends: those of `br`, and of elements that stand on lines of their own. */
function codeOf(node: HtmlNode): string {
  let code = '';
  const newLine = (): void => {
    if (code && !code.endsWith('\n')) code += '\n';
  };
  const add = (one: HtmlNode): void => {
    if (one.nodeType === 3) code += one.nodeValue ?? '';
    else if (one.nodeName === 'BR') code += '\n';
    else {
      const isLine = OWN_LINE.test(one.nodeName);
      if (isLine) newLine();
      for (const child of Array.from(one.childNodes)) add(child);
      if (isLine) newLine();
    }
  };
  add(node);
  return code.replaceAll('\r', '');
}

/** By the class names that highlighters give: `language-js`, `highlight-python`, `highlight-source-shell`. */
function languageOf(node: HtmlNode): string {
  const code = node.querySelector('code');
  const around = [code, node, node.parentNode, node.parentNode?.parentNode];
  for (const one of around) {
    const names = one?.getAttribute?.('class') ?? '';
    const language = /(?:^|\s)(?:language|lang|highlight(?:-source)?|brush:)[-\s]?([a-z][\w+#]{0,20})(?:\s|$)/i.exec(
      names,
    )?.[1];
    if (language) return language.toLowerCase();
  }
  return '';
}
