/**
 * Questions that a workspace can answer, made of its own names and headings. Only plain names and words go into them:
 * they are shown, and asked by one click.
 */
import type { GrepResult } from '#core/agent/tools.ts';
import { definedName } from '#core/search/definitionLine.ts';
import { fileKind } from '#core/search/fileKind.ts';
import { STOP_WORDS } from '#core/search/stopWords.ts';
import { identifiersIn, partsOf, stemOf } from '#core/search/words.ts';

export interface SampledFile {
  readonly path: string;
  readonly lines: readonly string[];
}

/**
 * Names that some of the files share or that one of them defines, those first that are both; at most `limit`. Each has
 * two words at least: a question about it has something to search for.
 */
export function telltaleNames(files: readonly SampledFile[], limit: number): string[] {
  const counts = new Map<string, number>();
  const defined = new Set<string>();
  for (const { path, lines } of files) {
    for (const name of new Set(lines.flatMap(identifiersIn)))
      if (isPlainName(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const line of lines) {
      const name = /^\s/.test(line) ? undefined : definedName(line, path);
      if (name !== undefined) defined.add(name);
    }
  }
  const rank = (name: string): number => (defined.has(name) ? 1_000 : 0) + Math.min(counts.get(name)!, MOST_SHARED);
  const known = [...counts.keys()].filter((name) => defined.has(name) || counts.get(name)! > 1);
  return known.sort((a, b) => rank(b) - rank(a) || (a < b ? -1 : 1)).slice(0, limit);
}

/** At most three questions; `found` is what grep says to `names`, one term each. */
export function exampleQuestions(
  names: readonly string[],
  found: GrepResult | undefined,
  topics: readonly string[],
): string[] {
  const known = names.flatMap((name, i) => knownName(name, found?.terms[i]?.files ?? []) ?? []).sort(byUses);
  const tested = known.find(({ tests }) => tests > 0 && tests <= MANY_FILES);
  const used = known.find((one) => one !== tested && one.uses > 1) ?? known.find(({ uses }) => uses > 1);
  const others = known.filter((one) => one !== used && one !== tested).map(({ name }) => `What does ${name} do?`);
  const questions = [
    used && `Where is ${used.name} used?`,
    topics[0] === undefined ? undefined : questionAbout(topics[0]),
    tested && tested !== used ? `Where is ${tested.name} tested?` : undefined,
    ...others,
  ];
  return questions.filter((question) => question !== undefined).slice(0, MOST_QUESTIONS);
}

/**
 * What documents are about, as it can be asked for: plain headings of one to four words, some of which stand in the
 * paths of source files, so that code will answer. Those with more such words come first. Titles of the documents at
 * the top are left out: they name the whole project.
 */
export function topicsOf(headings: readonly DocHeadings[], paths: readonly string[]): string[] {
  const sources = paths.filter((path) => fileKind(path) === 'source');
  const stems = new Set(sources.flatMap((path) => partsOf(path).map(stemOf)));
  const titles = new Set(headings.flatMap((one) => (one.path.includes('/') ? [] : (topicOf(one.headings[0]) ?? []))));
  const topics = new Set(headings.flatMap((one) => topicOf(one.headings.at(-1)) ?? []));
  return [...topics]
    .filter((topic) => !titles.has(topic))
    .map((topic, order) => {
      const parts = partsOf(topic);
      const inCode = parts.filter((part) => stems.has(stemOf(part))).length;
      return { topic, order, inCode, share: inCode / parts.length };
    })
    .filter(({ share }) => share > 0)
    .sort((a, b) => Math.min(b.inCode, 2) - Math.min(a.inCode, 2) || b.share - a.share || a.order - b.order)
    .map(({ topic }) => topic);
}

/** A section's headings, from the outermost to its own. */
export interface DocHeadings {
  readonly path: string;
  readonly headings: readonly string[];
}

const MOST_QUESTIONS = 3;
/** A name in more of the sampled files is no better than one in so many. */
const MOST_SHARED = 8;
/** What more files than this use is used everywhere. */
const MANY_FILES = 20;
const PLAIN_NAME = /^[A-Za-z][A-Za-z0-9_]{4,39}$/;
const PLAIN_HEADING = /^[A-Za-z]{3,20}(?:[ -][A-Za-z]{2,20}){0,3}$/;

const isPlainName = (name: string): boolean => PLAIN_NAME.test(name) && partsOf(name).length > 1;

interface KnownName {
  readonly name: string;
  /** Files besides the one that defines it, tests left out. */
  readonly uses: number;
  readonly tests: number;
}

type Files = GrepResult['terms'][number]['files'];

/** Undefined for a name that is not defined just once, in a source file. */
function knownName(name: string, files: Files): KnownName | undefined {
  const holding = files.filter(({ lines }) => lines.some(({ text }) => identifiersIn(text).includes(name)));
  const definitions = holding.flatMap(({ path, lines }) =>
    lines.flatMap(({ text }) => (definedName(text, path) === name ? [path] : [])),
  );
  if (definitions.length !== 1 || fileKind(definitions[0]!) !== 'source') return undefined;
  const kinds = holding.filter(({ path }) => path !== definitions[0]).map(({ path }) => fileKind(path));
  const count = (wanted: string): number => kinds.filter((kind) => kind === wanted).length;
  return { name, uses: count('source'), tests: count('test') };
}

/** Well connected first, but not what is everywhere. */
function byUses(a: KnownName, b: KnownName): number {
  const worth = ({ uses }: KnownName): number => (uses > MANY_FILES ? 1 : uses);
  return worth(b) - worth(a) || (a.name < b.name ? -1 : 1);
}

function questionAbout(topic: string): string {
  const isPlural = /[^isu]s$/.test(topic);
  return `How ${isPlural ? 'do' : 'does'} ${topic} work?`;
}

/** Undefined for a heading that is not plain, says what every document has, or tells the reader to do something. */
function topicOf(heading: string | undefined): string | undefined {
  if (heading === undefined || !PLAIN_HEADING.test(heading)) return undefined;
  const words = heading.split(/[ -]/).map((word) => word.toLowerCase());
  if (words.some((word) => STOP_WORDS.has(word) || EVERYWHERE.has(word)) || ORDERS.has(words[0]!)) return undefined;
  return heading.replace(/\b[A-Z][a-z]+\b/g, (word) => word.toLowerCase());
}

/** Words of headings that documents of all kinds have. */
const EVERYWHERE: ReadonlySet<string> = new Set(
  (
    'about acknowledgements acknowledgments api appendix author authors backers background badge badges basics benchmark benchmarks ' +
    'bug bugs bugfixes building changelog changes chat code coc commands community compatibility conclusion conduct contact ' +
    'contents contribute contributing contributors copyright credits demo dependencies deprecated deprecations ' +
    'development docs documentation download downloads ecosystem emeritus example examples faq feature features feedback first ' +
    'fixes further fixed added removed changed future getting glossary goals guide guides help highlights history how ' +
    'improvements information install installation installing intro introduction issues known learn license licence ' +
    'licensing limitations links maintainers major minor migration miscellaneous motivation name new news next note ' +
    'notes options other overview packages parameters patch people philosophy prerequisites project question ' +
    'questions quick quickstart readme recipes reference references related release releases report reporting ' +
    'requirements resources results returns roadmap running sample samples screenshot screenshots security setup ' +
    'simple sponsors started starting status step steps summary support supported synopsis syntax table team terms test ' +
    'testing tests thanks tips title todo toc troubleshooting tutorial tutorials unreleased updating upgrade upgrading ' +
    'usage user users using version versioning versions warning website welcome why wiki'
  ).split(' '),
);
/** Words that begin a heading which tells the reader to do something, less those that are as often names of things. */
const ORDERS: ReadonlySet<string> = new Set(
  (
    'accept add adjust allow apply ask avoid bind call change check choose clean clone close combine compare ' +
    'compile configure connect consider convert copy create customize debug declare define delete deploy describe ' +
    'detect disable display edit embed enable enforce exclude execute extend extract fetch fix follow format ' +
    'generate get give go grant handle hide ignore implement improve include initialize insert inspect integrate ' +
    'invoke join keep list load look make manage measure merge modify mount move name open optimize override ' +
    'parse pass pick prepare prevent print produce provide publish push put raise read receive redirect reduce ' +
    'refactor register reload remove rename render replace report require reset resolve restart restrict return ' +
    'reuse review revert run save scale select send serve set share show sign skip specify split start stop store ' +
    'submit switch sync track train transform trigger try tune turn understand undo uninstall update use validate ' +
    'verify visit wait watch wrap write'
  ).split(' '),
);
