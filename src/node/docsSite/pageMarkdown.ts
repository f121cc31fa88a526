/**
 * A page as text. HTML becomes Markdown: what the page is about, without what surrounds it. Nothing of a page is run or
 * loaded. Runs in a thread of its own (`pageWorker.ts`): a hostile page can hold a parser up without end.
 */
import TurndownService from 'turndown';
import { addRules, type HtmlNode } from './htmlRules.ts';
import { linkAddress } from './siteScope.ts';

export interface PageSource {
  readonly url: string;
  readonly type: 'html' | 'markdown' | 'plain';
  readonly text: string;
}

export interface PageText {
  /** In one line; never empty. */
  readonly title: string;
  /** Without a line end at its end; empty for a page without text. */
  readonly markdown: string;
  /** Addresses of other pages, each once, in the page's order. */
  readonly links: readonly string[];
}

/** Throws for a page that is nested too deeply. */
export function pageMarkdown({ url, type, text }: PageSource): PageText {
  return type === 'html' ? htmlPage(text, url) : textPage(text, url, type);
}

const MAX_LINKS = 5_000;
const MAX_TITLE = 200;

function htmlPage(html: string, url: string): PageText {
  const page = parse(html);
  const links = pageLinks(page, url);
  const name = oneLine(page.title);
  const content = contentOf(page);
  const heading = oneLine(content.querySelector('h1')?.textContent ?? '');
  const markdown = tidy(converter().turndown(content as never));
  const title = heading || name || pathTitle(url);
  return { title, markdown: !heading && markdown ? `# ${title}\n\n${markdown}` : markdown, links };
}

function textPage(text: string, url: string, type: 'markdown' | 'plain'): PageText {
  const markdown = tidy(text.replace(/\r\n?/g, '\n'));
  const heading = type === 'markdown' ? oneLine(/^# (.{1,400})$/m.exec(markdown)?.[1] ?? '') : '';
  const targets =
    type === 'markdown' ? [...markdown.matchAll(/\]\(<?([^\s()<>]{1,2000})/g)].map(([, target]) => target!) : [];
  return { title: heading || pathTitle(url), markdown, links: addresses(targets, url) };
}

/** What the parser of Turndown gives, as far as it is used here. */
interface HtmlDocument {
  readonly title: string;
  readonly body: HtmlNode;
  readonly documentElement: { innerHTML: string };
  readonly implementation: { createHTMLDocument(title: string): HtmlDocument };
  querySelector(selector: string): HtmlNode | null;
  querySelectorAll(selector: string): ArrayLike<HtmlNode>;
}

let known: HtmlDocument | undefined;

/** Turndown has a parser of HTML and keeps it to itself; a document that it made can make others. */
function parse(html: string): HtmlDocument {
  if (!known) {
    const take = (node: { readonly ownerDocument: unknown }): boolean => {
      known = node.ownerDocument as HtmlDocument;
      return false;
    };
    new TurndownService().addRule('take', { filter: take as never }).turndown('<p>x</p>');
  }
  const page = known!.implementation.createHTMLDocument('');
  page.documentElement.innerHTML = html;
  return page;
}

function pageLinks(page: HtmlDocument, url: string): string[] {
  const base = URL.parse(page.querySelector('base[href]')?.getAttribute('href') ?? '', url)?.href ?? url;
  const targets = Array.from(page.querySelectorAll('a[href]'), (link) => link.getAttribute('href') ?? '');
  return addresses(targets, base);
}

const addresses = (targets: readonly string[], base: string): string[] => [
  ...new Set(targets.slice(0, MAX_LINKS).flatMap((target) => linkAddress(target, base) ?? [])),
];

const NEVER =
  'script, style, noscript, template, iframe, frame, object, embed, applet, svg, canvas, audio, video, map, nav, button, ' +
  'input, select, textarea, dialog, [role=navigation], [role=search], [role=dialog], [hidden], [aria-hidden=true], ' +
  '.headerlink, .linenos, .linenodiv, .line-numbers-rows, .sr-only, .visually-hidden';
const AROUND = 'header, footer, aside, [role=banner], [role=contentinfo], [role=complementary]';

/** The part of the page that it is about: `main` or the only `article`, if most of the text is there. */
function contentOf(page: HtmlDocument): HtmlNode {
  const { body } = page;
  removeAll(body, NEVER);
  unwrapUnnamed(body);
  // Some sites put the whole page into a form.
  for (const form of Array.from(body.querySelectorAll('form'))) if (!form.querySelector('h1, h2, h3, p')) form.remove();
  let content = body;
  for (const selector of ['main, [role=main]', 'article']) {
    const found = content.querySelectorAll(selector);
    const [inner] = Array.from(found).slice(0, 1);
    if (inner && (found.length === 1 || selector !== 'article') && textLength(inner) > 0.25 * textLength(content))
      content = inner;
  }
  if (content === body) removeAll(body, AROUND);
  return content;
}

function removeAll(node: HtmlNode, selector: string): void {
  for (const one of Array.from(node.querySelectorAll(selector))) one.remove();
}

/** Elements whose name is none (`<x<y>`) cannot be copied, which Turndown does first. */
function unwrapUnnamed(body: HtmlNode): void {
  for (const node of Array.from(body.querySelectorAll('*'))) {
    if (/^[a-z][\w:.-]*$/i.test(node.nodeName) || !node.parentNode) continue;
    for (let child = node.firstChild; child; child = node.firstChild) node.parentNode.insertBefore(child, node);
    node.remove();
  }
}

const textLength = (node: HtmlNode): number => node.textContent.replace(/\s+/g, ' ').length;

let made: TurndownService | undefined;
const converter = (): TurndownService =>
  (made ??= addRules(
    new TurndownService({
      headingStyle: 'atx',
      codeBlockStyle: 'fenced',
      bulletListMarker: '-',
      emDelimiter: '*',
      br: '',
    }),
  ));

/** Without control characters, trailing blanks and runs of empty lines; outside of code an empty line is one. */
function tidy(markdown: string): string {
  const lines = markdown
    .replace(/[\0-\x08\x0b-\x1f\x7f]/g, '')
    .toWellFormed()
    .split('\n')
    .map((line) => line.trimEnd());
  return lines
    .filter((line, i) => line || lines[i - 1])
    .join('\n')
    .trim();
}

const oneLine = (text: string): string =>
  text
    .slice(0, 4 * MAX_TITLE)
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .replace(/[¶#§\s]+$/, '')
    .trim()
    .slice(0, MAX_TITLE)
    .toWellFormed();

const pathTitle = (url: string): string => {
  const { pathname, host } = new URL(url);
  return pathname.split('/').findLast(Boolean) ?? host;
};
