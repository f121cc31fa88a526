/**
 * Pairs of a documentation section and code: the file or the definitions that it names, else the code that it shows.
 */
import { splitDoc, type DocSection } from '#core/search/docSections.ts';
import { partsOf } from '#core/search/words.ts';
import { cutText, plainText, withoutNumbers } from './messageQuestion.ts';
import { pairCode } from './pair.ts';
import { isSearchable } from './questionFault.ts';

/** What sections can be about. */
export interface NamedCode {
  /** Code of definitions by name; null where several have the name. */
  readonly definitions: ReadonlyMap<string, CodeAt | null>;
  /** Heads of the definitions of a file, by its path. */
  readonly outlines: ReadonlyMap<string, string>;
}

export interface CodeAt {
  readonly code: string;
  readonly path: string;
}

export interface DocsPair extends CodeAt {
  readonly text: string;
}

export function docsPairs(path: string, contents: string, named: NamedCode): DocsPair[] {
  return splitDoc(path, contents).flatMap((section) => {
    const text = textOf(section);
    return text !== undefined && isSearchable(text)
      ? placesOf(section, path, named).map((place) => ({ text, ...place }))
      : [];
  });
}

const MAX_TEXT = 400;
const MIN_PARAGRAPH = 25;
const MAX_PLACES = 2;
const MIN_CODE = 40;
const MAX_NAMES = 40;

/** The heading and the first paragraph; undefined where there is no paragraph that says something. */
function textOf({ headings, body }: DocSection): string | undefined {
  const paragraph = plainText(body.slice(0, 8 * MAX_TEXT))
    .trim()
    .split(/\n\s*\n/, 1)[0]!;
  const plain = withoutNumbers(
    paragraph
      .replace(/^\s*(?:\.\. |:)?[\w:-]{1,40}:{1,2}(?:\s.*)?$/gm, ' ')
      .replace(/!?\[([^[\]]{0,200})\](?:\([^()]{0,300}\)|\[[^[\]]{0,100}\])/g, '$1')
      .replace(/:[a-zA-Z:+-]{1,30}:`~?\.?([^`<]{1,200}?)(?:\s*<[^`>]{0,200}>)?`/g, '`$1`')
      .replace(/<\/?\w[^<>]{0,200}>|\*\*|``/g, ' '),
  );
  if (plain.length < MIN_PARAGRAPH) return undefined;
  const heading = headings.at(-1) ?? '';
  return [heading, cutText(plain, MAX_TEXT)].filter(Boolean).join('\n');
}

function placesOf(section: DocSection, path: string, { definitions, outlines }: NamedCode): CodeAt[] {
  const names = namesIn(section.body);
  const files = names.flatMap((name) => {
    const code = outlines.get(name);
    return code === undefined ? [] : [{ code, path: name }];
  });
  const defined = names.filter(isDistinct).flatMap((name) => definitions.get(lastPart(name)) ?? []);
  const places = [...new Set([...files, ...defined])];
  if (places.length) return places.slice(0, MAX_PLACES);
  const code = pairCode(section.code.split('\n').filter((line) => !/^\s*(?:```|~~~)/.test(line)));
  return code.length >= MIN_CODE ? [{ code, path }] : [];
}

/** What stands in backquotes, and paths. */
const namesIn = (body: string): string[] =>
  [...body.matchAll(/`([^`\n]{2,120})`|(?<![\w./-])((?:[\w.-]{1,60}\/){1,8}[\w-]{1,60}\.\w{1,5})(?![\w/])/g)]
    .slice(0, MAX_NAMES)
    .map(([, quoted, path]) => (quoted ?? path!).trim());

/** A lone common word in backquotes is rarely the one definition that happens to be called so. */
const isDistinct = (name: string): boolean => /\(|\w[.:#]|->/.test(name) || partsOf(lastPart(name)).length > 1;

/** `Router.handle()` and `router::handle` are called `handle`. */
const lastPart = (name: string): string =>
  name
    .replace(/\(.*$|<.*>$|[=\s].*$/, '')
    .split(/[.:#]+|->/)
    .at(-1)!;
