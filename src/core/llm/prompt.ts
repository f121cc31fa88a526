/**
 * What prompts are made of: an estimate of tokens, and text of a workspace as data. Files, names and commit messages are
 * hostile: they may hold orders, marks that end a quotation, and the control tokens of chat templates.
 */
import { printable } from '#core/answer/plainText.ts';

/**
 * About how many tokens a text has, for models whose tokenizer is not at hand. Rather too many than too few: code takes
 * more tokens than prose, and a prompt that does not fit is worth nothing. Linear in the text's length.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  let word = 0;
  let before = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const letter = isLetter(code);
    if (letter && word > 0 && !(isUpper(code) && !isUpper(before))) word += 1;
    else {
      tokens += Math.ceil(word / LETTERS_A_TOKEN);
      word = letter ? 1 : 0;
      if (!letter) tokens += costOf(code, before);
    }
    before = code;
  }
  return tokens + Math.ceil(word / LETTERS_A_TOKEN);
}

/** Names in code are cut into pieces of three to five letters, at their humps first. */
const LETTERS_A_TOKEN = 4;
const SPACE = 0x20;
const isUpper = (code: number): boolean => code >= 0x41 && code <= 0x5a;
const isLetter = (code: number): boolean => isUpper(code) || (code >= 0x61 && code <= 0x7a);

/** Spaces before a word belong to it, runs of them are one token; what is rare is made of its bytes. */
function costOf(code: number, before: number): number {
  if (code === SPACE) return before === SPACE ? 0 : 0.25;
  if (code < 0x80) return 1;
  return code < 0x800 ? 1 : 2;
}

/**
 * One line of a workspace's text for a prompt, at most `most` UTF-16 units: what is invisible or steers is shown as an
 * escape, and what a chat template could take for the end of a message is no longer that.
 */
export function inertLine(text: string, most: number): string {
  const line = printable(text.length > most * 2 ? text.slice(0, most * 2) : text);
  const short = line.length > most ? `${line.slice(0, Math.max(0, most - 1)).toWellFormed()}…` : line;
  return short.replace(CONTROL_TOKEN, (mark) => (mark === '[' ? '(' : '‹'));
}

/** Text of several lines, each made inert; empty ones at both ends are left out. At most `most` units. */
export function inertText(text: string, most: number): string {
  const lines = text
    .slice(0, most)
    .toWellFormed()
    .trim()
    .split(/\r\n|[\n\r]/);
  return lines.map((line) => inertLine(line, most)).join('\n');
}

/**
 * Where a control token begins. Those of ChatML, Llama, Mistral, Gemma (`<|turn>`, `<turn|>`), Phi, DeepSeek, Qwen, EXAONE
 * (`[|user|]`), of fill-in-the-middle and of the R1-Searcher protocol; the wide forms too, which some tokenizers make
 * narrow.
 */
const NAMES =
  's|bos|eos|pad|unk|mask|cls|sep|think|thinking|answer|tools?|tool_calls?|tool_response|start_of_\\w+|end_of_\\w+|begin_of_\\w+|fim_\\w+|pre|suf|mid|eot|unused\\d+|extra_id_\\d+|0x[0-9a-f]{2}|\\w*_?token';
const BRACKETED =
  'INST|SYSTEM_PROMPT|SYS|AVAILABLE_TOOLS|TOOL_\\w+|ARGS|CALL_ID|IMG\\w*|THINK|MODEL_SETTINGS|PREFIX|SUFFIX|MIDDLE';
const CONTROL_TOKEN = new RegExp(
  `[<＜](?=[|｜](?!\\s)[^<>|｜＜＞]{1,80}(?<!\\s)[|｜][>＞]|[|｜]\\w{1,40}[>＞]|\\w{1,40}[|｜][>＞]|[<＜]?/?SYS[>＞]|/?(?:${NAMES})[>＞])|\\[(?=/?(?:${BRACKETED})\\]|[|｜]/?\\w{1,40}[|｜]\\])`,
  'gi',
);

/** A tag name that no text contains, so that nothing in them can close what it opens: `evidence`, else `evidence-2`, … */
export function fenceName(name: string, texts: readonly string[]): string {
  const all = texts.join('\n').toLowerCase();
  let fence = name;
  for (let n = 2; all.includes(fence); n++) fence = `${name}-${n}`;
  return fence;
}
