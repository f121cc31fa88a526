/** The tokenizer of a model folder, for texts that go on. */
import { Tokenizer as LibraryTokenizer } from '@huggingface/tokenizers';
import { printable } from '#core/answer/plainText.ts';
import { ModelFailure } from '#core/llm/modelFailure.ts';
import { isRecord } from '#node/service/shapes.ts';
import type { JsonObject } from './modelFolder.ts';

export interface Tokenizer {
  /** @param starts whether the tokens that begin every text are put before it. */
  encode(text: string, starts: boolean): number[];
  /** Without the tokens of `hidden` and those that it does not know. */
  decode(tokens: readonly number[], hidden: ReadonlySet<number>): string;
  /** What the model was trained to take for more than text. */
  readonly controls: readonly Control[];
  /** Texts of special tokens by the names that templates have for them: `bos_token`. */
  readonly names: Readonly<Record<string, string>>;
  /** The token of a text that is exactly one. */
  tokenOf(text: string): number | undefined;
}

/** What is used of the package; its own types are written for bundlers. */
interface Library {
  encode(text: string, options: { readonly add_special_tokens: boolean }): { readonly ids: (number | undefined)[] };
  decode(tokens: readonly number[], options: { readonly clean_up_tokenization_spaces: boolean }): string;
  token_to_id(text: string): number | undefined;
  id_to_token(token: number): string | undefined;
  get_added_tokens_decoder(): ReadonlyMap<
    number,
    { readonly id: number; readonly content: string; readonly special: boolean }
  >;
}

export interface Control {
  readonly token: number;
  readonly text: string;
}

/** Throws a `ModelFailure` with a sentence if it is damaged or of an unknown kind. */
export function createTokenizer(json: JsonObject, config: JsonObject): Tokenizer {
  const library = load(json, config);
  const added = [...library.get_added_tokens_decoder().values()];
  return {
    encode(text, starts) {
      // A character that there is no token for is left out, as the original tokenizers do.
      const { ids } = library.encode(text, { add_special_tokens: starts });
      return ids.filter((token) => token !== undefined);
    },
    decode(tokens, hidden) {
      const known = tokens.filter((token) => !hidden.has(token) && library.id_to_token(token) !== undefined);
      return known.length > 0 ? library.decode(known, { clean_up_tokenization_spaces: false }) : '';
    },
    controls: added
      .filter(({ special, content }) => isControl(content, special))
      .map(({ id, content }) => ({ token: id, text: content })),
    names: specialNames(config),
    tokenOf: (text) => library.token_to_id(text),
  };
}

function load(json: JsonObject, config: JsonObject): Library {
  try {
    // The library asks for the field; older files are without it.
    return new LibraryTokenizer({ added_tokens: [], ...json }, config) as unknown as Library;
  } catch (error) {
    const why = printable((error instanceof Error ? error.message : String(error)).slice(0, 200));
    const sentence = `tokenizer.json cannot be used here (${why}). Download it anew, or choose another model.`;
    throw new ModelFailure('failed', sentence, { cause: error });
  }
}

/** Some files do not mark all of them as special; words and runs of spaces that were added are none. */
const isControl = (text: string, isSpecial: boolean): boolean =>
  text.trim().length > 1 && (isSpecial || /^<\S+>$|^\[\S+\]$/.test(text));

/** `"bos_token": "<s>"`, or an object that has it as its content. */
function specialNames(config: JsonObject): Record<string, string> {
  const names = Object.entries(config).flatMap(([name, value]) => {
    const text = isRecord(value) ? value['content'] : value;
    return name.endsWith('_token') && typeof text === 'string' ? [[name, text] as const] : [];
  });
  return Object.fromEntries(names);
}
