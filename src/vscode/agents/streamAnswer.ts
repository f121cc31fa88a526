/** A cited answer in the editor's chat. */
import * as vscode from 'vscode';
import type { EpisodeEvent } from '#core/agent/event.ts';
import type { Answer, Citation, Sentence } from '#core/answer/answer.ts';
import type { Span } from '#core/search/span.ts';
import type { AgentParts } from './agentParts.ts';
import { commandLink } from '#vscode/hover/hoverCard.ts';
import { chatCode, chatText, placeTitle } from './chatText.ts';

type Stream = vscode.ChatResponseStream;
type FindFile = (path: string) => Promise<vscode.Uri | undefined>;

/** Files of the workspace and of the docs beside it. */
export const fileFinder =
  ({ paths, search }: Pick<AgentParts, 'paths' | 'search'>): FindFile =>
  async (path) => {
    const file = paths().fileOf(path) ?? (await search.service.resolve([path]))[0]?.file;
    return file === undefined ? undefined : vscode.Uri.file(file);
  };

/** What a turn of the search does, as it begins. */
export function streamProgress(stream: Stream, event: EpisodeEvent): void {
  if (event.type !== 'turn-started') return;
  const said = event.calls
    .slice(0, MAX_CALLS)
    .map(({ tool, what }) => `${tool} ${what.slice(0, MAX_WORDS).join(', ')}`);
  stream.progress(chatText(said.join(' · ').slice(0, MAX_PROGRESS)));
}

const MAX_CALLS = 3;
const MAX_WORDS = 6;
/** UTF-16 units. */
const MAX_PROGRESS = 160;

/** Sentences with the numbers of their places, then the places. `places` leaves the sentences out. */
export async function streamAnswer(
  stream: Stream,
  answer: Answer,
  find: FindFile,
  show: 'all' | 'places' = 'all',
): Promise<void> {
  const files = await locations(answer.citations, find);
  if (show === 'all' || !answer.found) streamSentences(stream, answer);
  streamNotes(stream, answer);
  streamPlaces(stream, answer.citations, files);
}

/** By number, of the citations whose file is there. */
async function locations(
  citations: readonly Citation[],
  find: FindFile,
): Promise<ReadonlyMap<number, vscode.Location>> {
  const found = await Promise.all(
    citations.map(async (one) => [one.number, locationOf(await find(one.path), one)] as const),
  );
  return new Map(found.flatMap(([number, location]) => (location ? [[number, location] as const] : [])));
}

export function locationOf(file: vscode.Uri | undefined, { start, end }: Span): vscode.Location | undefined {
  return file && new vscode.Location(file, new vscode.Range(start - 1, 0, end - 1, 0));
}

function streamSentences(stream: Stream, { sentences, citations, found }: Answer): void {
  const standIn = found
    ? vscode.l10n.t('These places fit the question.')
    : vscode.l10n.t('Nothing in this workspace answers that.');
  const texts = sentences.map((sentence) => sentenceMarkdown(sentence, citations));
  stream.markdown(linked(`${texts.join(' ') || standIn}\n\n`));
}

/** The numbers stand before the final stop and lead to their places. Those that are not cited are left out. */
export function sentenceMarkdown(sentence: Cited, places: readonly Citation[]): string {
  const { text } = sentence;
  const marks = linksOf(sentence, places);
  if (marks === '') return chatText(text);
  const stop = /[.!?]$/.exec(text)?.[0] ?? '';
  return `${chatText(text.slice(0, text.length - stop.length))} ${marks}${stop}`;
}

type Cited = Pick<Sentence, 'text' | 'citations'>;

export const linksOf = ({ citations }: Cited, places: readonly Citation[]): string =>
  places
    .filter(({ number }) => citations.includes(number))
    .map(numberLink)
    .join('');

/** A link to the file would name it as this process does, which is another name than the window's where that is remote. */
const numberLink = ({ number, path, start, end }: Citation): string =>
  commandLink(`[${number}]`, 'spoor.openPlace', { path, start, end }, `${path}:${start}-${end}`);

/** Markdown with links that open places, and nothing else alive. */
export function linked(markdown: string): vscode.MarkdownString {
  const text = new vscode.MarkdownString(markdown);
  text.isTrusted = { enabledCommands: ['spoor.openPlace'] };
  return text;
}

function streamNotes(stream: Stream, { sure, notes, found }: Answer): void {
  const { t } = vscode.l10n;
  const words = { high: t('high'), medium: t('medium'), low: t('low') };
  const said = [...(found ? [t('Sure: {0}', words[sure])] : []), ...new Set(notes)].map(chatText);
  if (said.length) stream.markdown(`*${said.join('* · *')}*\n\n`);
}

function streamPlaces(
  stream: Stream,
  citations: readonly Citation[],
  files: ReadonlyMap<number, vscode.Location>,
): void {
  for (const citation of citations) {
    const { number, path, start, why } = citation;
    const location = files.get(number);
    stream.markdown(`${number}. `);
    if (location) {
      stream.anchor(location, placeTitle(path, start));
      stream.reference(location);
    } else stream.markdown(placeText(citation));
    const facts = why.slice(0, MAX_FACTS).map(chatText);
    stream.markdown(`${facts.length ? ' — ' : ''}${facts.join(' · ')}\n`);
  }
  stream.markdown('\n');
}

/** The first are the most telling. */
const MAX_FACTS = 2;

export const placeText = ({ path, start, end }: Span): string => chatCode(`${path}:${start}-${end}`);
