/**
 * A hover's Markdown. Whatever comes from the workspace is written in character references, so that none of it can be
 * Markdown, HTML, a link or an icon; the only links are commands of our own with data as arguments.
 */
import type { ExplainLine, ExplainPart, ExplainTarget } from '#core/answer/explainText.ts';

/** What a link in a hover may run. */
export const HOVER_COMMANDS = ['spoor.openPlace', 'spoor.openCommit', 'spoor.ask', 'spoor.explainAt'] as const;

/** Lines of a card, one below the other. */
export const cardMarkdown = (lines: readonly ExplainLine[]): string =>
  lines.map((line) => line.map(partMarkdown).join('')).join('  \n');

export const commandLink = (
  text: string,
  command: (typeof HOVER_COMMANDS)[number],
  argument: unknown,
  tip: string,
): string => `[${plainMarkdown(text)}](command:${command}?${linkArguments([argument])} "${plainMarkdown(tip)}")`;

/** Text as Markdown that says just this text: letters and digits as they are, all other ASCII signs by number. */
export const plainMarkdown = (text: string): string =>
  text.replace(/\s+/g, ' ').replace(/[!-/:-@[-`{-~]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function partMarkdown({ text, target, tip, strong }: ExplainPart): string {
  if (target) return targetLink(text, target, tip ?? text);
  return strong ? `**${plainMarkdown(text)}**` : plainMarkdown(text);
}

function targetLink(text: string, target: ExplainTarget, tip: string): string {
  switch (target.type) {
    case 'place':
      return commandLink(text, 'spoor.openPlace', target.span, tip);
    case 'commit':
      return commandLink(text, 'spoor.openCommit', { id: target.id }, tip);
    case 'ask':
      return commandLink(text, 'spoor.ask', { text: target.text }, tip);
  }
}

/**
 * What `encodeURIComponent` leaves as it is may end a link in Markdown. The editor decodes twice, so a percent sign must
 * not stand in the text itself.
 */
const linkArguments = (args: readonly unknown[]): string =>
  encodeURIComponent(JSON.stringify(args).replaceAll('%', '\\u0025')).replace(
    /[!'()*_~]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
