/**
 * From characters to sentences as they are written, and to blocks of code. One character at a time: so the result cannot
 * hang on how the text was cut into pieces. What a model thinks aloud between tags is left out.
 */
import { isRule, lineHead } from '#core/llm/lineHead.ts';
import type { ProseSentence } from '#core/answer/prose.ts';
import { createSentenceSplitter } from '#core/llm/sentenceSplitter.ts';

export type Begins = ProseSentence['begins'];

export interface BlockSink {
  /** A sentence that has ended, as it is written. */
  sentence(raw: string, begins: Begins): void;
  /** Lines of code, as they are written. */
  code(lines: readonly string[]): void;
  /** All so far was thinking: some chat templates open the tag themselves. */
  forget(): void;
}

/** What is not ended yet. */
export type OpenBlock =
  | { readonly kind: 'sentence'; readonly raw: string; readonly begins: Begins }
  | { readonly kind: 'code'; readonly lines: readonly string[] };

export interface BlockReader {
  /** One UTF-16 unit. */
  push(unit: string): void;
  end(): void;
  open(): OpenBlock;
  /** Whether the model thinks aloud now. */
  isThinking(): boolean;
}

/** UTF-16 units of a line that is read as a whole, and of a block of code; what is longer is cut, or goes on as another. */
const MAX_LINE = 2_000;
const MAX_CODE = 4_000;
/** A text that ends with a tag around what a model thinks; the slash of one that closes is its group. */
export const THINKING = /<(\/?)(?:think|thinking|thought|reasoning)>$/i;
/** No tag is longer. */
const TAG_LENGTH = 16;

export function createBlockReader(sink: BlockSink): BlockReader {
  const splitter = createSentenceSplitter();
  let mode: 'head' | 'text' | 'fence' | 'row' | 'code' | 'thinking' = 'head';
  /** What was read of the line; of the tag while thinking. */
  let line = '';
  let begins: Begins;
  let isWithin = false;
  let isHeading = false;
  let hasThought = false;
  let fence = '';
  let code: string[] = [];
  let before = '';

  const endSentence = (raw: string): void => {
    if (raw.trim() === '') return;
    sink.sentence(raw, begins);
    begins = undefined;
  };
  const endParagraph = (): void => {
    endSentence(splitter.flush());
    begins = 'paragraph';
    isWithin = isHeading = false;
  };
  const endCode = (): void => {
    if (code.length) sink.code(code);
    code = [];
  };

  function step(unit: string): void {
    if (mode === 'thinking') think(unit);
    else if (unit === '\n') endLine();
    else if (mode === 'text') text(unit);
    else if (mode !== 'head') line += line.length < MAX_LINE ? unit : '';
    else if (line !== '' || unit.trim() !== '') head(line + unit);
  }

  function head(begun: string): void {
    const found = lineHead(begun);
    line = begun;
    if (!found) return;
    line = '';
    if (found.kind === 'item' || found.kind === 'heading') endParagraph();
    if (found.kind === 'item') begins = 'item';
    isHeading ||= found.kind === 'heading';
    if (found.kind === 'fence' || found.kind === 'row') [mode, line] = [found.kind, found.rest];
    if (found.kind === 'text') startText(found.rest);
  }

  function startText(words: string): void {
    mode = 'text';
    if (isWithin) text(' ');
    isWithin = true;
    for (let i = 0; i < words.length; i++) text(words[i]!);
  }

  function text(unit: string): void {
    const ended = splitter.push(unit);
    if (ended !== undefined) endSentence(ended);
    if (unit === '>') thinkingTag();
  }

  /** A tag in code is what the text is about. */
  function thinkingTag(): void {
    const found = THINKING.exec(splitter.open().slice(-TAG_LENGTH));
    if (!found || splitter.open().split('`').length % 2 === 0) return;
    const said = splitter.flush().slice(0, -found[0].length);
    if (found[1] && !hasThought) sink.forget();
    else endSentence(said);
    hasThought = true;
    endParagraph();
    mode = found[1] ? 'head' : 'thinking';
    line = '';
  }

  function think(unit: string): void {
    line = (line + unit).slice(-TAG_LENGTH);
    if (unit !== '>' || !THINKING.exec(line)?.[1]) return;
    mode = 'head';
    line = '';
  }

  function endLine(): void {
    const whole = line;
    line = '';
    if (mode === 'code') return codeLine(whole);
    if (mode === 'row') row(whole);
    if (mode === 'fence') return fenceLine(whole);
    if (mode === 'head' && (whole === '' || isRule(whole))) endParagraph();
    else if (mode === 'head') startText(whole);
    if (isHeading) endParagraph();
    mode = 'head';
  }

  /** Behind back-ticks that open a block no others stand in the line. */
  function fenceLine(whole: string): void {
    const run = /^(`+|~+)/.exec(whole)![0];
    if (run.startsWith('`') && whole.includes('`', run.length)) {
      startText(whole);
      mode = 'head';
      return;
    }
    endParagraph();
    fence = run;
    mode = 'code';
  }

  function codeLine(whole: string): void {
    if (closes(whole)) {
      endCode();
      mode = 'head';
      return;
    }
    code.push(whole.length < MAX_LINE ? whole : `${whole}…`);
    if (code.reduce((sum, { length }) => sum + length + 1, 0) > MAX_CODE) endCode();
  }

  const closes = (whole: string): boolean => whole.trim().startsWith(fence) && /^(?:`+|~+)$/.test(whole.trim());

  /** A row of a table is an item; the line below its head is nothing. */
  function row(whole: string): void {
    const cells = cellsOf(whole);
    if (cells === '') return;
    endParagraph();
    begins = 'item';
    startText(cells);
    endParagraph();
  }

  function end(): void {
    if (mode === 'thinking') return;
    if (mode !== 'code' || line !== '') endLine();
    endCode();
    endParagraph();
  }

  function open(): OpenBlock {
    if (mode === 'code') return { kind: 'code', lines: line === '' || closes(line) ? code : [...code, line] };
    return { kind: 'sentence', raw: mode === 'row' ? cellsOf(line) : splitter.open(), begins };
  }

  return {
    push(unit) {
      const isSecondOfEnd = unit === '\n' && before === '\r';
      before = unit;
      if (!isSecondOfEnd) step(unit === '\r' ? '\n' : unit);
    },
    end,
    open,
    isThinking: () => mode === 'thinking',
  };
}

const cellsOf = (row: string): string =>
  /^[|\s:=-]+$/.test(row)
    ? ''
    : row
        .split('|')
        .map((cell) => cell.trim())
        .filter(Boolean)
        .join(' · ');
