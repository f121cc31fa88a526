/** Reads what a language model writes, piece by piece, into prose that is safe to show. Total: no text can break it. */
import { codeSources, lineSources, type LineSources } from '#core/llm/codeSources.ts';
import { disarmCode } from '#core/llm/disarm.ts';
import { printable } from '#core/answer/plainText.ts';
import { firstOpen } from '#core/llm/inlineParts.ts';
import type { Prose, ProseSentence } from '#core/answer/prose.ts';
import { createBlockReader, type Begins } from '#core/llm/proseBlocks.ts';
import { readSentence } from '#core/llm/readSentence.ts';

export interface ProseReader {
  /** Pieces may be cut anywhere. Time is linear in their length. */
  push(piece: string): void;
  /** There is no more; what is open is ended as it is. */
  end(): void;
  /**
   * What is there so far. While it runs, the last sentence may be unfinished; those before it stay as they are, unless the
   * model turns out to have been thinking aloud.
   */
  prose(): Pick<Prose, 'sentences' | 'notes'>;
  /** It took as much as it takes: what comes now is left out, so the model may be stopped. */
  isFull(): boolean;
  /** Whether the model thinks aloud now. */
  isThinking(): boolean;
}

/** Bounds of prose: sentences, UTF-16 units of their text, units that are read in all, with what is left out. */
export const MAX_SENTENCES = 100;
export const MAX_TEXT = 40_000;
export const MAX_TAKEN = 400_000;
/** So often a sentence may come again; small models can write the same one for ever. */
const MAX_REPEATS = 4;

/** `places`: those that the model was given, their lines by their numbers. */
export function createProseReader(places: ReadonlyMap<number, readonly string[]>): ProseReader {
  const evidence: Evidence = { numbers: new Set(places.keys()), lines: lineSources(places) };
  let page = createPage(evidence);
  let taken = 0;
  let hasEnded = false;
  const blocks = createBlockReader({
    sentence: (raw, begins) => page.addSentence(raw, begins),
    code: (lines) => page.addCode(lines),
    forget: () => (page = createPage(evidence)),
  });
  const isFull = (): boolean => taken >= MAX_TAKEN || page.fullBecause() !== undefined;
  return {
    push(piece) {
      for (let i = 0; i < piece.length && !hasEnded && !isFull(); i++, taken++) blocks.push(piece[i]!);
    },
    end() {
      if (!hasEnded) blocks.end();
      hasEnded = true;
    },
    prose() {
      if (hasEnded || isFull()) return page.prose();
      const shown = page.copy();
      const open = blocks.open();
      if (open.kind === 'code') shown.addCode(open.lines);
      else shown.addSentence(withoutUnfinished(open.raw), open.begins);
      return shown.prose();
    },
    isFull,
    isThinking: blocks.isThinking,
  };
}

interface Page {
  addSentence(raw: string, begins: Begins): void;
  addCode(lines: readonly string[]): void;
  fullBecause(): string | undefined;
  prose(): Pick<Prose, 'sentences' | 'notes'>;
  copy(): Page;
}

interface Evidence {
  readonly numbers: ReadonlySet<number>;
  readonly lines: LineSources;
}

interface PageState {
  readonly sentences: readonly ProseSentence[];
  readonly length: number;
  readonly strange: number;
  readonly hasLinks: boolean;
  /** What stood before sentences of which nothing was left. */
  readonly begins: Begins;
  readonly repeats: number;
}

const EMPTY: PageState = {
  sentences: [],
  length: 0,
  strange: 0,
  hasLinks: false,
  begins: undefined,
  repeats: 0,
};

function createPage(evidence: Evidence, from: PageState = EMPTY): Page {
  const sentences = [...from.sentences];
  let { length, strange, hasLinks, begins: pending, repeats } = from;

  function add(sentence: ProseSentence): void {
    if (sentence.text.length > 20 && sentences.some(({ text }) => text === sentence.text)) repeats++;
    sentences.push(sentence);
    length += sentence.text.length;
    pending = undefined;
  }

  function fullBecause(): string | undefined {
    if (repeats >= MAX_REPEATS) return 'The model repeated itself. The rest was left out.';
    if (sentences.length >= MAX_SENTENCES || length >= MAX_TEXT)
      return 'The model wrote too much. The rest was left out.';
    return undefined;
  }

  return {
    addSentence(raw, begins) {
      if (raw === '' || fullBecause() !== undefined) return;
      const read = readSentence(raw, evidence.numbers);
      strange += read.strange;
      hasLinks ||= read.hasLinks;
      pending = stronger(begins, pending);
      if (read.text !== '') add({ text: read.text, citations: read.citations, ...beginsOf(pending, sentences) });
      else if (sentences.length) sentences.push(withCitations(sentences.pop()!, read.citations));
    },
    addCode(lines) {
      const text = lines.map((line) => disarmCode(printable(line)).trimEnd()).join('\n');
      if (!text.trim() || fullBecause() !== undefined) return;
      add({ text, citations: codeSources(lines, evidence.lines), begins: 'code' });
    },
    fullBecause,
    prose: () => ({ sentences: [...sentences], notes: notesOf(strange, hasLinks, fullBecause()) }),
    copy: () => createPage(evidence, { sentences, length, strange, hasLinks, begins: pending, repeats }),
  };
}

const stronger = (begins: Begins, pending: Begins): Begins => (begins === 'item' ? begins : (pending ?? begins));

const beginsOf = (begins: Begins, before: readonly ProseSentence[]): Pick<ProseSentence, 'begins'> =>
  begins === undefined || (begins === 'paragraph' && before.length === 0) ? {} : { begins };

const withCitations = (sentence: ProseSentence, citations: readonly number[]): ProseSentence => ({
  ...sentence,
  citations: [...new Set([...sentence.citations, ...citations])].sort((a, b) => a - b),
});

function notesOf(strange: number, hasLinks: boolean, full: string | undefined): string[] {
  const notes: string[] = [];
  if (strange === 1) notes.push('A number that is of no cited place was taken out.');
  if (strange > 1) notes.push(`${strange} numbers that are of no cited place were taken out.`);
  if (hasLinks) notes.push('Links were taken out; their words stay.');
  return full === undefined ? notes : [...notes, full];
}

/** What is open shows when it is whole, unless it stays open for long. */
function withoutUnfinished(raw: string): string {
  const open = firstOpen(raw);
  const whole = open >= 0 && raw.length - open < 200 ? raw.slice(0, open) : raw;
  return whole.replace(/(?:<[^\s<>][^<>]{0,200}|[\\*~!]+|[\ud800-\udbff])$/, '');
}
