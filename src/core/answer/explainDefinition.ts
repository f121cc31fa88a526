/**
 * Which of several definitions a name at a place means, where no language server says so.
 *
 * By what programs mostly mean: the definition in the line, the one in scope, the one that is imported, and for names
 * that say much, the only one or the nearest. No definition is given rather than a wrong one.
 */
import type { Definition } from '#core/agent/tools.ts';
import { isRelative, leadsTo, type ImportedName } from '#core/answer/explainImports.ts';
import { isTellingName } from '#core/answer/mentions.ts';
import { codeFamilyOf, type CodeFamily } from '#core/search/codeFamily.ts';
import { fileKind } from '#core/search/fileKind.ts';
import { rangeContains, spanLength } from '#core/search/span.ts';
import { partsOf } from '#core/search/words.ts';

/** A name where it stands. */
export interface NamePlace {
  readonly name: string;
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** 0-based; the first one of the name in the line when unknown. */
  readonly column?: number | undefined;
  /** The line; empty when the file on disk has not what the editor shows. */
  readonly text: string;
  /** What the file imports. */
  readonly imports: readonly ImportedName[];
  /** What is defined in the file. */
  readonly outline: readonly Definition[];
}

/** `candidates` are definitions of the name anywhere in the workspace. */
export function chooseDefinition(candidates: readonly Definition[], place: NamePlace): Definition | undefined {
  const fitting = plausible(candidates, place);
  const own = fitting.find(({ span, line }) => span.path === place.path && line === place.line);
  if (own) return own;
  const qualifier = qualifierAt(place);
  const isMember = qualifier !== '';
  const scoped = isMember && !OWN.has(qualifier) ? undefined : inScope(fitting, place, OWN.has(qualifier));
  if (scoped) return scoped;
  const imported = importOf(isMember ? qualifier : place.name, place);
  if (imported) return byImport(fitting, imported, place);
  return isMember
    ? byOwner(fitting, qualifier, place)
    : byNearness(
        fitting.filter((one) => !isPart(one, place)),
        place,
      );
}

/** Words before the dot that mean what is around. */
const OWN = new Set(['this', 'self', 'cls', 'super', '@', '$this', 'Self', 'static']);

/** What the name is taken out of: '' for a plain name, `?` for more than a word (`f().name`). */
export function qualifierAt({ name, text, column }: Pick<NamePlace, 'name' | 'text' | 'column'>): string {
  const before = text.slice(0, column ?? Math.max(0, text.indexOf(name)));
  if (before.endsWith('@')) return '@';
  const joint = /(?:\?\.|(?<!\.)\.|->|::|\\)\s*$/.exec(before);
  if (!joint) return /^\s*\.$/.test(before) ? '?' : '';
  return /(?:^|[^\p{L}\p{N}_$.)\]])([\p{L}\p{N}_$]+)$/u.exec(before.slice(0, joint.index))?.[1] ?? '?';
}

/** Those of a language that can speak with the place's, tests only for tests. */
function plausible(candidates: readonly Definition[], { name, path }: NamePlace): Definition[] {
  const fitting = candidates.filter((one) => one.name === name && speakTogether(one.span.path, path));
  const sources = fitting.filter(({ span }) => span.path === path || fileKind(span.path) === 'source');
  return fileKind(path) === 'source' || sources.length > 0 ? sources : fitting;
}

const TOGETHER: readonly (readonly CodeFamily[])[] = [
  ['js', 'ts'],
  ['c', 'cpp'],
  ['java', 'kotlin', 'scala'],
];

/** Whether a file can use what the other one defines. From texts that are no code everything can be meant. */
export function speakTogether(a: string, b: string): boolean {
  const [first, second] = [codeFamilyOf(a), codeFamilyOf(b)];
  if (first === second || first === undefined || second === undefined) return true;
  return TOGETHER.some((group) => group.includes(first) && group.includes(second));
}

const MODULE_LANGUAGES = new Set<CodeFamily | undefined>(['js', 'ts', 'python', 'rust']);
const NAMED_MEMBERS = new Set<CodeFamily | undefined>(['js', 'ts', 'python', 'rust', 'go', 'php']);

/** Whether a member of a class is never meant by its plain name in this file's language. */
export const needsOwner = (path: string): boolean => NAMED_MEMBERS.has(codeFamilyOf(path));

/** Whether it belongs to a class or the like, whose name has to be said in this language. */
const isPart = ({ kind, inside }: Definition, { path }: NamePlace): boolean =>
  needsOwner(path) && inside.length > 0 && (kind === 'method' || kind === 'field' || kind === 'constructor');

