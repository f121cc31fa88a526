/** A searcher for tests of the command line: it looks for the question's words in small folders, without any tool. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { EpisodeEvent, TrailTurn } from '../../src/core/agent/event.ts';
import type { Answer, Citation } from '../../src/core/answer/answer.ts';
import type { AskOptions, Searcher, SearcherOptions } from '../../src/node/searcher.ts';

/** What happened to the searchers of a test, in order: `open DIRS`, `ready`, `ask QUESTION`, `close`. */
export type SearcherLog = string[];

export function scriptedSearchers(log: SearcherLog = [], change: (answer: Answer) => Answer = (answer) => answer) {
  return async (options: SearcherOptions): Promise<Searcher> => {
    log.push(`open ${options.directories.length}`);
    return {
      ready: async () => void log.push('ready'),
      ask: async (question: string, asked: AskOptions = {}) => {
        log.push(`ask ${question}`);
        const answer = change(answerFrom(question, options.directories[0]!));
        for (const event of eventsOf(answer.trail)) asked.emit?.(event);
        return answer;
      },
      close: async () => void log.push('close'),
    } as Searcher;
  };
}

/** The files that hold the question's last word, each cited with its first three lines. */
export function answerFrom(question: string, directory: string): Answer {
  const word = question.split(' ').at(-1)!;
  const hits = filesOf(directory).flatMap((path) => {
    const text = readFileSync(join(directory, path), 'utf8');
    return text.includes(word) ? [{ path, lines: text.trimEnd().split('\n').slice(0, 3) }] : [];
  });
  const citations = hits.map(({ path, lines }, i): Citation => {
    return { number: i + 1, path, start: 1, end: lines.length, score: 1 / (i + 1), why: [`matches "${word}"`], lines };
  });
  return { ...answerAbout(question, citations), trail: trailOf(word, citations) };
}

export function answerAbout(question: string, citations: readonly Citation[]): Answer {
  return {
    question,
    sentences: citations.length ? [{ text: `It is in ${citations[0]!.path}.`, citations: [1] }] : [],
    citations,
    files: citations.map((citation) => citation.path),
    found: citations.length > 0,
    confidence: 0.75,
    sure: 'medium',
    notes: [],
    trail: [],
    stopReason: citations.length ? 'answered' : 'not-found',
    timings: { total: 210, tools: 180, policy: 10, answer: 20 },
  };
}

function trailOf(word: string, citations: readonly Citation[]): TrailTurn[] {
  const grep = { tool: 'grep', what: [word], said: `${citations.length} hits`, ms: 12.4 } as const;
  const reads = citations.map(({ path, start, end }) => {
    const read = { path, start, end };
    return { tool: 'read', what: [`${path}:${start}-${end}`], said: `lines ${start}–${end}`, read, ms: 1 } as const;
  });
  return [
    { turn: 1, calls: [grep], ms: 13 },
    { turn: 2, calls: reads, ms: 2 },
  ];
}

function eventsOf(trail: readonly TrailTurn[]): EpisodeEvent[] {
  const turns = trail.flatMap(({ turn, calls, ms }): EpisodeEvent[] => [
    { type: 'turn-started', turn, calls: calls.map(({ tool, what }) => ({ tool, what })) },
    ...calls.map((call): EpisodeEvent => ({ type: 'call-ended', turn, call })),
    { type: 'turn-ended', turn, ms },
  ]);
  return [...turns, { type: 'stopped', reason: 'answered', ms: 15 }];
}

function filesOf(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => relative(directory, join(entry.parentPath, entry.name)));
  return paths.filter((path) => !path.startsWith('.git')).sort();
}
