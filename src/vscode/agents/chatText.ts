/**
 * Text of a workspace for the editor's chat: Markdown that shows the text and does nothing else.
 *
 * The chat looks for elements of its own (`<vscode_codeblock_uri>`) also in code, where nothing can be escaped, so there
 * their angle bracket is another one.
 */
import { blockMarkdown, codeMarkdown, inlineMarkdown } from '#core/answer/markdownText.ts';

export const chatText = (text: string): string => withoutElements(inlineMarkdown(text));

export const chatCode = (text: string): string => withoutElements(codeMarkdown(text));

export const chatBlock = (lines: readonly string[], path: string): string =>
  withoutElements(blockMarkdown(lines, path));

const withoutElements = (markdown: string): string => markdown.replace(/<(?=\/?vscode_)/gi, '‹');

/**
 * The title of a link to a place. The chat writes a title into its Markdown as it is, so only what means nothing there
 * may be in it.
 */
export const placeTitle = (path: string, line: number): string => {
  const name = path.split('/').at(-1)!;
  const isPlain = /^[\p{L}\p{N}_.@][\p{L}\p{N}_.@+(), -]{0,59}$/u.test(name);
  return isPlain ? `${name}:${line}` : `${PLACE}:${line}`;
};

const PLACE = '…';
