/** A byte-level tokenizer of some words; every other text is made of its bytes. */
import { Tokenizer } from '@huggingface/tokenizers';

export interface TinyTokenizer {
  readonly json: Readonly<Record<string, unknown>>;
  readonly size: number;
  encode(text: string): readonly number[];
  tokenOf(text: string): number;
}

/** Text that is more than text: turns, the end, tools, what the paper's tags would be. */
export const SPECIAL_TOKENS = ['<|end|>', '<|system|>', '<|user|>', '<|assistant|>', '<|tool|>'] as const;
/** Added, but not marked as special, as models mostly have them. */
const ADDED_TOKENS = ['<tool_call>', '</tool_call>'];

interface Encoder {
  encode(text: string, options: { readonly add_special_tokens: boolean }): { readonly ids: number[] };
  token_to_id(text: string): number | undefined;
}

/** @param texts their words become tokens; a `|` within them separates, and is no token itself. */
export function tinyTokenizer(texts: readonly string[]): TinyTokenizer {
  const added = [...SPECIAL_TOKENS, ...ADDED_TOKENS];
  const words = texts.flatMap((text) => text.split(/<[|/\w]+>/)).flatMap((text) => text.match(WORDS) ?? []);
  const plain = [...BYTES, ...words.filter((word) => /^[\x20-\x7e]+$/.test(word)).map(spelled)];
  const vocabulary = [...new Set(plain), ...added];
  const json = {
    version: '1.0',
    added_tokens: added.map((content) => ({
      id: vocabulary.indexOf(content),
      content,
      special: !ADDED_TOKENS.includes(content),
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
    })),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
    post_processor: null,
    decoder: { type: 'ByteLevel' },
    model: {
      type: 'BPE',
      unk_token: null,
      ignore_merges: true,
      vocab: Object.fromEntries(vocabulary.map((word, i) => [word, i])),
      merges: [],
    },
  };
  const library = new Tokenizer(json, {}) as unknown as Encoder;
  return {
    json,
    size: vocabulary.length,
    encode: (text) => library.encode(text, { add_special_tokens: false }).ids,
    tokenOf: (text) => library.token_to_id(text)!,
  };
}

/** GPT-2's: a word with the space before it, numbers, signs, spaces. */
const WORDS = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

const isShown = (byte: number): boolean =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;

/** GPT-2's characters for bytes: those that can be seen stand for themselves, the others come from 256 on. */
const BYTES: readonly string[] = (() => {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isShown(byte) ? byte : next++));
})();

const spelled = (word: string): string => Array.from(new TextEncoder().encode(word), (byte) => BYTES[byte]!).join('');
