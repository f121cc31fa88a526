/** A cited answer in the editor's chat. */
import * as vscode from 'vscode';
import type { EpisodeEvent } from '#core/agent/event.ts';
import type { Answer, Citation } from '#core/answer/answer.ts';
import type { Span } from '#core/search/span.ts';
import type { AgentParts } from './agentParts.ts';
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
  if (show === 'all' || !answer.found) streamSentences(stream, answer, files);
  streamNotes(stream, answer);
  streamPlaces(stream, answer.citations, files);
}

/** By number, of the citations whose file is there. */
export async function locations(
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

function streamSentences(
  stream: Stream,
  { sentences, found }: Answer,
  files: ReadonlyMap<number, vscode.Location>,
): void {
  for (const { text, citations } of sentences) {
    stream.markdown(`${chatText(text)} `);
    for (const number of citations) streamNumber(stream, number, files.get(number));
  }
  if (sentences.length === 0)
    stream.markdown(
      found
        ? vscode.l10n.t('These places fit the question.')
        : vscode.l10n.t('Nothing in this workspace answers that.'),
    );
  stream.markdown('\n\n');
}

export function streamNumber(stream: Stream, number: number, location: vscode.Location | undefined): void {
  if (location) stream.anchor(location, String(number));
  else stream.markdown(`\\[${number}\\]`);
  stream.markdown(' ');
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
    const { number, path, start, symbol, why } = citation;
    const location = files.get(number);
    stream.markdown(`${number}. `);
    if (location) {
      stream.anchor(location, placeTitle(path, start));
      stream.reference(location);
    } else stream.markdown(placeText(citation));
    const facts = [...(symbol ? [chatCode(symbol.name)] : []), ...why.map(chatText)];
    stream.markdown(`${facts.length ? ' — ' : ''}${facts.join(' · ')}\n`);
  }
  stream.markdown('\n');
}

export const placeText = ({ path, start, end }: Span): string => chatCode(`${path}:${start}-${end}`);
