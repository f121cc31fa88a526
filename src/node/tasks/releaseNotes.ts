/** Release notes that a commit adds to a changelog: what changed, said for the people who use the project. */
import { codeFamilyOf } from '#core/search/codeFamily.ts';
import { fileKind } from '#core/search/fileKind.ts';
import { cutText, plainText, withoutNumbers } from './messageQuestion.ts';

/** Whether release notes are written into this file. */
export const isChangelog = (path: string): boolean =>
  fileKind(path) === 'docs' &&
  codeFamilyOf(path) === undefined &&
  /(?:^|[/_.-])(?:change|history|news|release|whats[-_]?new)/i.test(path);

/**
 * The question that these added lines are; undefined when there are none, or so many that they tell of a release and
 * not of one change. `isNew`: the whole file is new, a note of its own.
 */
export function releaseNote(added: readonly string[], isNew: boolean): string | undefined {
  const items = itemsIn(added, isNew).map(plainNote).filter(isSentence);
  if (items.length === 0 || items.length > MAX_ITEMS) return undefined;
  return cutText(items.slice(0, 2).join(' '), MAX_NOTE);
}

const MAX_ITEMS = 3;
const MAX_NOTE = 400;
const BULLET = /^\s{0,8}(?:[-*+•]|\d{1,2}[.)])\s+/;
const HEADING = /^\s*(?:#{1,6}\s|[=\-~^"'`*]{3,}\s*$)/;

function itemsIn(added: readonly string[], isNew: boolean): string[] {
  const items: string[][] = [];
  let isOpen = false;
  for (const line of added.slice(0, MAX_LINES)) {
    if (BULLET.test(line)) {
      items.push([line.replace(BULLET, '')]);
      isOpen = true;
    } else if (!line.trim() || /^\s*(?:```|~~~|\.\. )/.test(line)) isOpen = false;
    else if (isOpen) items.at(-1)!.push(line.trim());
    else if (isNew && items.length === 0) {
      items.push([line.replace(/^#{1,6}\s+/, '')]);
      isOpen = !HEADING.test(line);
    }
  }
  return items.map((lines) => lines.join(' '));
}
const MAX_LINES = 200;

/** Without marks of Markdown and reStructuredText, numbers and thanks. */
function plainNote(item: string): string {
  const text = plainText(item)
    .replaceAll('\n', ' ')
    .slice(0, 4 * MAX_NOTE)
    .replace(/:(?:issue|pr|pull|user|bug|gh|ghuser|ticket|cve|commit):`[^`]{0,200}`/gi, ' ')
    .replace(/:[a-zA-Z:+-]{1,30}:`~?\.?([^`<]{1,200}?)(?:\s*<[^`>]{0,200}>)?`/g, '`$1`')
    .replace(/`([^`<]{1,200})\s<[^`>]{1,300}>`_{1,2}/g, '$1')
    .replace(/!?\[([^[\]]{0,200})\]\([^()]{0,300}\)/g, '$1')
    .replace(/\[([^[\]]{1,200})\]\[[^[\]]{0,80}\]/g, '$1')
    .replace(/\*\*([^*]{1,200})\*\*/g, '$1')
    .replace(/``/g, '`')
    .replace(
      /[,.(]?\s*\b(?:thanks|patch|contributed|reported|pull request|pr|fix|by) (?:to |by |from |goes to )?(?:@|\[@|`?@)[\w-].*$/i,
      '',
    )
    .replace(/^\s*\[[a-z][\w ./-]{0,30}\]\s*/i, '');
  return withoutNumbers(text);
}

const isSentence = (note: string): boolean =>
  note.length > 20 && /\s\S+\s/.test(note) && !/^(?:bump|update|upgrade) .{1,60}(?:to|from) v?\d/i.test(note);