/** The definition in the innermost scope around the place; for `this.name`, of the innermost class that has it. */
function inScope(fitting: readonly Definition[], place: NamePlace, isOwn: boolean): Definition | undefined {
  const range = { start: place.line, end: place.line };
  const around = new Set(place.outline.filter((one) => rangeContains(one.span, range)).flatMap(scopesOf));
  const visible = fitting
    .filter(
      ({ span, inside }) => span.path === place.path && (inside.length === 0 ? !isOwn : around.has(inside.join('\0'))),
    )
    .filter((one) => isOwn || !isPart(one, place));
  return onlyOne(deepest(visible));
}

/** The definition and those that it is said to be inside of: `res.json = function` has no `res` around it. */
const scopesOf = ({ inside, name }: Definition): string[] =>
  [...inside, name].map((_, i, all) => all.slice(0, i + 1).join('\0'));

function deepest(definitions: readonly Definition[]): Definition[] {
  const depth = Math.max(...definitions.map(({ inside }) => inside.length));
  return definitions.filter(({ inside }) => inside.length === depth);
}

const importOf = (name: string, { imports }: NamePlace): ImportedName | undefined =>
  imports.find((one) => one.name === name);

function byImport(fitting: readonly Definition[], imported: ImportedName, place: NamePlace): Definition | undefined {
  const exact = fitting.filter(({ span }) => leadsTo(imported, place.path, span.path));
  if (exact.length > 0) return onlyOne(topLevel(exact)) ?? onlyOne(exact);
  // A module may hand on what another one defines; what comes from a package is not the workspace's.
  const elsewhere = topLevel(fitting.filter(({ span }) => span.path !== place.path));
  return isRelative(imported) || (isTellingName(place.name) && !isPackage(imported)) ? onlyOne(elsewhere) : undefined;
}

const isPackage = ({ from }: ImportedName): boolean => /^(?:node:)?[a-z][\w.-]*(?:\/[\w.-]+)*$/.test(from);
const topLevel = (definitions: readonly Definition[]): Definition[] =>
  definitions.filter(({ inside }) => inside.length === 0);

/** `queue.send`: of a class with the name, or with a word of it, else the only one if the name says much. */
function byOwner(fitting: readonly Definition[], qualifier: string, place: NamePlace): Definition | undefined {
  const named = fitting.filter(
    ({ inside, span }) => inside.at(-1) === qualifier || (inside.length === 0 && stemOf(span.path) === qualifier),
  );
  if (named.length > 0) return onlyOne(named);
  const words = partsOf(qualifier);
  const akin = fitting.filter(({ inside }) => {
    const owner = partsOf(inside.at(-1) ?? '');
    return words.length > 0 && words.every((word) => owner.includes(word));
  });
  if (akin.length > 0) return onlyOne(akin) ?? byNearness(akin, place);
  return isTellingName(place.name) ? byNearness(fitting, place) : undefined;
}

/** The only one, or the nearest; a name that may mean anything only where its language needs no import. */
function byNearness(fitting: readonly Definition[], place: NamePlace): Definition | undefined {
  if (!isTellingName(place.name)) {
    if (MODULE_LANGUAGES.has(codeFamilyOf(place.path))) return undefined;
    const near = fitting.filter(({ span }) => folderOf(span.path) === folderOf(place.path));
    return near.length > 0 ? onlyOne(near) : undefined;
  }
  const least = Math.min(...fitting.map(({ span }) => distance(span.path, place.path)));
  return onlyOne(fitting.filter(({ span }) => distance(span.path, place.path) === least));
}

/** The definition, if all are one: overloads and parts in one place, and typings beside their source, count as one. */
function onlyOne(definitions: readonly Definition[]): Definition | undefined {
  const sources = definitions.filter(({ span }) => !/\.d\.[cm]?ts$|\.pyi$/.test(span.path));
  const [first, ...others] = sources.length > 0 ? sources : definitions;
  if (!first || others.some((one) => !isSame(one, first))) return undefined;
  return [first, ...others].find(({ doc }) => doc !== undefined) ?? longest([first, ...others]);
}

const isSame = (a: Definition, b: Definition): boolean =>
  a.span.path === b.span.path && a.inside.join('\0') === b.inside.join('\0');

const longest = (definitions: readonly Definition[]): Definition =>
  definitions.reduce((best, one) => (spanLength(one.span) > spanLength(best.span) ? one : best));

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
const stemOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replace(/\..*$/, '');

/** Folders to go up and down from one file to the other. */
export function distance(a: string, b: string): number {
  const [first, second] = [a.split('/').slice(0, -1), b.split('/').slice(0, -1)];
  let common = 0;
  while (common < first.length && first[common] === second[common] && common < second.length) common++;
  return first.length + second.length - 2 * common;
}
