/** What a chat is told of prose while it is written. A chat can only go on: what it was told stays. */
import type { Prose, ProseSentence } from '#core/answer/prose.ts';

export interface ProseSink {
  /**
   * Comes before the first sentence.
   * @param hadThought what was told before turned out to have been the model's thinking.
   */
  begin(hadThought: boolean): void;
  sentence(sentence: ProseSentence, isFirst: boolean): void;
}

/** Takes what is there so far: a sentence is told when the next one has begun, the last one at the end. */
export function proseTeller({ begin, sentence }: ProseSink): (prose: Prose) => void {
  let told: string[] = [];
  let hadThought = false;
  return ({ sentences, state }) => {
    if (told.some((text, i) => sentences[i]?.text !== text)) [told, hadThought] = [[], true];
    for (const one of sentences.slice(told.length, state === 'running' ? -1 : undefined)) {
      if (told.length === 0) begin(hadThought);
      sentence(one, told.length === 0);
      told.push(one.text);
    }
  };
}
